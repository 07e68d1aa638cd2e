"""The Universal Sentence Encoder, multilingual: words of sixteen languages in one space.

What reads SentencePiece's models, the network in numpy, and the encoder. Weights lie in a package.
"""
