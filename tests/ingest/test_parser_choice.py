"""Parsers chosen, configured and left out by one line, down to the worker processes; and what was
read by another before is read again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from polysense import registry
from polysense.demo import FILES
from polysense.errors import BadConfig, Unreadable
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.read.file.parts import part
from polysense.registry import Kit
from polysense.results import IndexReport

PARSER = '''
import os
from polysense.protocols import Parser
from polysense.types import Chunk, Span

class Leaves(Parser):
    """PDFs, a page at a time, in capitals where that is asked for."""
    accepts = frozenset({"application/pdf", ".pdf", ".leaves"})
    def __init__(self, *, capitals=False, prefix="leaf"):
        self.capitals, self.prefix = capitals, prefix
    def parse(self, asset):
        if asset.name.endswith(".leaves"):
            yield Chunk(asset, Span(page=1), "text", text=f"{self.prefix} {asset.path.read_text()}")
            return
        import pypdfium2
        document = pypdfium2.PdfDocument(asset.path)
        for n, page in enumerate(document, 1):
            text = f"{self.prefix} {n}: {page.get_textpage().get_text_range()}"
            text = text.upper() if self.capitals else text
            yield Chunk(asset, Span(page=n), "text", text=text, meta={"process": os.getpid()})
'''
HANDBOOK = (FILES / "documents/handbook.pdf").read_bytes()
NO_MODELS = {
    "encoders": [f"-{e}" for e in registry.OFFLINE.encoders],
    "converters": [f"-{c}" for c in registry.OFFLINE.converters],
}

Index = Callable[..., tuple[IndexReport, list[Any]]]


@pytest.fixture
def leaves(install: Any) -> None:
    """Somebody's parser of PDFs, installed."""
    install("polysense-leaves", PARSER, {"parsers": {"leaves": "Leaves"}})


@pytest.fixture
def index(tmp_path: Path, notes: Path) -> Index:
    """Indexes `notes` with these parsers: the report, and the chunks of handbook.pdf."""
    (notes / "handbook.pdf").write_bytes(HANDBOOK)

    def run(*parsers: str, folder: Path = notes) -> tuple[IndexReport, list[Any]]:
        kit = registry.kit(parsers=parsers, **NO_MODELS)  # type: ignore[arg-type]
        with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
            report = kb.index(folder)
            names = {a.name: a.id for a in kb.assets()}
            return report, kb.chunks(names["handbook.pdf"]) if "handbook.pdf" in names else []

    return run


def is_of_leaves(chunks: Sequence[Any]) -> bool:
    return bool(chunks) and all(c.text.lower().startswith("leaf") for c in chunks)


def test_an_installed_parser_is_offered_and_takes_nothing_over(leaves: None, index: Index) -> None:
    """Neither by the type nor by the ending; what only it reads is read by it."""
    _, chunks = index()
    assert chunks
    assert not is_of_leaves(chunks)


def test_its_own_type_works_when_it_is_installed(leaves: None, index: Index, notes: Path) -> None:
    """Without a word of configuration."""
    (notes / "roof.leaves").write_text("granite slates")
    report, _ = index()
    assert (report.indexed, report.failed) == (5, ())
    readers = registry.readers(registry.kit().specs["parsers"]).by_type
    assert str(readers[".leaves"]) == "leaves (polysense-leaves)"


def test_one_line_chooses_and_configures_it_for_the_workers(leaves: None, index: Index) -> None:
    """Its options too; the built-in parser of all other types stays."""
    report, chunks = index("leaves:capitals=true,prefix=leaf")
    assert report.failed == ()
    assert report.indexed == 4
    assert is_of_leaves(chunks)
    assert all(c.text == c.text.upper() for c in chunks)
    assert os.getpid() not in {c.meta["process"] for c in chunks}


@pytest.mark.slow
def test_another_choice_reads_those_files_again_and_no_others(leaves: None, index: Index) -> None:
    """To and fro, and when an option changes; the same choice reads nothing."""
    assert index()[0].indexed == 4
    for parsers, ours in ((["leaves"], False), (["leaves:capitals=true"], False), ([], True)):
        report, chunks = index(*parsers)
        assert (report.indexed, report.unchanged) == (1, 3)
        assert is_of_leaves(chunks) is not ours
        assert (index(*parsers)[0].indexed, index(*parsers)[0].unchanged) == (0, 4)


def test_a_parser_left_out_skips_its_files_with_the_reason(index: Index, notes: Path) -> None:
    """They are no failures; what the library held of them is gone; taken in again, they are read."""
    with zipfile.ZipFile(notes / "more.zip", "w") as z:
        z.writestr("inner/copy.pdf", HANDBOOK + b"\n%more")
        z.writestr("inner/word.txt", "Granite quarry.")
    assert index()[0].indexed == 6
    for names in ({"handbook.pdf", "copy.pdf"}, {"handbook.pdf"}):  # an archive is opened once
        report, chunks = index("-pdf")
        assert chunks == []
        assert report.failed == ()
        skipped = {Path(s.uri).name: s.reason for s in report.skipped}
        assert set(skipped) == names
        for reason in skipped.values():
            assert reason == (
                "no parser in use reads application/pdf; `-pdf` leaves it out in the settings"
            )
    report, chunks = index()
    assert report.skipped == ()
    assert report.indexed == 2
    assert chunks


def test_left_out_another_that_reads_the_type_does(leaves: None, index: Index) -> None:
    """`-pdf` leaves out the parser, not the type."""
    report, chunks = index("-pdf")
    assert report.skipped == ()
    assert is_of_leaves(chunks)


def test_a_question_with_a_file_that_is_left_out_says_so(index: Index, tmp_path: Path) -> None:
    """As indexing does."""
    index("-pdf")
    path = tmp_path / "question.pdf"
    path.write_bytes(HANDBOOK)
    kit = registry.kit(parsers=["-pdf"], **NO_MODELS)  # type: ignore[arg-type]
    with (
        Library(tmp_path / "kb", kit=kit) as kb,
        pytest.raises(Unreadable, match="`-pdf` leaves it out"),
    ):
        kb.search(part(path))


def test_an_option_that_it_does_not_have_is_refused(leaves: None, bare: Kit) -> None:
    """Before anything is read."""
    with pytest.raises(BadConfig, match="leaves:colour=red was refused"):
        registry.kit(parsers=["leaves:colour=red"])


@pytest.mark.slow
def test_the_command_line_takes_it_from_the_settings(leaves: None, notes: Path) -> None:
    """From polysense.toml, and from a variable, which wins; for people the reason is printed."""
    (notes / "handbook.pdf").write_bytes(HANDBOOK)
    (notes.parent / "polysense.toml").write_text('parsers = ["leaves:capitals=true"]\n')
    variables = {f"POLYSENSE_{g.upper()}": ";".join(specs) for g, specs in NO_MODELS.items()}

    def polysense(*args: str, **more: str) -> str:
        command = [sys.executable, "-m", "polysense.cli", *args]
        env = {**os.environ, **variables, **more}
        return subprocess.run(
            command, cwd=notes.parent, env=env, capture_output=True, text=True, check=True
        ).stdout

    report = json.loads(polysense("index", "notes", "--json"))
    assert (report["indexed"], report["failed"]) == (4, [])
    chunks = json.loads(polysense("show", str(notes / "handbook.pdf"), "--json"))["chunks"]
    assert chunks[0]["text"].startswith("LEAF 1")
    rows = json.loads(polysense("doctor", "--json"))["reads"]
    (row,) = [r for r in rows if r["type"] == "application/pdf"]
    assert (row["parser"], row["from"]) == ("leaves:capitals=true", "polysense-leaves")
    text = polysense("index", "notes", POLYSENSE_PARSERS="-pdf;-leaves")
    assert "1 skipped: no parser in use reads application/pdf; " in text
    assert "`-pdf` and `-leaves` leave it out in the settings" in text
