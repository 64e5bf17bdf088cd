"""Courses, and who works on them."""
