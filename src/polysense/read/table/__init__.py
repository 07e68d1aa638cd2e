"""Tables: delimited files, JSON lines, Parquet, workbooks; cells, their kinds and addresses, the
table around a chunk.

Not here: questions that a table answers (`make.table.question`).
"""
