"""A phone at a link: who it is, what it sees, why it was turned away."""
