"""Short programs that give a piece of evidence again: rows of a table, seconds of a recording, a
part of a graph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from polysense.read.graph.triples import Triple, Triples
from polysense.read.table import delimited
from polysense.read.table.frame import Frame

MOST_CELLS = 4000
"""Cells that a program spells out where they cannot be read from a file."""

MOST_VALUES = 60
"""Labels that a query names; rows beyond that are told by number."""

_DELIMITED = ("text/csv", "text/tab-separated-values")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def head(said: str, source: str, path: Path | None) -> str:
    """The beginning of a program: what it does, and the file it reads, which its first argument may
    replace.
    """
    said = said.replace("\\", "\\\\").replace('"""', "'''").rstrip('"')
    where = (
        f"\nSOURCE = Path(sys.argv[1] if len(sys.argv) > 1 else {str(path)!r})  # {source}\n"
        if path
        else ""
    )
    return f'"""{said}"""\n\nimport sys\nfrom pathlib import Path\n{{imports}}{where}'


def table(frame: Frame, whole: Frame, path: Path | None, mime: str, source: str, chart: str) -> str:
    """Rows and columns of a table: a query where the file is one of those that DuckDB reads as they
    stand, else the cells by address.
    """
    said = f"Rows of {source}, read from the file itself" if path else f"Rows of {source}"
    sql = ""
    if path and mime in _DELIMITED:
        sql = _csv(frame, whole, path, mime == "text/tab-separated-values")
    elif path and mime == "application/vnd.apache.parquet":
        sql = _select(frame, whole, "read_parquet(?)", whole.columns)
    if sql:
        body, imports = _queried(sql), "\nimport duckdb\n"
    elif path and mime == _XLSX and frame.cells:
        body, imports = _addressed(frame), "\nfrom openpyxl import load_workbook\n"
    else:
        path, imports = None, ""
        said = f"The rows of {source}"
        body = _spelled(frame)
    if not body:
        return ""
    show = '\nif __name__ == "__main__":\n    for row in [columns, *rows]:\n        print("\\t".join(row))\n'
    start = head(f"{said}.", source, path)
    if chart:
        imports += "\nimport matplotlib\n\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\n"
    if path is None:
        start = start.replace(
            "import sys\nfrom pathlib import Path\n", "import sys\n" if chart else ""
        )
    return start.replace("{imports}", imports) + body + (chart if chart else "") + show


def _queried(sql: str) -> str:
    return (
        f'\nQUERY = """\n{sql}\n"""\n\nfound = duckdb.execute(QUERY, [str(SOURCE)])\ncolumns = [c[0] for c in found.description]\n'
        'rows = [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]\n'
    )


def _csv(frame: Frame, whole: Frame, path: Path, tabs: bool) -> str:
    """The query, where DuckDB reads the same cells with it; "" where it does not."""
    found = re.search(r"(\d+)$", whole.cells[0][0]) if whole.cells and whole.cells[0] else None
    if not found:
        return ""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    if delimited.encoding(start).lower().replace("_", "-") not in ("utf-8", "ascii", "utf-8-sig"):
        return ""
    delimiter, _ = delimited.dialect(start.decode("utf-8", "replace").split("\n")[:50], tabs)
    names = _names(whole.columns)
    listed = ", ".join(_literal(n) for n in names)
    reader = (
        f"read_csv(?, header = false, skip = {int(found[1]) - 1}, delim = {_literal(delimiter)}, quote = '\"', escape = '\"', "
        f"all_varchar = true, null_padding = true, strict_mode = false, names = [{listed}])"
    )
    sql = _select(frame, whole, reader, names)
    return sql if sql and _gives(sql, path, frame) else ""


def _names(columns: Sequence[str]) -> list[str]:
    """Every column a name of its own."""
    names: list[str] = []
    for i, c in enumerate(columns, 1):
        name = " ".join(c.split()) or f"column {i}"
        names.append(name if name.lower() not in {n.lower() for n in names} else f"{name} {i}")
    return names


def _select(frame: Frame, whole: Frame, reader: str, names: Sequence[str]) -> str:
    at = _positions(frame, whole)
    if at is None or len(set(names)) != len(names):
        return ""
    rows, columns = at
    listed = (
        "*"
        if columns == list(range(len(whole.columns)))
        else ", ".join(_named(names[c]) for c in columns)
    )
    where = _where(rows, whole, names)
    if where is None:
        runs = " OR ".join(f"n BETWEEN {a} AND {b}" for a, b in _runs(rows))
        inner = f"SELECT row_number() OVER () AS n, * FROM {reader}"
        listed = ", ".join(_named(names[c]) for c in columns)
        return f"SELECT {listed}\nFROM ({inner})\nWHERE {runs}"
    return f"SELECT {listed}\nFROM {reader}" + (f"\nWHERE {where}" if where else "")


def _positions(frame: Frame, whole: Frame) -> tuple[list[int], list[int]] | None:
    """Which rows and columns of the whole table these are, by their addresses, else by their
    values.
    """
    if frame is whole:
        return list(range(len(whole.rows))), list(range(len(whole.columns)))
    if frame.cells and whole.cells:
        known = {a: (r, c) for r, row in enumerate(whole.cells) for c, a in enumerate(row)}
        places = [[known.get(a) for a in row] for row in frame.cells]
        if all(p for row in places for p in row):
            return [row[0][0] for row in places if row[0]], [p[1] for p in places[0] if p]
    return None


def _where(rows: Sequence[int], whole: Frame, names: Sequence[str]) -> str | None:
    """What the rows alone have: a value among these in one column. "" for all rows, None where
    nothing so simple tells them.
    """
    if list(rows) == list(range(len(whole.rows))) and not whole.cut:
        return ""
    chosen = set(rows)
    for c in range(len(whole.columns)):
        column = whole.column(c)
        wanted = dict.fromkeys(column[r] for r in rows)
        if (
            len(wanted) <= MOST_VALUES
            and "" not in wanted
            and {r for r, v in enumerate(column) if v in wanted} == chosen
        ):
            values = ", ".join(_literal(v) for v in wanted)
            trimmed = f"trim({_named(names[c])})"
            return f"{trimmed} = {values}" if len(wanted) == 1 else f"{trimmed} IN ({values})"
    return None


def _runs(rows: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for r in sorted(rows):
        if runs and runs[-1][1] == r:
            runs[-1] = (runs[-1][0], r + 1)
        else:
            runs.append((r + 1, r + 1))
    return runs


def _gives(sql: str, path: Path, frame: Frame) -> bool:
    """Whether the query finds these very cells."""
    try:
        import duckdb

        found = duckdb.execute(sql, [str(path)]).fetchmany(len(frame.rows) + 1)
    except Exception:  # noqa: BLE001 - files that DuckDB cannot read are given otherwise
        return False
    cells = [tuple(" ".join(str(c).split()) if c is not None else "" for c in row) for row in found]
    return cells == [tuple(" ".join(c.split()) for c in row) for row in frame.rows]


def _literal(said: str) -> str:
    return "'" + said.replace("'", "''") + "'"


def _named(said: str) -> str:
    return '"' + said.replace('"', '""') + '"'


def _addressed(frame: Frame) -> str:
    cells = "".join(f"    {list(row)!r},\n" for row in frame.cells)
    if len(frame.rows) * len(frame.columns) > MOST_CELLS:
        return ""
    sheet = f"book[{frame.sheet!r}]" if frame.sheet else "book.active"
    return (
        f"\ncolumns = {list(frame.columns)!r}\nCELLS = [\n{cells}]\n\nbook = load_workbook(SOURCE, data_only=True)\nsheet = {sheet}\n"
        'rows = [["" if sheet[a].value is None else str(sheet[a].value) for a in row] for row in CELLS]\n'
    )


def _spelled(frame: Frame) -> str:
    if len(frame.rows) * len(frame.columns) > MOST_CELLS:
        return ""
    rows = "".join(f"    {list(row)!r},\n" for row in frame.rows)
    return f"columns = {list(frame.columns)!r}\nrows = [\n{rows}]\n"


def plot(frame: Frame, title: str, source: str) -> str:
    """Lines that draw the numbers of a table: bars over names, a line over times; "" where it has
    no numbers.
    """
    measures = frame.measures()[:6]
    if not measures or len(frame.rows) < 2:
        return ""
    keys = [
        i
        for i in range(len(frame.columns))
        if i not in measures and frame.kind(i) in ("text", "date")
    ]
    key = keys[0] if keys else -1
    unit = next((u for i in measures if (u := frame.unit(i))), "")
    date = key >= 0 and frame.kind(key) == "date"
    labels = (
        f"[row[{key}] for row in rows]" if key >= 0 else "[str(n) for n in range(1, len(rows) + 1)]"
    )
    across = (
        "" if date or key < 0 else f" + 0.8 * (k - {(len(measures) - 1) / 2:g}) / {len(measures)}"
    )
    draw = "axes.plot(at, values, marker='o', label=columns[c])"
    if not date:
        draw = f"axes.bar([x{across} for x in at], values, width={0.8 / len(measures):.3g}, label=columns[c])"
    ticks = "rotation=45, ha='right'" if len(frame.rows) > 7 else "rotation=0"
    axis = frame.columns[measures[0]] if len(measures) == 1 else unit
    return (
        "\n\ndef number(said):\n"
        '    """The number that a cell shows; nothing drawn where it shows none."""\n'
        "    said = said.replace('\\u2212', '-').replace('\\u2013', '-').strip()\n"
        "    sign = -1 if said.startswith('(') and said.endswith(')') else 1\n"
        "    digits = ''.join(c for c in said if c.isdigit() or c in '.-')\n"
        "    try:\n        return sign * float(digits)\n    except ValueError:\n        return float('nan')\n\n\n"
        f"labels, at = {labels}, list(range(len(rows)))\nfigure, axes = plt.subplots(figsize=(11, 6), layout='constrained')\n"
        f"for k, c in enumerate({measures!r}):\n    values = [number(row[c]) for row in rows]\n    {draw}\n"
        f"axes.set_xticks(at, labels, {ticks})\n"
        f"axes.set_title({title!r}, loc='left')\naxes.set_ylabel({axis!r})\naxes.spines[['top', 'right']].set_visible(False)\n"
        + ("axes.legend(frameon=False)\n" if len(measures) > 1 else "")
        + f"axes.set_xlabel({f'Source: {source}'!r}, loc='right', fontsize=8, color='grey', labelpad=12)\n"
        "figure.savefig(sys.argv[2] if len(sys.argv) > 2 else 'chart.png', dpi=110)\n"
    )


_SOUND = """
import av
import numpy as np

START, END = {start}, {end}  # seconds
TARGET = sys.argv[2] if len(sys.argv) > 2 else {target!r}

with av.open(str(SOURCE)) as source:
    stream = source.streams.audio[0]
    begin = (source.start_time or 0) / av.time_base
    rate, layout = stream.rate, stream.layout.name
    source.seek(int((begin + max(0.0, START - 1.0)) * av.time_base))
    resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
    pieces, due = [], round(START * rate)
    for frame in source.decode(stream):
        first = round((frame.time - begin) * rate) if frame.time is not None else due
        if first >= round(END * rate):
            break
        for piece in resampler.resample(frame):
            samples = piece.to_ndarray().reshape(-1, len(piece.layout.channels))
            last = min(len(samples), round(END * rate) - first)
            pieces.append(samples[max(0, due - first) : max(0, last)])
            first += len(samples)
            due = max(due, first)
    cut = np.concatenate(pieces) if pieces else np.zeros((0, stream.channels), np.int16)

with wave.open(TARGET, "wb") as out:
    out.setnchannels(cut.shape[1])
    out.setsampwidth(2)
    out.setframerate(rate)
    out.writeframes(cut.tobytes())
print(f"{{TARGET}}: {{len(cut) / rate:.3f}} s")
"""

_FILM = """
from fractions import Fraction

import av

START, END = {start}, {end}  # seconds
TARGET = sys.argv[2] if len(sys.argv) > 2 else {target!r}

with av.open(str(SOURCE)) as source, av.open(TARGET, "w") as out:
    begin = (source.start_time or 0) / av.time_base
    film, sound = source.streams.video[0], next(iter(source.streams.audio), None)
    rate = film.average_rate or Fraction(25)
    shown = out.add_stream("libx264", rate=rate, options={{"crf": "20"}})
    shown.width, shown.height, shown.pix_fmt = film.width // 2 * 2, film.height // 2 * 2, "yuv420p"
    shown.time_base = Fraction(1, 90000)
    heard = out.add_stream("aac", rate=sound.rate) if sound else None
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=sound.rate) if sound else None
    source.seek(int((begin + START) * av.time_base))
    played, last = 0, 0
    for packet in source.demux([s for s in (film, sound) if s]):
        if packet.dts is not None and packet.dts * packet.time_base - begin > END + 5:
            break
        for frame in packet.decode():
            if frame.time is None or not START - 1e-6 <= frame.time - begin < END - 1e-6:
                continue
            if packet.stream is film:
                picture = frame.reformat(shown.width, shown.height, "yuv420p")
                picture.pts, picture.time_base = round((frame.time - begin - START) * 90000), Fraction(1, 90000)
                out.mux(shown.encode(picture))
                last += 1
            else:
                for piece in resampler.resample(frame):
                    piece.pts, piece.time_base = played, Fraction(1, sound.rate)
                    played += piece.samples
                    out.mux(heard.encode(piece))
    for stream in filter(None, (shown, heard)):
        out.mux(stream.encode(None))
print(f"{{TARGET}}: {{last}} frames")
"""


def cut(kind: str, seconds: tuple[float, float], path: Path, source: str, stem: str) -> str:
    """A program that cuts exactly these seconds from a recording: to the sample into WAV, to the
    frame into MP4.
    """
    start, end = (round(s, 3) for s in seconds)
    film = kind == "video"
    target = f"{stem}-{start:g}-{end:g}.{'mp4' if film else 'wav'}"
    body = (_FILM if film else _SOUND).format(start=start, end=end, target=target)
    said = f"Cuts {start:g} s to {end:g} s from {source}, {'to the frame' if film else 'to the sample'}."
    return head(said, source, path).replace("{imports}", "" if film else "import wave\n") + body


def graph(found: Triples, near: Sequence[Triple], source: str) -> str:
    """A program that builds the statements as a networkx graph and tells it."""
    rows = ""
    for t in near:
        thing = t.object if t.literal else found.label(t.object)
        rows += f"    ({found.label(t.subject)!r}, {found.relation(t)!r}, {thing!r}),{f'  # L{t.line}' if t.line else ''}\n"
    return (
        f'"""The part of {source} around the answer, as a networkx graph."""\n\nimport sys\n\nimport networkx as nx\n\n'
        f"STATEMENTS = [\n{rows}]\n\ngraph = nx.MultiDiGraph()\nfor subject, relation, thing in STATEMENTS:\n"
        "    graph.add_edge(subject, thing, key=relation, label=relation)\n\n"
        'if __name__ == "__main__":\n    print(graph)\n    for subject, thing, relation in graph.edges(keys=True):\n'
        '        print(f"{subject} -- {relation} -> {thing}")\n    if len(sys.argv) > 1:\n        nx.write_graphml(graph, sys.argv[1])\n'
    )
