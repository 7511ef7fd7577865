"""An extract opened: what it is, how it was understood, and its data rows in batches."""

from __future__ import annotations
