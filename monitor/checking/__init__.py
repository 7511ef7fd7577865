"""Suites to findings and verdict checks; Great Expectations lives here and nowhere else."""
