"""LanceDB, embedded.

`store` is the plug-in, `tables` its names and schemas, `resident` what a small library keeps in
memory, `lean_import` a faster import.
"""
