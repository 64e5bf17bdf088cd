"""Courses as archives of Markdown files and lessons as CSV: written, read with every doubt named, taken over."""
