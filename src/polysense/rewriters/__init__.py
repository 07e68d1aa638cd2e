"""Rewriters: a question in words that find its answer. One file each, rules and no model."""
