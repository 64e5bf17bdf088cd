"""What other servers are told, and what they tell us."""
