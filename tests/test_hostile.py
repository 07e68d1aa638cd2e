"""Hostile input, end to end: strings, names and files that break other programs."""

from __future__ import annotations

import json
import os
import re
import time
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest

from polysense import registry
from polysense.errors import BadQuery
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.types import Part


@pytest.fixture(scope="module")
def naughty(data: Path) -> list[str]:
    return [s for s in json.loads((data / "naughty-strings" / "blns.json").read_text("utf-8")) if s]


_ENTITY = re.compile(r"^<\?xml.*<(\w+)>&\w+;</\1>$", re.S)
"""The one string that is an XML file: of it the name of its element is left, for the entity in it
names a file of the system, and is not followed.
"""


def letters(text: str) -> str:
    """What must survive of a text: everything that is no space, no control character and nothing
    that is told a terminal.
    """
    return "".join(
        c
        for c in unicodedata.normalize("NFC", re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text))
        if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf")
    )


def file_name(text: str, n: int) -> str:
    """The string as a name that a file system takes."""
    name = text.replace("/", "∕").replace("\0", "")
    while len(name.encode()) > 200:
        name = name[:-1]
    return f"n{n} {name}.txt"


def test_naughty_strings_as_queries(
    tmp_path: Path, notes: Path, bare: Kit, naughty: list[str]
) -> None:
    """Whatever is typed is searched, or refused as BadQuery."""
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(notes)
        for text in naughty:
            for query in (text, Part("text", text)):
                with suppress(BadQuery):
                    kb.search(query, k=3)
        assert kb.search("moon")[0].chunk.asset.name == "moon.txt"


def test_naughty_strings_in_answers_and_filters(
    tmp_path: Path, notes: Path, bare: Kit, naughty: list[str]
) -> None:
    """A question or a filter of them harms nothing; a filter cannot reach beyond its columns."""
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(notes)
        for text in naughty[::6]:
            literal = "'" + text.replace("'", "''") + "'"
            for act in (
                lambda t=text: kb.ask(t),
                lambda t=text: kb.search("moon", where=t),
                lambda q=literal: kb.search("moon", where=f"name = {q}"),
                lambda t=text: kb.search("moon", modality=t),
                lambda t=text: kb.search("moon", using=t or "bm25"),
            ):
                with suppress(BadQuery):
                    act()
        assert kb.store.count() == 3


def test_naughty_strings_as_names_and_contents(
    tmp_path: Path, bare: Kit, naughty: list[str]
) -> None:
    """Every content is found word for word, or told; every name comes back as it is on disk."""
    root = tmp_path / "files"
    root.mkdir()
    contents = {}
    for n, text in enumerate(naughty):
        raw = text.encode("utf-8", "replace")
        (root / file_name(text, n)).write_bytes(raw)
        contents[raw.decode()] = str(root / file_name(text, n))
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=2)) as kb:
        report = kb.index(root)
        reported = {f.uri for f in report.failed} | {s.uri for s in report.skipped}
        assert all(f.error and f.hint for f in report.failed)
        assert report.indexed + len({Path(u).read_bytes() for u in reported}) == len(contents)
        text_by_asset: dict[str, str] = {a.id: "" for a in kb.assets()}
        for row in kb.store.scan("", ["asset", "text"]):
            text_by_asset[row["asset"]] += letters(row["text"])
        places = {
            uri: asset
            for asset, uris in kb.catalogue.places(list(text_by_asset)).items()
            for uri in uris
        }
        on_disk = {os.path.join(root, name) for name in os.listdir(root)}
        assert set(places) | reported == on_disk
        missing = [
            text
            for text, uri in contents.items()
            if uri in places and letters(_ENTITY.sub(r"\1", text)) not in text_by_asset[places[uri]]
        ]
        assert missing == []
        again = kb.index(root)
        assert (again.indexed, again.unchanged) == (0, report.indexed)
        assert again.failed == report.failed


def check(report: object, files: list[Path], kb: Library) -> None:
    """Each file is indexed, or failed with a cause and a hint."""
    failed = {f.uri.partition("!/")[0]: f for f in report.failed}  # type: ignore[attr-defined]
    assert all(f.error.strip() and f.hint.strip() for f in report.failed)  # type: ignore[attr-defined]
    assert all("Traceback" not in f.error and len(f.error) < 1000 for f in report.failed)  # type: ignore[attr-defined]
    places = {
        uri.partition("!/")[0]
        for uris in kb.catalogue.places([a.id for a in kb.assets()]).values()
        for uri in uris
    }
    assert [f.name for f in files if str(f) not in places and str(f) not in failed] == []


def test_every_broken_file_is_indexed_or_told(tmp_path: Path, bare: Kit, data: Path) -> None:
    """The run ends in time, whatever is in the files; so does the next, without trying again."""
    root = data / "broken-files"
    files = [p for p in root.iterdir() if p.is_file()]
    with Library(tmp_path / "kb", kit=bare, limits=Limits(seconds=20, workers=2)) as kb:
        began = time.monotonic()
        report = kb.index(root)
        assert time.monotonic() - began < 60
        check(report, files, kb)
        assert report.indexed > 20
        again = kb.index(root)
        assert again.failed == report.failed
        assert again.seconds < 2


@pytest.mark.slow
def test_every_broken_file_with_all_models(tmp_path: Path, data: Path) -> None:
    """What parses may still break a reader or an encoder: a note, never the end of the run."""
    root = data / "broken-files"
    with Library(tmp_path / "kb", kit=registry.kit(), limits=Limits(seconds=60, workers=2)) as kb:
        check(kb.index(root), [p for p in root.iterdir() if p.is_file()], kb)
        spaces = kb.status()["spaces"]
        assert all(s["done"] == s["of"] for s in spaces.values())  # type: ignore[attr-defined]


def test_a_file_that_kills_its_reader_is_alone_in_its_loss(
    tmp_path: Path, notes: Path, thermal_kit: Kit
) -> None:
    """Crash, hang, memory: three failures that name their file, and every other file is found."""
    for name in ("crash", "hang", "hungry"):
        (notes / f"{name}.thermal").write_text(f"{name} now")
    (notes / "fine.thermal").write_text("a warm roof")
    with Library(
        tmp_path / "kb", kit=thermal_kit, limits=Limits(seconds=2, memory_mb=4096, workers=2)
    ) as kb:
        report = kb.index(notes)
        assert [Path(f.uri).name for f in report.failed] == [
            "crash.thermal",
            "hang.thermal",
            "hungry.thermal",
        ]
        assert all(Path(f.uri).name in f.error for f in report.failed)
        assert kb.search("roof")[0].chunk.asset.name == "fine.thermal"
        assert {a.name for a in kb.assets()} >= {"moon.txt", "mill.txt", "bell.txt"}
        assert kb.index(notes).failed == report.failed
