"""What the corridor costs in time and memory, beside a bare load and a script of one's own."""
