"""The service's face: health, metrics, the web front over a real socket, and its log."""
