"""What follows parsing: links between files, vectors, words read out of pictures; each goes on
where it stopped.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense import registry
from polysense.errors import (
    MissingDependency,
    TooLarge,
    Unreadable,
)
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.enrich import batches, with_extracted_words
from polysense.ingest.progress import SilentProgress
from polysense.ingest.workers import JobResult, Limits, Workers
from polysense.library import Library
from polysense.protocols import Converter, Encoder
from polysense.read.sound.recognition import line_meta
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Part, Space, Span, TextSpan


def picture(path: Path, colour: str = "red") -> None:
    from PIL import Image

    Image.new("RGB", (64, 48), colour).save(path)


class RecordingProgress(SilentProgress):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


class Words(Encoder):
    """Counts letters: a text encoder that says what it was asked."""

    accepts = frozenset({"text"})
    signal = "semantic"
    min_score, confident_score = 0.2, 0.9
    space = Space("letters", "1", 26)

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, parts: Sequence[Part], role: str = "document") -> np.ndarray:
        self.texts += [str(p.data) for p in parts]
        rows = np.array(
            [[str(p.data).lower().count(chr(97 + i)) + 0.01 for i in range(26)] for p in parts],
            np.float32,
        )
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def letters() -> Words:
    return Words()


@pytest.fixture
def make(tmp_path: Path, bare: Kit, letters: Words) -> Iterator[Callable[[], Library]]:
    """Opens one and the same library, with an encoder of letters."""
    libraries: list[Library] = []

    def library() -> Library:
        libraries.append(
            Library(
                tmp_path / "kb",
                kit=replace(bare, encoders={"letters": letters}),
                limits=Limits(workers=1),
            )
        )
        return libraries[-1]

    yield library
    for kb in libraries:
        kb.close()


def context(kb: Library, name: str) -> str:
    return next(c.context for a in kb.assets() if a.name == name for c in kb.chunks(a.id))


PAGE = (
    "<html><body><h1>Birds</h1><p>Seen here:</p>"
    '<img src="pics/p.png" alt="a puffin on a ledge"></body></html>'
)


@pytest.mark.parametrize("first", ["page", "picture", "both"])
def test_alt_text_reaches_the_picture_whichever_is_indexed_first(
    make: Callable[[], Library], tmp_path: Path, first: str
) -> None:
    """A page's words about a picture are found at the picture; they go when the page goes."""
    root = tmp_path / "site"
    (root / "pics").mkdir(parents=True)
    if first != "picture":
        (root / "birds.html").write_text(PAGE)
    if first != "page":
        picture(root / "pics" / "p.png")
    kb = make()
    kb.index(root)
    (root / "birds.html").write_text(PAGE)
    picture(root / "pics" / "p.png")
    kb.index(root)
    assert "a puffin on a ledge" in context(kb, "p.png")
    assert kb.search("puffin", modality="image")[0].chunk.asset.name == "p.png"
    assert kb.status()["spaces"] == {"letters": {"done": kb.store.count(), "of": kb.store.count()}}
    before = context(kb, "p.png")
    assert kb.index(root).indexed == 0
    assert context(kb, "p.png") == before, "not put on twice"
    (root / "birds.html").unlink()
    kb.index(root)
    assert "puffin" not in context(kb, "p.png")
    assert len(kb.search("puffin", modality="image", using="bm25 % 10")) == 0


def test_a_renamed_folder_keeps_its_words_about_pictures(
    make: Callable[[], Library], tmp_path: Path
) -> None:
    """A page and its picture move together; a copy of both elsewhere, with another picture, has its
    own.
    """
    root = tmp_path / "site"
    (root / "one" / "pics").mkdir(parents=True)
    (root / "one" / "birds.html").write_text(PAGE)
    picture(root / "one" / "pics" / "p.png")
    kb = make()
    kb.index(root)
    (root / "one").rename(root / "two")
    kb.index(root)
    assert "puffin" in context(kb, "p.png")
    (root / "three" / "pics").mkdir(parents=True)
    (root / "three" / "birds.html").write_text(PAGE)
    picture(root / "three" / "pics" / "p.png", "blue")
    kb.index(root)
    assert [
        "puffin" in c.context for a in kb.assets() if a.name == "p.png" for c in kb.chunks(a.id)
    ] == [True, True]


def test_linking_that_was_cut_off_is_done_once(
    make: Callable[[], Library], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after the picture has the words but before the catalogue says so, the words are not
    doubled.
    """

    root = tmp_path / "site"
    (root / "pics").mkdir(parents=True)
    picture(root / "pics" / "p.png")
    make().index(root)
    (root / "birds.html").write_text(PAGE)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Catalogue, "record_mentions", stop)
        with pytest.raises(KeyboardInterrupt):
            make().index(root)
    kb = make()
    kb.index(root)
    assert context(kb, "p.png").count("puffin") == 1


def test_vectors_go_on_where_they_stopped(
    make: Callable[[], Library], notes: Path, letters: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only chunks without a vector are encoded; a second run encodes nothing."""
    kb = make()
    kb.index(notes / "moon.txt")
    assert len(letters.texts) == 1
    letters.texts.clear()
    with monkeypatch.context() as patch:
        patch.setattr(letters, "encode", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            make().index(notes)
    kb = make()
    report = kb.index(notes)
    assert (report.indexed, report.unchanged) == (0, 3)
    assert len(letters.texts) == 2
    letters.texts.clear()
    kb.index(notes)
    assert letters.texts == []
    assert kb.store.missing(letters.space) == []


class Reader(Converter):
    """Finds the same two lines in every picture, except the broken one."""

    source, targets, cost, is_extractor = "image", frozenset({"text"}), 0.1, True

    def convert(self, part: Part) -> Iterable[Part]:
        if "broken" in str(part.data):
            raise Unreadable("blurred")
        yield Part("text", "Total", span=Span(box=(0, 0, 0.5, 0.1)), meta={"confidence": 0.8})
        yield Part("text", "61.00", span=Span(box=(0.5, 0, 1, 0.1)), meta={"confidence": 1.0})


def test_found_words_keep_their_places() -> None:
    """Each line of a reading is marked with where it stands in the asset, also when the picture is
    a piece of a page.
    """
    asset = Asset("a" * 32, "/p.pdf", "application/pdf", "text", 1)
    chunk = Chunk(
        asset, Span(page=2, box=(0.0, 0.5, 1.0, 1.0)), "image", Part("image", Path("/p.pdf"))
    )
    result = with_extracted_words(chunk, list(Reader().convert(Part("image", "x"))), "ocr")
    assert result.text == "Total\n61.00"
    assert result.marks == (
        TextSpan(0, 5, Span(page=2, box=(0.0, 0.5, 0.5, 0.55))),
        TextSpan(6, 11, Span(page=2, box=(0.5, 0.5, 1.0, 0.55))),
    )
    assert result.place(6, 11).box == (0.5, 0.5, 1.0, 0.55)
    assert (result.meta["derived"], result.meta["confidence"], result.id) == ("ocr", 0.9, chunk.id)


def test_lines_that_are_not_certain_are_kept_as_such() -> None:
    """One line of speech is certain, another is not: answers quote by line."""
    asset = Asset("0" * 32, "/talk.wav", "audio/wav", "audio", 1)
    chunk = Chunk(asset, Span(seconds=(0.0, 15.0)), "audio")
    lines = [
        Part("text", words, span=Span(seconds=(i, i + 1.0)), meta=line_meta(confidence))
        for i, (words, confidence) in enumerate([("High water.", 0.9), ("Ur lazed", 0.5)])
    ]
    result = with_extracted_words(chunk, lines, "whisper_tiny")
    assert (result.meta["manner"], result.meta["uncertain"]) == ("heard", [1])
    assert result.meta["confidence"] == 0.7
    assert len(result.marks) == 2


def test_words_in_pictures_are_read_by_the_real_reader(tmp_path: Path) -> None:
    """A photographed line is found by its words, cited where it stands, and read only once."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (640, 200), "white")
    ImageDraw.Draw(image).text((40, 60), "GRANITE QUARRY 1953", "black", ImageFont.load_default(44))
    (tmp_path / "f").mkdir()
    image.save(tmp_path / "f" / "sign.png")
    none = [f"-{e}" for e in registry.OFFLINE.encoders]
    with Library(
        tmp_path / "kb",
        kit=registry.kit(encoders=none, converters=["-whisper_tiny", "-views"]),
        limits=Limits(workers=1),
    ) as kb:
        kb.index(tmp_path / "f")
        (hit,) = kb.search("quarry")
        assert "QUARRY" in hit.chunk.text
        assert hit.chunk.meta["derived"] == "ocr"
        assert hit.chunk.marks
        assert kb.status()["unread"] == 0
        began = kb.index(tmp_path / "f")
        assert began.seconds < 1, "nothing is read again"


def test_what_is_not_there_now_waits(tmp_path: Path, bare: Kit, notes: Path) -> None:
    """A new encoder meets an archive and a file on a disk that is away: the run goes on, and
    encodes them when they are back.
    """
    import zipfile

    root = tmp_path / "away"
    root.mkdir()
    picture(root / "red.png")
    picture(tmp_path / "blue.png", "blue")
    with zipfile.ZipFile(root / "old.zip", "w") as z:
        z.write(tmp_path / "blue.png", "blue.png")
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(root)
    root.rename(tmp_path / "elsewhere")
    shutil.rmtree(tmp_path / "kb" / "cache")
    none = [f"-{e}" for e in registry.OFFLINE.encoders if e != "photo"]
    kit, progress = (
        registry.kit(encoders=none, converters=["-ocr", "-whisper_tiny", "-views"]),
        RecordingProgress(),
    )
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1), progress=progress) as kb:
        assert kb.index(notes).indexed == 3
        space = kit.encoders["photo"].space
        assert len(kb.store.missing(space)) == 2
        assert any(note.startswith("2 known files cannot be read now") for note in progress.notes)
        (tmp_path / "elsewhere").rename(root)
        kb.index(root)
        assert kb.store.missing(space) == []
        assert len(kb.search("x", Part("image", root / "red.png"), using="photo % 5")) == 2


class Lame(Converter):
    """A reader whose package is missing at first."""

    source, targets, cost, is_extractor = "image", frozenset({"text"}), 0.1, True


def test_words_are_read_when_the_reader_has_what_it_lacked(
    tmp_path: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said once, and tried again in the next run: what was missing may have been installed."""
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png", "blue")
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(*paths)
    results = [JobResult((), MissingDependency("reading needs a package", "Install it."))]
    monkeypatch.setattr(Workers, "map", lambda _, jobs: ((job, results[0]) for job in jobs))
    kit, progress = (
        replace(bare, specs={**bare.specs, "converters": ("lame",)}, converters={"lame": Lame()}),
        RecordingProgress(),
    )
    with Library(tmp_path / "kb", kit=kit, progress=progress) as kb:
        kb.index(*paths)
        assert progress.notes == ["lame: reading needs a package. Install it."]
        assert kb.status()["unread"] == 2
        results[0] = JobResult((Part("text", "granite quarry"),))
        kb.index(*paths)
        assert kb.status()["unread"] == 0
        assert len(kb.search("granite", using="bm25 % 5")) == 2


@pytest.mark.parametrize("lines", [(), (Part("text", "granite"),)])
def test_words_that_could_not_be_read_are_listed_and_tried_again(
    lines: tuple[Part, ...], tmp_path: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy machine costs no words for ever, and nothing is lost without a word; what was read
    before the time was up can be found meanwhile.
    """
    picture(tmp_path / "a.png")
    kit = replace(bare, specs={**bare.specs, "converters": ("lame",)}, converters={"lame": Lame()})
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "a.png")
    results = [JobResult(lines, TooLarge("a.png took too long"))]
    monkeypatch.setattr(Workers, "map", lambda _, jobs: ((job, results[0]) for job in jobs))
    with Library(tmp_path / "kb", kit=kit) as kb:
        for _ in range(2):
            (failure,) = kb.index(tmp_path / "a.png").failed
            assert (failure.error, bool(failure.hint)) == ("a.png took too long", True)
            assert kb.failures() == [failure]
            assert kb.status()["unread"] == 1
            assert len(kb.search("granite", using="bm25 % 5")) == len(lines)
        results[0] = JobResult((Part("text", "granite quarry"),))
        assert kb.index(tmp_path / "a.png").failed == ()
        assert (kb.failures(), kb.status()["unread"]) == ([], 0)
        assert len(kb.search("quarry", using="bm25 % 5")) == 1


def test_what_is_read_in_vain_again_and_again_is_left_at_last(
    tmp_path: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and tried again once the limits are others."""
    picture(tmp_path / "a.png")
    kit = replace(bare, specs={**bare.specs, "converters": ("lame",)}, converters={"lame": Lame()})
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(tmp_path / "a.png")
    jobs_run = []

    def run_in_vain(_: Workers, jobs: Iterable[Any]) -> Iterator[tuple[Any, JobResult]]:
        for job in jobs:
            jobs_run.append(job)
            yield job, JobResult((), TooLarge("a.png took too long"))

    monkeypatch.setattr(Workers, "map", run_in_vain)
    with Library(tmp_path / "kb", kit=kit) as kb:
        for _ in range(5):
            (failure,) = kb.index(tmp_path / "a.png").failed
        assert len(jobs_run) == 3
        assert failure.error == "a.png took too long (3 times)"
        assert "[limits]" in failure.hint
        assert kb.failures() == [failure]
    with Library(tmp_path / "kb", kit=kit, limits=Limits(seconds=999.0)) as kb:
        assert kb.index(tmp_path / "a.png").failed[0].error == "a.png took too long"
        assert len(jobs_run) == 4


def test_a_new_modality_joins_without_touching_the_others(
    tmp_path: Path, notes: Path, thermal: Path, letters: Words, thermal_kit: Kit
) -> None:
    """Somebody's plug-in, found by its entry points: its files are parsed and encoded; no other
    space is written to.
    """
    (notes / "roof.thermal").write_text("a warm roof")
    (notes / "wall.thermal").write_text("a much colder wall")
    with Library(
        tmp_path / "kb",
        kit=replace(thermal_kit, encoders={"letters": letters}),
        limits=Limits(workers=1),
    ) as kb:
        assert kb.index(notes).chunks == {"text": 3, "thermal": 2}
        table = kb.store._db.open_table("vectors_letters")  # type: ignore[attr-defined]
        version, rows = table.version, table.count_rows()
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=["-ocr", "-whisper_tiny", "-views"],
    )
    assert set(kit.encoders) == {"thermal"}
    letters.texts.clear()
    with Library(
        tmp_path / "kb",
        kit=replace(kit, encoders={"letters": letters, **kit.encoders}),
        limits=Limits(workers=1),
    ) as kb:
        assert kb.index(notes).unchanged == 5
        table = kb.store._db.open_table("vectors_letters")  # type: ignore[attr-defined]
        assert (table.version, table.count_rows(), letters.texts) == (version, rows, [])
        assert kb.status()["spaces"]["thermal"]["done"] == 5  # type: ignore[index]
        hits = kb.search(
            Part("thermal", notes / "wall.thermal", name="wall.thermal"), using="thermal % 5"
        )
        assert hits[0].chunk.asset.name == "wall.thermal"
        assert hits[0].modality == "thermal"


def test_batches() -> None:
    """Nothing is left out."""
    assert [list(b) for b in batches(range(5), 2)] == [[0, 1], [2, 3], [4]]
    assert list(batches([], 2)) == []
