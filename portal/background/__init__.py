"""The loops that every process runs."""
