"""Source code: what is defined where, by tree-sitter grammars.

Not here: writing code (`make.code`).
"""
