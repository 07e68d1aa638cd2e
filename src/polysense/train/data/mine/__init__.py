"""Pairs out of a library: by what its files say of one another (library), and of themselves
(docstrings).
"""
