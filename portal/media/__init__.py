"""Uploads taken in, and the addresses of media."""
