"""The verbs of the product, typed by hand."""
