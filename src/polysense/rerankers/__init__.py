"""Plug-ins: a query and passages to scores. None comes along yet; `registry` finds those of other
packages.
"""
