"""A question put to a table: parsed against its headers, planned as a query, run by DuckDB, each
cell with its place.

`parse` -> `plans` (`grouping`, `period_columns`) -> `engine` -> `answer`. Not here: where the
tables lie (`read.table`).
"""
