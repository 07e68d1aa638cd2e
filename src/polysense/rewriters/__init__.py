"""Rewriters: a question in words that find its answer. One file each: by rules, or by the language
model that is configured, each with its prompt.
"""
