"""fleetmon: from a city's vehicle extracts to mandated figures, verdicts and bulletins."""

__version__ = "0.1.0"
