"""The same verbs for programs: JSON under `/api/v1/`, with a bearer token."""
