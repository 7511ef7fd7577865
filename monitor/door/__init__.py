"""Who may come in, and what waits at the door until it is confirmed."""
