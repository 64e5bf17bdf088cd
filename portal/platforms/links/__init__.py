"""Links to notes: what students paste, and where short links lead."""
