"""LanceDB, embedded: `store` is the plug-in, `resident` what a small library keeps in memory,
`lean_import` a faster import.
"""
