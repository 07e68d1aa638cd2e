"""Formulas: LaTeX where it stands in words, drawn offline, and compared by how they look.

Not here: the encoder (`encoders.formula`), writing LaTeX (`make.code.latex`).
"""
