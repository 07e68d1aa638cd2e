"""Whether a sentence says only what its evidence says: amounts, names, denials, words.

Not here: what is done with one that does not (`writing`).
"""
