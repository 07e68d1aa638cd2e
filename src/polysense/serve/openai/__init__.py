"""/v1 for clients of OpenAI.

endpoint     what there is under /v1
chat         chat completions; `messages` to questions, `content` to files on disk
responses    responses: their requests, events, and those that are kept
answering    what both have in common, with `message_text`
embeddings   embeddings and models
schema, components, bodies, errors
"""
