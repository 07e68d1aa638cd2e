"""Weights on this machine: `language_model` is the plug-in, `weights` finds and loads them,
`prompt` makes their input of a chat, `generation` writes token by token, `words` makes words of
tokens, `json_schema` keeps them to a schema.
"""
