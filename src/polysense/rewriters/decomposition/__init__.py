"""Comparisons and questions in hops taken apart by rule, by language.

Not here: the same by a language model (`sub_questions`).
"""
