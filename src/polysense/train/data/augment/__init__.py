"""The same thing, seen or heard otherwise: what is learned then does not hang on what is by chance.

picture, sound, words: a part and chance give another part of the same meaning. augment is by
modality, and gives pairs.
"""
