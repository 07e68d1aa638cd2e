"""A follow-up made whole by rule: what was named before, and how questions lean on it, by language.

Not here: the same by a language model (`standalone_question`).
"""
