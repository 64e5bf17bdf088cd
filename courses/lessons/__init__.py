"""Lessons with their links, from the first word to the trash."""
