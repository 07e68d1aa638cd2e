"""Chroma, embedded: `store` is the plug-in, `client` its collections, and how they are reached."""
