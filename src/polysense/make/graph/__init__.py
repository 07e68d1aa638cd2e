"""Answers as graphs: the part of a graph that answers, and what pieces of evidence share."""
