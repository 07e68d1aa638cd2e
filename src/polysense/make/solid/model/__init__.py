"""The model asked for: `edit_intent` reads size, colour and number from words, `scene` changes
geometry, `generator` answers.
"""
