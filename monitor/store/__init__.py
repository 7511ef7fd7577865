"""The DuckDB file and what lies beside it: archive, facts, history."""
