"""Douyin (抖音)."""
