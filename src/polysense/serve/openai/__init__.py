"""/v1 for clients of OpenAI.

endpoint          what there is under /v1
chat              chat completions; `messages` to questions, `content` to files on disk
responses         responses; `response_input` to messages, `response_events` out of answers,
                  `response_store` keeps the last of them
answering         what both have in common, with `message_text`
embeddings        embeddings and models
schema, response_schema, components, bodies, errors
"""
