"""Scripts that give evidence again: `tables`, `recordings`, `graphs`, and models by `primitives`
and `bodies`.
"""
