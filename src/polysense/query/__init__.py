"""Before retrieval: a question is understood, its words and its parts as encoders can take them.

Not here: which retriever the question gets (`retrieve.default_retriever`), what a table is asked
(`make.table.question`).
"""
