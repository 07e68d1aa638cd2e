"""Pairs to learn from, and how they are divided.

pairs      a pair, and tables of them; sidecars: files with words beside them; mine: from a library
split      training, validation and test, with nothing nearly the same on two sides
negatives  what is near and wrong
augment/   the same thing, seen or heard otherwise
"""
