"""How long things are kept, erasing, and made-up names."""
