"""Agents (Model Context Protocol): `server` speaks it, `tools` is what agents can do, `content`
what they get.
"""
