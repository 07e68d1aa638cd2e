"""A question put to a table: parsed against its headers, planned as a query, run by DuckDB.

`parse` -> `plans` (`ranking`, `grouping`, `period_columns`) -> `engine` -> `answer`, with each
cell's place. Not here: how tables are read (`read.table`).
"""
