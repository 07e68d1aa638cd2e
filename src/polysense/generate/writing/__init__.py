"""An answer in a language model's words: what it is sent, and which of its sentences are shown.

Not here: the check of a sentence (`citations`), and the models (`llm`).
"""
