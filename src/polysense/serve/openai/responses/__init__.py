"""/v1/responses: its requests and events, and the responses that are kept to go on from.

Not here: chat completions, and what both share (`answering`, `bodies`, `content`).
"""
