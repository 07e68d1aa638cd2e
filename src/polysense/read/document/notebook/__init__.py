"""Jupyter notebooks: `cells` gives cells and their pictures, `parser` makes chunks of them."""
