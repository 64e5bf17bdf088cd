"""Importing in the background, and courses as downloads."""
