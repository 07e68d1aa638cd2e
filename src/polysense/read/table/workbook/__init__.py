"""Workbooks: `sheet` gives rows as a person sees them, `parser` makes chunks of them."""
