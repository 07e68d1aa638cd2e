"""A question put to a table: read once, planned as a query, run by DuckDB, shown in any form.

`reading` tells what each word is to the table (by the words of `lexicon`), `facts` what that comes
to: conditions that all hold, columns, years, spans. `direct` plans questions whose every word is
explained (`row_plan`, `reckoned`, `attributes`); `parse` and `plans` (`ranking`, `grouping`,
`period_columns`) English ones of which a few words may be left over. `answer` chooses the plan and
runs it by `engine`, with each cell's place. One plan is shown as rows (`Result.part`), said in a
sentence (`wording`), and drawn: charts take their cells by `selection`. Not here: how tables are
read (`read.table`), and records in prose (`read.document.records`).
"""
