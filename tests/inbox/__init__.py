"""The drop folder: what is taken, what waits, what is refused, and what a kill leaves."""
