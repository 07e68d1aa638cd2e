"""A language model on this machine: `language_model` is the plug-in over `polysense.chat_models`,
`words` makes words of tokens, `json_schema` keeps them to a schema.
"""
