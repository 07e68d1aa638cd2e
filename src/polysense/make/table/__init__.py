"""Answers as tables: rows, aggregates, cues, parts, outlines, statements; fields of forms in
`form`.

How a question is put to a table is in `question`. Not here: reading tables (`read.table`).
"""
