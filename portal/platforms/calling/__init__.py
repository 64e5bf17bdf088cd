"""How platforms' servers are called: tokens, circuits, answers."""
