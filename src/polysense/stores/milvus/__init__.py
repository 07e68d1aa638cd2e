"""Milvus: `store` is the plug-in, `schema` its collections, `rows` its fields, `where` its
conditions.
"""
