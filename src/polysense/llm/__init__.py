"""Language models: a chat in, its next words out, piece by piece.

In it are the ways to reach one. What is said to a model, and whether what it says is true, is the
matter of `generate`.
"""
