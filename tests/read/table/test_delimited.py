"""Delimited text in any dialect and encoding, without losing a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.read.table.delimited import read, records


def rows(tmp_path: Path, raw: bytes, tabs: bool = False) -> list[list[str]]:
    path = tmp_path / "x.csv"
    path.write_bytes(raw)
    return [cells for _, cells in read(path, tabs)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters_are_found(tmp_path: Path, mark: str) -> None:
    """Whichever splits the lines alike, even where others occur in cells."""
    raw = f"a{mark}b{mark}c\n1{mark}x. y{mark}3\n4{mark}5{mark}6\n".encode()
    assert rows(tmp_path, raw) == [["a", "b", "c"], ["1", "x. y", "3"], ["4", "5", "6"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings_and_marks(tmp_path: Path, encoding: str) -> None:
    """BOMs vanish; old encodings are read."""
    raw = "Straße;Ort\nGärtnerstraße;München\nKöhlerstraße;Nürnberg\n".encode(encoding)
    assert rows(tmp_path, raw)[:2] == [["Straße", "Ort"], ["Gärtnerstraße", "München"]]


def test_quotes_hold_delimiters_lines_and_quotes(tmp_path: Path) -> None:
    """Doubled or escaped, over several lines."""
    assert rows(tmp_path, b'a,b\n"x, y","say ""hi"""\n"two\nlines",z\n') == [
        ["a", "b"],
        ["x, y", 'say "hi"'],
        ["two\nlines", "z"],
    ]
    assert rows(tmp_path, rb'"a","say \"hi\", you"') == [["a", 'say "hi", you']]


def test_an_open_quote_costs_one_line(tmp_path: Path) -> None:
    """The rest of the file is still read, from the right line."""
    raw = b'a,b\n"open,1\n' + b"x,2\n" * 2000
    records_read = rows(tmp_path, raw)
    assert len(records_read) == 2002
    assert records_read[1] == ['"open', "1"]
    assert [n for n, _ in records(iter(['"open,1\n', "x,2\n"]), ",")] == [1, 2]


def test_lines_are_counted_through_quoted_breaks() -> None:
    """The line is where the record begins."""
    assert [n for n, _ in records(iter(["a,b\n", '"x\n', 'y",1\n', "\n", "z,2\n"]), ",")] == [
        1,
        2,
        4,
        5,
    ]


def test_giant_cells_and_lines_are_read_in_pieces(tmp_path: Path) -> None:
    """No single line is ever held whole beyond a limit."""
    assert sum(len(c) for r in rows(tmp_path, b"a,b\n" + b"w" * 3_000_000) for c in r) == 3_000_002


@pytest.mark.parametrize("line", ["sep=;", "sep=|", '"sep=;"', "SEP=\t"])
def test_the_line_that_names_the_delimiter_is_no_row(tmp_path: Path, line: str) -> None:
    """As Excel writes it; lines are counted with it."""
    path = tmp_path / "x.csv"
    mark = line.strip('"')[4:]
    path.write_bytes(f"{line}\r\nitem{mark}count\r\nrope, long{mark}14\r\n".encode())
    assert list(read(path)) == [(2, ["item", "count"]), (3, ["rope, long", "14"])]


def test_letters_that_come_late_tell_the_encoding(tmp_path: Path) -> None:
    """Of a long file of which the beginning is plain."""
    raw = b"name;n\n" + b"plain;1\n" * 60_000 + "Lübeck;2\n".encode("cp1252")
    assert rows(tmp_path, raw)[-1] == ["Lübeck", "2"]


@pytest.mark.parametrize(
    ("raw", "first"),
    [
        (b"# made 2024, by a tool\n# v2\nid;name;score\n1;Ann;5\n", (3, ["id", "name", "score"])),
        (b"#id,name\n1,Ann\n", (1, ["#id", "name"])),
        (b"# a tool\nsep=|\na|b\n1|2\n", (3, ["a", "b"])),
        (b"# only\n# words\n", (1, ["# only"])),
        (b"#sunset,31\n#beach,22\nmountain,7\n#sea,5", (1, ["#sunset", "31"])),
        (b"#sunset\n#beach\nmountain\n#sea", (1, ["#sunset"])),
        (b"#ff0000,red\n#00ff00,green\nnone,black", (1, ["#ff0000", "red"])),
        (b"#\n1\n2\n3", (1, ["#"])),
        (b"# names, by Ann\n#v2\n#,name,age\n1,Bo,5\n", (3, ["#", "name", "age"])),
        (b"# names\nAnn\nBo\n", (2, ["Ann"])),
    ],
)
def test_what_a_program_says_of_its_file(
    tmp_path: Path, raw: bytes, first: tuple[int, list[str]]
) -> None:
    """Is no head, and lines keep their numbers."""
    path = tmp_path / "x.csv"
    path.write_bytes(raw)
    assert next(row for row in read(path) if row[1]) == first
