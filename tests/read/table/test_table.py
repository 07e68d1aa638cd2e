"""Tables in files become rows that words and numbers find, with their cells."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import Unreadable
from polysense.read.file.mime import sniff
from polysense.read.file.text import PASSAGE_WORDS, count_words
from polysense.read.table.table import TableParser
from polysense.types import Asset, Chunk, Link, Span


def asset(path: Path, mime: str = "") -> Asset:
    return Asset(
        id="0" * 32,
        uri=str(path),
        mime=mime or sniff(path),
        modality="table",
        size=path.stat().st_size,
        path=path,
    )


def parse(path: Path, **settings: Any) -> list[Chunk]:
    chunks = [c for c in TableParser(**settings).parse(asset(path)) if isinstance(c, Chunk)]
    assert len({c.id for c in chunks}) == len(chunks)
    for chunk in chunks:
        assert chunk.modality == "table"
        assert chunk.span
        assert all(chunk.text[m.start : m.end].strip() for m in chunk.marks)
    return chunks


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_row_is_a_sentence_beside_its_columns(tmp_path: Path) -> None:
    """Each row names its columns, and its mark its cells; the columns are told apart."""
    rows, schema = parse(
        write(
            tmp_path,
            "olympic_games.csv",
            "Year,City,Athletes\n1896,Athens,241\n2004,Athens,10625\n",
        )
    )
    assert (
        rows.text
        == "Year: 1896; City: Athens; Athletes: 241.\nYear: 2004; City: Athens; Athletes: 10625."
    )
    assert rows.context == "olympic games"
    assert rows.span == Span(cells="A2:C3")
    at = rows.text.index("10625")
    assert rows.place(at, at + 5) == Span(cells="A3:C3")
    assert schema.span == Span(cells="A1:C1")
    assert "2 rows, 3 columns" in schema.text
    assert "Athletes: integer, 241 to 10625" in schema.text
    assert schema.meta["rows"] == 2


def test_ragged_titled_and_headless_tables(tmp_path: Path) -> None:
    """Rows of any length, title lines above, no header at all."""
    titled = parse(
        write(tmp_path, "x.csv", "Report 2020\n\nregion,q1,q2\nnorth,1,2\nsouth,3\neast,4,5,6\n")
    )
    assert titled[0].context == "x > Report 2020"
    assert titled[0].text.splitlines() == [
        "region: north; q1: 1; q2: 2.",
        "region: south; q1: 3.",
        "region: east; q1: 4; q2: 5; 6.",
    ]
    assert titled[0].span.cells == "A4:D6"
    headless = parse(write(tmp_path, "y.csv", "1,2\n3,4\n"))
    assert headless[0].text == "1; 2.\n3; 4."
    assert headless[1].span == Span(cells="A1:B2", node="columns")


def test_blocks_are_bounded_whatever_the_row(tmp_path: Path) -> None:
    """Long tables, wide rows and long cells are cut, and no word is lost."""
    long = parse(
        write(tmp_path, "long.csv", "n,word\n" + "".join(f"{i},w{i}\n" for i in range(500)))
    )
    assert len(long) > 8
    wide = parse(
        write(
            tmp_path,
            "wide.csv",
            ",".join(f"c{i}" for i in range(300))
            + "\n"
            + ",".join(f"v{i}" for i in range(300))
            + "\n",
        )
    )
    text = parse(
        write(tmp_path, "text.csv", "id,body\n7," + " ".join(f"t{i}" for i in range(1000)) + "\n")
    )
    for chunks in (long, wide, text):
        assert max(count_words(c.text) for c in chunks) <= PASSAGE_WORDS + 10
    assert all(
        f"v{i};" in "".join(c.text + ";" for c in wide).replace(".;", ";") for i in range(300)
    )
    assert "".join(c.text for c in text if c.marks).count(" t") == 1000
    assert all(c.context.endswith("id: 7") for c in text if c.span.chars)


def test_a_huge_table_is_cut_and_says_so(tmp_path: Path) -> None:
    """Reading stops at a number of cells."""
    chunks = parse(write(tmp_path, "x.csv", "a,b\n" + "1,2\n" * 1000), cells=100)
    assert chunks[-1].meta["cut"] is True
    assert "more than 50 rows" in chunks[-1].text


def test_json_lines(tmp_path: Path) -> None:
    """Objects flatten to columns as they come; a broken line is named and costs only itself."""
    path = write(tmp_path, "x.jsonl", '{"a": 1, "b": {"c": [1, 2]}}\n{oops\n{"a": 2, "d": "x"}\n')
    source = TableParser().parse(asset(path))
    chunks = [next(source), next(source)]
    with pytest.raises(Unreadable, match="1 lines are no JSON: 2"):
        next(source)
    assert isinstance(chunks[0], Chunk)
    assert chunks[0].text == "a: 1; b.c: 1, 2.\na: 2; d: x."
    assert chunks[0].span == Span(lines=(1, 3))
    assert chunks[0].marks[1].span == Span(lines=(3, 3))


def test_parquet(tmp_path: Path) -> None:
    """As the same table in a spreadsheet; garbage is refused by name."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "x.parquet"
    pq.write_table(
        pa.table({"city": ["Rome", None], "tags": [["a", "b"], []], "raw": [b"\0\1", b""]}), path
    )
    chunks = parse(path)
    assert chunks[0].text == "city: Rome; tags: a, b; raw: 2 bytes.\nraw: 0 bytes."
    assert chunks[0].span == Span(cells="A2:C3")
    bad_path = tmp_path / "broken.parquet"
    bad_path.write_bytes(b"PAR1" + bytes(100))
    with pytest.raises(Unreadable, match=r"broken\.parquet"):
        parse(bad_path)


def test_files_named_in_cells_are_links(tmp_path: Path) -> None:
    """The rest of the row tells what the file shows."""
    path = write(
        tmp_path, "labels.csv", "file,label\npics/a%20b.jpg,tench\nhttp://x.org/b.jpg,shark\n"
    )
    links = [c for c in TableParser().parse(asset(path)) if isinstance(c, Link)]
    assert links == [Link(str(tmp_path / "pics" / "a b.jpg"), "label: tench", Span(cells="A2"))]


def test_a_manifest_gives_pictures_their_words(tmp_path: Path) -> None:
    """Also with LaTeX in the row, and in JSON lines."""
    path = write(
        tmp_path, "formulas.tsv", "file\tlatex\na.png\t\\frac{a}{b} = c_{1}\nb.png\tx^2 + y^2\n"
    )
    links = [c for c in TableParser().parse(asset(path)) if isinstance(c, Link)]
    assert links == [
        Link(str(tmp_path / "a.png"), "latex: \\frac{a}{b} = c_{1}", Span(cells="A2")),
        Link(str(tmp_path / "b.png"), "latex: x^2 + y^2", Span(cells="A3")),
    ]
    lines = write(tmp_path, "products.jsonl", '{"image": "c.png", "name": "stool"}\n')
    line_links = [c for c in TableParser().parse(asset(lines)) if isinstance(c, Link)]
    assert line_links == [Link(str(tmp_path / "c.png"), "name: stool", Span(lines=(1, 1)))]


@pytest.mark.parametrize(
    "cell",
    [
        "see a.png for more | b.png",
        "3.14",
        "http://x.org/a.png",
        "mailto:a@b.png",
        ".png",
        "a.png?",
        "a" * 300 + ".png",
        "notes.xyz",
    ],
)
def test_cells_that_name_no_file_are_no_links(tmp_path: Path, cell: str) -> None:
    """Sentences, numbers, addresses and names that are too long stay words."""
    path = write(tmp_path, "x.csv", f'n,cell\n1,"{cell}"\n')
    assert not [c for c in TableParser().parse(asset(path)) if isinstance(c, Link)]


def test_links_of_a_huge_table_are_bounded(tmp_path: Path) -> None:
    """So are the words that each carries, however wide the row."""
    rows = "".join(f"{i}.png,w{i}\n" for i in range(21_000))
    path = write(tmp_path, "x.csv", "file,label\n" + rows)
    assert sum(isinstance(c, Link) for c in TableParser().parse(asset(path))) == 20_000
    wide = write(
        tmp_path,
        "wide.csv",
        "\n".join("a.png," + ",".join(f"{i * n}" for i in range(500)) for n in (1, 2)) + "\n",
    )
    links = [c for c in TableParser().parse(asset(wide)) if isinstance(c, Link)]
    assert links
    assert all(0 < len(link.words.split()) <= 60 for link in links)


@pytest.mark.parametrize(
    "hostile",
    [
        b"\n" * 1000,
        b",,,\n" * 500,
        b'"' * 5000,
        b"a,b\n\xff\xfe\x00",
        b"\x00,\x00\n",
        b'{"a":' * 50_000,
    ],
)
def test_hostile_bytes_do_no_harm(tmp_path: Path, hostile: bytes) -> None:
    """Nothing but chunks or a named error comes out."""
    for mime in ("text/csv", "text/tab-separated-values", "application/x-ndjson"):
        path = tmp_path / "x"
        path.write_bytes(hostile)
        with contextlib.suppress(Unreadable):
            list(TableParser().parse(asset(path, mime)))


def test_naughty_strings_survive(data: Path, tmp_path: Path) -> None:
    """Every string of the list comes through as a cell."""
    import csv

    strings = [
        s
        for s in json.loads((data / "naughty-strings" / "blns.json").read_text())
        if s.strip() and "\0" not in s
    ]
    path = tmp_path / "naughty.csv"
    with path.open("w", newline="", encoding="utf-8", errors="surrogatepass") as f:
        csv.writer(f).writerows([["id", "text"], *([i, s] for i, s in enumerate(strings))])
    text = " ".join(" ".join(c.text for c in parse(path)).split())
    assert sum(" ".join(s.split())[:40] in text for s in strings) > 0.98 * len(strings)


def test_real_tables_have_their_answers_in_a_row(data: Path) -> None:
    """Of the answers of WikiTableQuestions that stand in the table, nearly all are found in a
    marked row.
    """
    root = data / "tables-wikitable"
    questions = [
        line.split("\t") for line in (root / "questions.tsv").read_text().splitlines()[1:400]
    ]
    files = {q[2]: (root / q[2]).read_text() for q in questions}
    texts = {name: " ".join(" ".join(c.text for c in parse(root / name)).split()) for name in files}
    answers = [
        (answer, name)
        for _, _, name, answer in questions
        if "|" not in answer and answer in files[name]
    ]
    assert sum(answer in texts[name] for answer, name in answers) > 0.97 * len(answers)


def test_parquet_values_as_seen(tmp_path: Path) -> None:
    """Dates, decimals and short floats as they were written, and columns of one name apart."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "x.parquet"
    columns = [
        pa.array([dt.datetime(2020, 5, 1), dt.datetime(2020, 5, 2, 12, 30)]),
        pa.array([Decimal("1.50"), Decimal("2.25")]),
        pa.array([0.1, 0.2], pa.float32()),
        pa.array([{"on": [dt.date(2021, 1, 2)]}, None]),
    ]
    pq.write_table(pa.table(columns, names=["day", "sum", "sum", "paid"]), path)
    rows, schema = parse(path)
    assert (
        rows.text == "day: 2020-05-01; sum: 1.50; sum: 0.1; paid: 2021-01-02.\n"
        "day: 2020-05-02 12:30:00; sum: 2.25; sum: 0.2."
    )
    assert [c["type"] for c in schema.meta["columns"]] == ["date", "number", "number", "date"]


def test_parquet_words_in_no_encoding_are_refused_by_name(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "torn.parquet"
    words = pa.array([b"\xff\xfe"]).view(pa.binary()).cast(pa.string(), safe=False)
    pq.write_table(pa.table({"a": words}), path)
    with pytest.raises(Unreadable, match=r"torn\.parquet"):
        parse(path)


def test_a_line_too_deep_to_tell_costs_only_itself(tmp_path: Path) -> None:
    """Whether it is reading or writing it again that goes too deep."""
    for depth in range(700, 1000):
        path = write(tmp_path, "x.jsonl", "[" * depth + "]" * depth + '\n{"a": 1}\n')
        chunks: list[Chunk | Link] = []
        with contextlib.suppress(Unreadable):
            chunks.extend(TableParser().parse(asset(path, "application/x-ndjson")))
        assert any("a: 1." in c.text for c in chunks if isinstance(c, Chunk))
