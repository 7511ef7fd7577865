"""Clauses that are no fleet mandates, answered."""
