"""Assessments to words: one view model, set by templates in every form and language."""
