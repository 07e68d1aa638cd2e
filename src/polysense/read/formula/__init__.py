"""Formulas: LaTeX where it stands in words, drawn offline, and compared by how the print looks.

Not here: the encoder (`encoders.formula`), writing LaTeX (`make.code.latex`).
"""
