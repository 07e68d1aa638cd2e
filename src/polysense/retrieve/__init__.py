"""Retrieval: the algebra of retrievers, the default one, search, filters, assets that belong
together, recommendation.

Not here: encoders and stores, which are plug-ins; what is kept of the hits (`augment`).
"""
