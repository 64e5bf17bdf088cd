"""The hourly sweep, and the backup."""
