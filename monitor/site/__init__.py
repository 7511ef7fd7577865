"""The site and the API: the same verbs as the command line, for people and for programs."""
