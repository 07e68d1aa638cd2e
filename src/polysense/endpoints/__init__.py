"""Servers of models: addresses, keys, and what goes wrong between here and them, for every plug-in
that asks one. What is asked is the plug-ins' own matter.
"""
