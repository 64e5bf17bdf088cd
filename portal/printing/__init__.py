"""What somebody chose to print, made into slips."""
