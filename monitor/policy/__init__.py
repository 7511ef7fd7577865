"""Mandates, divisions, code tables, column maps and row suites: loaded, dated, validated."""
