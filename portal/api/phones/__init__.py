"""What students' phones and platforms send."""
