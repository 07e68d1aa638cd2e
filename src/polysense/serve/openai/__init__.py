"""/v1 for clients of OpenAI: `endpoint`, `chat` (messages to questions), `schema`, `errors`."""
