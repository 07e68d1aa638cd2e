"""Plug-ins that make: evidence to an answer, one folder an output.

`file` is shared by all: encoding, export, provenance. Not here: which of them is used
(`generate.routes`).
"""
