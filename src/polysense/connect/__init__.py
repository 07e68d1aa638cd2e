"""polysense in other frameworks: a retriever of theirs over a library, one file a framework.

Their embeddings and language models, as plug-ins of ours, are in `encoders` and `llm`. A module
here imports its framework at once: who imports it has that framework.
"""
