"""Azure AI Search: `store` is the plug-in, `connection` its client, `address` where a library lies,
`schema` its indexes and documents, `where` its conditions, `candidates` those that it cannot say.
"""
