"""Programs that read rows of a table again from its file, and draw them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from polysense.make.code.script.program import program_head
from polysense.read.file.encoding import bom_encoding, guess_encoding
from polysense.read.table import delimited
from polysense.read.table.frame import Frame

MAX_CELLS = 4000
"""Cells that a program spells out where no file has them. Judged, not measured."""

MAX_VALUES = 60
"""Labels that a query names; rows beyond that are told by number. Judged, not measured."""

MAX_MEASURES = 6
"""Columns of numbers in one chart. Judged, not measured."""

MAX_LEVEL_LABELS = 7
"""Labels below a chart that stand level; more are turned. Judged, not measured."""

_DELIMITED = ("text/csv", "text/tab-separated-values")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_PRINT_ROWS = """
if __name__ == "__main__":
    for row in [columns, *rows]:
        print("\\t".join(row))
"""


def table_program(
    frame: Frame, whole: Frame, path: Path | None, mime: str, source: str, chart: str
) -> str:
    """Rows and columns of a table: a query where the file is one of those that DuckDB reads as they
    stand, else the cells by address.
    """
    description = f"Rows of {source}"
    if path:
        description += ", read from the file itself"
    sql = ""
    if path and mime in _DELIMITED:
        sql = _csv_query(frame, whole, path, mime == "text/tab-separated-values")
    elif path and mime == "application/vnd.apache.parquet":
        sql = _select_query(frame, whole, "read_parquet(?)", whole.columns)
    if sql:
        body, imports = _query_code(sql), "\nimport duckdb\n"
    elif path and mime == _XLSX and frame.cells:
        body, imports = _address_code(frame), "\nfrom openpyxl import load_workbook\n"
    else:
        path, imports = None, ""
        description = f"The rows of {source}"
        body = _literal_code(frame)
    if not body:
        return ""
    program = program_head(f"{description}.", source, path)
    if chart:
        imports += "\nimport matplotlib\n\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\n"
    if path is None:
        program = program.replace(
            "import sys\nfrom pathlib import Path\n", "import sys\n" if chart else ""
        )
    return program.replace("{imports}", imports) + body + chart + _PRINT_ROWS


def _query_code(sql: str) -> str:
    return (
        f'\nQUERY = """\n{sql}\n"""\n'
        "\nresult = duckdb.execute(QUERY, [str(SOURCE)])\n"
        "columns = [c[0] for c in result.description]\n"
        'rows = [["" if c is None else str(c) for c in row] for row in result.fetchall()]\n'
    )


def _csv_query(frame: Frame, whole: Frame, path: Path, tabs: bool) -> str:
    """The query, where DuckDB reads the same cells with it; "" where it does not."""
    row_number = re.search(r"(\d+)$", whole.cells[0][0]) if whole.cells and whole.cells[0] else None
    if not row_number:
        return ""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if (bom_encoding(start) or guess_encoding(start, is_cut=True)) not in ("utf-8", "utf-8-sig"):
        return ""
    delimiter, _ = delimited.dialect(start.decode("utf-8", "replace").split("\n")[:50], tabs)
    names = _unique_names(whole.columns)
    column_list = ", ".join(_sql_string(n) for n in names)
    reader = (
        f"read_csv(?, header = false, skip = {int(row_number[1]) - 1}, "
        f"delim = {_sql_string(delimiter)}, quote = '\"', escape = '\"', "
        f"all_varchar = true, null_padding = true, strict_mode = false, names = [{column_list}])"
    )
    sql = _select_query(frame, whole, reader, names)
    return sql if sql and _returns_rows(sql, path, frame) else ""


def _unique_names(columns: Sequence[str]) -> list[str]:
    """Every column a name of its own."""
    names: list[str] = []
    for i, c in enumerate(columns, 1):
        name = " ".join(c.split()) or f"column {i}"
        names.append(name if name.lower() not in {n.lower() for n in names} else f"{name} {i}")
    return names


def _select_query(frame: Frame, whole: Frame, reader: str, names: Sequence[str]) -> str:
    positions = _positions(frame, whole)
    if positions is None or len(set(names)) != len(names):
        return ""
    rows, columns = positions
    column_list = (
        "*"
        if columns == list(range(len(whole.columns)))
        else ", ".join(_sql_name(names[c]) for c in columns)
    )
    condition = _where_clause(rows, whole, names)
    if condition is None:
        runs = " OR ".join(f"n BETWEEN {a} AND {b}" for a, b in _runs(rows))
        numbered_rows = f"SELECT row_number() OVER () AS n, * FROM {reader}"
        column_list = ", ".join(_sql_name(names[c]) for c in columns)
        return f"SELECT {column_list}\nFROM ({numbered_rows})\nWHERE {runs}"
    return f"SELECT {column_list}\nFROM {reader}" + (f"\nWHERE {condition}" if condition else "")


def _positions(frame: Frame, whole: Frame) -> tuple[list[int], list[int]] | None:
    """Which rows and columns of the whole table these are, by their addresses, else by their
    values.
    """
    if frame is whole:
        return list(range(len(whole.rows))), list(range(len(whole.columns)))
    if frame.cells and whole.cells:
        addresses = {a: (r, c) for r, row in enumerate(whole.cells) for c, a in enumerate(row)}
        places = [[addresses.get(a) for a in row] for row in frame.cells]
        if all(p for row in places for p in row):
            return [row[0][0] for row in places if row[0]], [p[1] for p in places[0] if p]
    return None


def _where_clause(rows: Sequence[int], whole: Frame, names: Sequence[str]) -> str | None:
    """What the rows alone have: a value among these in one column. "" for all rows, None where
    nothing so simple tells them.
    """
    if list(rows) == list(range(len(whole.rows))) and not whole.cut:
        return ""
    row_set = set(rows)
    for c in range(len(whole.columns)):
        column = whole.column(c)
        labels = dict.fromkeys(column[r] for r in rows)
        if (
            len(labels) <= MAX_VALUES
            and "" not in labels
            and {r for r, v in enumerate(column) if v in labels} == row_set
        ):
            values = ", ".join(_sql_string(v) for v in labels)
            column_sql = f"trim({_sql_name(names[c])})"
            return f"{column_sql} = {values}" if len(labels) == 1 else f"{column_sql} IN ({values})"
    return None


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for r in sorted(rows):
        if runs and runs[-1][1] == r:
            runs[-1] = (runs[-1][0], r + 1)
        else:
            runs.append((r + 1, r + 1))
    return runs


def _returns_rows(sql: str, path: Path, frame: Frame) -> bool:
    """Whether the query finds these very cells."""
    try:
        import duckdb

        result = duckdb.execute(sql, [str(path)]).fetchmany(len(frame.rows) + 1)
    except Exception:  # noqa: BLE001 - files that DuckDB cannot read are given otherwise
        return False
    cells = [
        tuple(" ".join(str(c).split()) if c is not None else "" for c in row) for row in result
    ]
    return cells == [tuple(" ".join(c.split()) for c in row) for row in frame.rows]


def _sql_string(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _sql_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _address_code(frame: Frame) -> str:
    cells = "".join(f"    {list(row)!r},\n" for row in frame.cells)
    if len(frame.rows) * len(frame.columns) > MAX_CELLS:
        return ""
    sheet = f"book[{frame.sheet!r}]" if frame.sheet else "book.active"
    value = '"" if sheet[a].value is None else str(sheet[a].value)'
    return (
        f"\ncolumns = {list(frame.columns)!r}\nCELLS = [\n{cells}]\n"
        f"\nbook = load_workbook(SOURCE, data_only=True)\nsheet = {sheet}\n"
        f"rows = [[{value} for a in row] for row in CELLS]\n"
    )


def _literal_code(frame: Frame) -> str:
    if len(frame.rows) * len(frame.columns) > MAX_CELLS:
        return ""
    rows = "".join(f"    {list(row)!r},\n" for row in frame.rows)
    return f"columns = {list(frame.columns)!r}\nrows = [\n{rows}]\n"


_NUMBER_OF_CELL = '''

def number(text):
    """The number that a cell shows; nothing drawn where it shows none."""
    text = text.replace('\\u2212', '-').replace('\\u2013', '-').strip()
    sign = -1 if text.startswith('(') and text.endswith(')') else 1
    digits = ''.join(c for c in text if c.isdigit() or c in '.-')
    try:
        return sign * float(digits)
    except ValueError:
        return float('nan')


'''


def plot_code(frame: Frame, title: str, source: str) -> str:
    """Lines that draw the numbers of a table: bars over names, a line over times; "" where it has
    no numbers.
    """
    measures = frame.measures()[:MAX_MEASURES]
    if not measures or len(frame.rows) < 2:
        return ""
    keys = [
        i
        for i in range(len(frame.columns))
        if i not in measures and frame.kind(i) in ("text", "date")
    ]
    key = keys[0] if keys else -1
    unit = next((u for i in measures if (u := frame.unit(i))), "")
    is_date = key >= 0 and frame.kind(key) == "date"
    labels = f"[row[{key}] for row in rows]"
    if key < 0:
        labels = "[str(n) for n in range(1, len(rows) + 1)]"
    ticks = "rotation=45, ha='right'" if len(frame.rows) > MAX_LEVEL_LABELS else "rotation=0"
    axis = frame.columns[measures[0]] if len(measures) == 1 else unit
    label = repr(f"Source: {source}")
    return (
        _NUMBER_OF_CELL + f"labels, at = {labels}, list(range(len(rows)))\n"
        "figure, axes = plt.subplots(figsize=(11, 6), layout='constrained')\n"
        f"for k, c in enumerate({measures!r}):\n"
        "    values = [number(row[c]) for row in rows]\n"
        f"    {_draw_line(len(measures), key >= 0, is_date)}\n"
        f"axes.set_xticks(at, labels, {ticks})\n"
        f"axes.set_title({title!r}, loc='left')\naxes.set_ylabel({axis!r})\n"
        "axes.spines[['top', 'right']].set_visible(False)\n"
        + ("axes.legend(frameon=False)\n" if len(measures) > 1 else "")
        + f"axes.set_xlabel({label}, loc='right', fontsize=8, color='grey', labelpad=12)\n"
        "figure.savefig(sys.argv[2] if len(sys.argv) > 2 else 'chart.png', dpi=110)\n"
    )


def _draw_line(count: int, has_key: bool, is_date: bool) -> str:
    """The line that draws one of so many columns: over times a line, else bars side by side."""
    if is_date:
        return "axes.plot(at, values, marker='o', label=columns[c])"
    offset = f" + 0.8 * (k - {(count - 1) / 2:g}) / {count}" if has_key else ""
    return f"axes.bar([x{offset} for x in at], values, width={0.8 / count:.3g}, label=columns[c])"
