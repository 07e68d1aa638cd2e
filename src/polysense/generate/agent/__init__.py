"""A language model that searches again within a budget: the loop, its actions, its tools.

Not here: what is written in the end (`writing`), and rounds by rule (`generate/rounds`).
"""
