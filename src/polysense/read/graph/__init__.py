"""Graphs: triples in every format, with their lines; the part of a graph around some of them.

Not here: graphs made of other evidence (`make.graph`).
"""
