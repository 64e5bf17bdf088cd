"""Douyin's stand-in."""
