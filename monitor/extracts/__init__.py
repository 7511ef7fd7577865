"""Bytes to a typed table: encoding, dialect, header, values; what was read as what."""
