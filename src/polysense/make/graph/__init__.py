"""Answers as graphs: the part of a graph that answers, and graphs of what pieces of evidence share."""
