"""HTTP itself, without any topic."""
