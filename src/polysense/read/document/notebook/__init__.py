"""Jupyter notebooks: `cells` gives cells and the pictures in them, `parser` makes chunks of them."""
