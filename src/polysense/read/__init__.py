"""Plug-ins that read: bytes to chunks with exact places, one folder a modality, and converters that
find words or views.

In each folder `decode` turns any part of its modality into arrays; `file` and `language` are shared
by all. Not here: vectors (`encoders`), and anything that makes a file (`make`).
"""
