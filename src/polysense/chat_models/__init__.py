"""A language model in a folder, by transformers: weights that are loaded, a chat as its input, the
tokens that it writes, how likely it thinks an answer. What plug-ins of several kinds build on.
"""
