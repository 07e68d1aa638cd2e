"""Fewer numbers a vector, fitted on what a library holds; what is lost is shown before anything
is replaced.

methods are the ways; curve is how much of each ranking is left; compression fits, measures and
writes a space that is made of the vectors that are there.
"""
