"""The addresses of links, and what a projector shows."""
