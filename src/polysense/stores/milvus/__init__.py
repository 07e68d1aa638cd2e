"""Milvus: `store` is the plug-in, `connection` its client, `schema` its collections, `rows` its
fields, `where` its conditions.
"""
