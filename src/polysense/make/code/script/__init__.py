"""Scripts that give evidence again: `snippets` for tables, sounds and graphs, `primitives` and
`bodies` for models.
"""
