"""Bulletins to the outbox, once: letters as bytes, named by their content."""
