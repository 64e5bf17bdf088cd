"""What phones reported, and the ladder it adds up to."""
