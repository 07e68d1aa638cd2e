"""Plug-ins: chunks and vectors kept. `rows` is what all share: a chunk as a flat row."""
