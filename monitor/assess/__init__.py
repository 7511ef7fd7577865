"""Facts and mandates to assessments: the only place where a figure is worked out."""
