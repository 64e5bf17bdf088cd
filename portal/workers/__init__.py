"""What runs in worker processes, and the pool that runs it; no web, no database."""
