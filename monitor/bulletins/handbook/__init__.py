"""The handbook: every clause, extract, rule, code and verdict, written from the data."""
