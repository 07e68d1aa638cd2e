"""The model asked for, changed as the words say.

`edit_intent` reads size, colour and number from words, `scene` changes geometry, `generator`
answers.
"""
