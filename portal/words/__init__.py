"""What the domain's values are called, in both languages."""
