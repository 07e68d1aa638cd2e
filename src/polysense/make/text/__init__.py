"""Answers in words: extracts with citations, descriptions of things."""
