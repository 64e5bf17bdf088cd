"""Mails to people who sign in."""
