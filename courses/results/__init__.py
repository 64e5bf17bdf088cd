"""Who reached what: the completion list, the wall, the figures."""
