"""Print runs, printers, and label sheets of one's own."""
