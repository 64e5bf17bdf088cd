"""What the `portal` command does, a module per topic."""
