"""The facade: what a library refuses, survives, and lets others do meanwhile."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from polysense import registry
from polysense.errors import (
    BadFilter,
    BadQuery,
    ForeignLibrary,
    LibraryError,
    LibraryLocked,
    ModelMismatch,
    NotFound,
    PolysenseError,
    ReadOnly,
    StorageFull,
)
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit

ONE = Limits(workers=1)
BARE = {
    "POLYSENSE_ENCODERS": ";".join(f"-{e}" for e in registry.OFFLINE.encoders),
    "POLYSENSE_CONVERTERS": ";".join(f"-{c}" for c in registry.OFFLINE.converters),
}


@pytest.fixture
def kb(tmp_path: Path, bare: Kit) -> Iterator[Library]:
    with Library(tmp_path / "kb", kit=bare, limits=ONE) as made:
        yield made


def content(kb: Library) -> dict[str, tuple[object, ...]]:
    """Everything that the store holds, by chunk id."""
    rows = [r["id"] for r in kb.store.scan("", ["id"])]
    assert len(rows) == len(set(rows)), "no chunk twice"
    return {
        i: (c.text, c.context, c.marks, c.span, c.asset.uri, str(dict(c.meta)))
        for i, c in kb.store.get(rows).items()
    }


# -- what there is
# ---------------------------------------------------------------------------------------------------------------


def test_before_anything_is_indexed(tmp_path: Path, bare: Kit) -> None:
    """Looking makes no folder; searching says what to do."""
    with Library(tmp_path / "kb", kit=bare) as kb:
        assert (kb.exists, kb.assets(), kb.failures()) == (False, [], [])
        assert kb.status()["assets"] == 0
        for act in (
            lambda: kb.search("x"),
            lambda: kb.ask("x"),
            lambda: kb.chunks("x"),
            lambda: kb.remove("x"),
            kb.optimize,
            kb.reindex,
        ):
            with pytest.raises(NotFound, match="there is no library") as caught:
                act()  # type: ignore[operator]
            assert "polysense index" in caught.value.hint
    assert not (tmp_path / "kb").exists()


def test_an_empty_folder_is_indexed_and_searched(kb: Library, tmp_path: Path) -> None:
    """No files are no error."""
    (tmp_path / "none").mkdir()
    report = kb.index(tmp_path / "none")
    assert (report.indexed, report.unchanged, report.failed, report.chunks) == (0, 0, (), {})
    assert len(kb.search("anything")) == 0
    assert not kb.ask("anything at all?").answered


def test_bad_use_is_refused(kb: Library, notes: Path) -> None:
    """Each mistake with its own error and a hint, and the library goes on working."""
    wrong: list[tuple[type[PolysenseError], Callable[[], object]]] = [
        (NotFound, lambda: kb.index(notes / "nope")),
        (BadQuery, lambda: kb.index()),
        (BadQuery, lambda: kb.search()),
        (BadQuery, lambda: kb.search("  ")),
        (BadFilter, lambda: kb.search("moon", where="nonsense = 1")),
        (BadFilter, lambda: kb.search("moon", where="page >")),
        (BadQuery, lambda: kb.search("moon", using="bm25 % ")),
        (BadQuery, lambda: kb.recommend([])),
        (NotFound, lambda: kb.recommend([notes / "nope"])),
        (NotFound, lambda: kb.chunks("nope")),
        (NotFound, lambda: kb.remove("nope")),
        (NotFound, lambda: kb.reindex("nope")),
    ]
    kb.index(notes)
    for kind, act in wrong:
        with pytest.raises(kind) as caught:
            act()
        assert str(caught.value)
        assert caught.value.hint
    assert kb.search("moon")[0].chunk.asset.name == "moon.txt"


def test_assets_chunks_and_remove(kb: Library, notes: Path) -> None:
    """By path, by id, by folder; the files stay, and the next index brings them back."""
    kb.index(notes)
    moon = next(a for a in kb.assets() if a.name == "moon.txt")
    (chunk,) = kb.chunks(notes / "moon.txt")
    assert kb.chunks(moon.id) == kb.chunks(chunk.id) == [chunk]
    assert kb.remove(moon.id) == 1
    assert kb.remove(notes / "deep") == 1
    assert [a.name for a in kb.assets()] == ["mill.txt"]
    assert (notes / "moon.txt").exists()
    assert kb.index(notes).indexed == 2


def test_k_by_and_modality(kb: Library, notes: Path) -> None:
    """k counts chunks, or files; an impossible k is refused or empty."""
    (notes / "long.md").write_text(
        "\n\n".join(f"# Part {n}\n\nThe moon again, {n} times." for n in range(6))
    )
    kb.index(notes)
    assert len(kb.search("moon", k=3)) == 3
    assert sorted(h.chunk.asset.name for h in kb.search("moon", by="asset")) == [
        "long.md",
        "moon.txt",
    ]
    assert len(kb.search("moon", modality="image")) == 0
    assert len(kb.search("moon", modality=["image", "text"])) == 7
    for k in (0, -3):
        with contextlib.suppress(BadQuery):
            assert len(kb.search("moon", k=k)) == 0


# -- what is refused
# -------------------------------------------------------------------------------------------------------------


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, notes: Path, bare: Kit) -> None:
    """Neither written to nor read as a library."""
    before = {p: p.read_bytes() for p in notes.rglob("*") if p.is_file()}
    with (
        Library(notes, kit=bare) as kb,
        pytest.raises(ForeignLibrary, match="is no polysense library") as caught,
    ):
        kb.index(notes)
    assert caught.value.hint
    assert {p: p.read_bytes() for p in notes.rglob("*") if p.is_file()} == before
    with pytest.raises(ForeignLibrary):
        Library(notes / "moon.txt", kit=bare)
    with pytest.raises(LibraryError), Library(notes / "moon.txt" / "kb", kit=bare) as kb:
        kb.index(notes)


def test_a_newer_library_is_refused(kb: Library, notes: Path, bare: Kit) -> None:
    """Before anything in it is touched."""
    kb.index(notes)
    kb.close()
    path = kb.folder / "manifest.json"
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 2'))
    before = {p: p.stat().st_mtime_ns for p in kb.folder.rglob("*")}
    with pytest.raises(ForeignLibrary, match="newer"):
        Library(kb.folder, kit=bare)
    assert {p: p.stat().st_mtime_ns for p in kb.folder.rglob("*")} == before


def heat(revision: int) -> Kit:
    none = [f"-{e}" for e in registry.OFFLINE.encoders]
    return registry.kit(
        encoders=[*none, f"thermal:revision={revision}"],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )


def test_other_models_are_refused_and_reindex_repairs(
    tmp_path: Path, notes: Path, thermal: Path
) -> None:
    """Vectors of two revisions are never mixed: not by a search, not by an index, not by a reindex
    of something else.
    """
    (notes / "roof.thermal").write_text("a warm roof")
    with Library(tmp_path / "kb", kit=heat(1), limits=ONE) as kb:
        kb.index(notes)
        (chunk,) = kb.chunks(notes / "roof.thermal")
        old = kb.store.vectors(kb.kit.encoders["thermal"].space, [chunk.id])[chunk.id]
    with Library(tmp_path / "kb", kit=heat(2), limits=ONE) as kb:
        for act in (lambda: kb.search("roof"), lambda: kb.index(notes)):
            with pytest.raises(ModelMismatch, match="revision 1") as caught:
                act()
            assert "polysense reindex --space thermal" in caught.value.hint
        kb.reindex("thermal")
        assert kb.search("roof")[0].chunk.id == chunk.id
        new = kb.store.vectors(kb.kit.encoders["thermal"].space, [chunk.id])[chunk.id]
        assert abs(new - old).max() > 0.001
    with Library(tmp_path / "kb", kit=heat(1), limits=ONE) as kb, pytest.raises(ModelMismatch):
        kb.search("roof")


def test_a_reindex_of_one_space_does_not_wave_another_through(
    tmp_path: Path, notes: Path, thermal: Path
) -> None:
    """Two models changed; encoding one anew must not make the other pass for new."""
    from dataclasses import replace

    def two(a: int, b: int) -> Kit:
        made = heat(a)
        second = registry.load("encoders", f"thermal:revision={b}")
        second.space = replace(second.space, name="second")
        return replace(made, encoders={**made.encoders, "second": second})

    (notes / "roof.thermal").write_text("a warm roof")
    with (
        Library(tmp_path / "kb", kit=two(1, 1), limits=ONE) as kb,
        contextlib.suppress(PolysenseError),
    ):
        kb.index(notes / "moon.txt")
    with Library(tmp_path / "kb", kit=two(2, 2), limits=ONE) as kb:
        with pytest.raises(ModelMismatch, match="second"):
            kb.reindex("thermal")
        with pytest.raises(ModelMismatch):
            kb.search("roof")
        kb.reindex()
        kb.search("roof")


# -- others at the same time
# -----------------------------------------------------------------------------------------------------


def command(*args: str, **more: str) -> subprocess.Popen[str]:
    env = {**os.environ, **BARE, **more, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "polysense.cli", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    )


def ended(process: subprocess.Popen[str], seconds: float = 60) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


def waiting(kb: Path, seconds: float = 20) -> None:
    """Until an index has taken the library."""
    deadline = time.monotonic() + seconds
    while not (kb / "catalogue.db").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_one_indexes_while_others_search(
    tmp_path: Path, notes: Path, thermal: Path, bare: Kit
) -> None:
    """A second writer is refused at once; a reader sees what was there, and what was flushed."""
    kb = tmp_path / "kb"
    with Library(kb, kit=bare, limits=ONE) as mine:
        mine.index(notes)
    (notes / "slow.thermal").write_text("hang around")
    process = command("index", str(notes), "-l", str(kb))
    try:
        with Library(kb, kit=bare, limits=ONE) as mine:
            deadline = time.monotonic() + 20
            locked = False
            while not locked and time.monotonic() < deadline:
                assert mine.search("moon")[0].chunk.asset.name == "moon.txt"
                try:
                    mine.remove(notes / "nothing")
                except LibraryLocked as e:
                    locked = bool(e.hint)
                except NotFound:
                    time.sleep(0.05)
            assert locked
            assert process.poll() is None
            with pytest.raises(LibraryLocked):
                mine.index(notes)
            assert mine.status()["assets"] == 3
    finally:
        process.kill()
        process.communicate()


def test_threads_share_a_library(kb: Library, notes: Path) -> None:
    """Searches from several threads, one of them while the library is written."""
    kb.index(notes)
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(5):
                assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
        except BaseException as e:  # noqa: BLE001 - whatever it is, the test tells it
            errors.append(e)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for t in threads:
        t.start()
    (notes / "new.txt").write_text("A new star.")
    kb.index(notes)
    for t in threads:
        t.join()
    assert errors == []


# -- kills
# -----------------------------------------------------------------------------------------------------------------------


def collection(root: Path, count: int) -> Path:
    """Pages, notes and pictures that mention each other, and an archive."""
    import zipfile

    from PIL import Image

    root.mkdir()
    for n in range(count):
        folder = root / f"f{n % 4}"
        folder.mkdir(exist_ok=True)
        (folder / f"note-{n}.md").write_text(
            f"# Note {n}\n\n"
            + "\n\n".join(f"Passage {k} of {n}: granite and water." for k in range(8))
        )
        if n % 5 == 0:
            Image.new("RGB", (40 + n, 40), (n % 256, 90, 90)).save(folder / f"p{n}.png")
            (folder / f"page-{n}.html").write_text(
                f'<h1>Page {n}</h1><p>See <img src="p{n}.png" alt="picture number {n}"></p>'
            )
    (root / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    with zipfile.ZipFile(root / "old.zip", "w") as z:
        for n in range(5):
            z.writestr(f"m{n}.txt", f"Member {n} of the archive.")
    return root


REPORTING = """
import sys
from polysense import config
from polysense.library import Library

class Told:
    def step(self, stage, done, total, detail=""):
        if stage in ("looking", "reading"):
            print(len(kb.catalogue.assets()), flush=True)
    def note(self, text): pass

with Library(sys.argv[1], kit=config.read().kit(), limits=config.Limits(workers=1), progress=Told()) as kb:
    kb.index(sys.argv[2])
print("done", flush=True)
"""


def kills(tmp_path: Path, bare: Kit, count: int, files: int) -> None:
    """Kill an index at seeded moments until one ends; compare with a run that nobody disturbed."""
    root, chance = collection(tmp_path / "files", files), random.Random(7)
    with Library(tmp_path / "clean", kit=bare, limits=ONE) as clean:
        report = clean.index(root)
        wanted, uris = content(clean), [a.uri for a in clean.assets()]
    assert len(report.failed) == 1
    killed = 0
    while killed < count:
        with subprocess.Popen(
            [sys.executable, "-c", REPORTING, str(tmp_path / "kb"), str(root)],
            env={**os.environ, **BARE}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            begun = process.stdout.readline()
            time.sleep(chance.uniform(0.0, 1.5))
            process.send_signal(signal.SIGKILL)
            said = begun + process.communicate()[0]
        killed += 1
        told = [int(line) for line in said.split() if line.isdigit()]
        if told:
            with Library(tmp_path / "kb", kit=bare, limits=ONE) as kb:
                assert len(kb.assets()) >= told[-1], "what was reported done is done"
        if "done" in said:  # it was quicker: begin another one on changed files
            for note in sorted(root.rglob("note-*.md"))[: files // 2]:
                os.utime(note, (chance.randrange(10**9), 1))
    with Library(tmp_path / "kb", kit=bare, limits=ONE) as kb:
        kb.index(root)
        assert content(kb).keys() == wanted.keys()
        assert content(kb) == wanted
        assert [a.uri for a in kb.assets()] == uris
        assert kb.index(root).indexed == 0


def test_kill_at_any_moment_loses_nothing(tmp_path: Path, bare: Kit) -> None:
    """kill -9 four times, then one more run: the same content as one clean run."""
    kills(tmp_path, bare, 4, 30)


@pytest.mark.slow
def test_twenty_kills_lose_nothing(tmp_path: Path, bare: Kit) -> None:
    """The same, more often and with more files."""
    kills(tmp_path, bare, 20, 120)


def test_ctrl_c_stops_soon_and_the_next_run_goes_on(
    tmp_path: Path, notes: Path, thermal: Path, bare: Kit
) -> None:
    """Within two seconds, exit code 1, a word on how to go on; no process is left."""
    (notes / "slow.thermal").write_text("hang around")
    process = command("index", str(notes), "-l", str(tmp_path / "kb"), "--json")
    waiting(tmp_path / "kb")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not _children(process.pid):
        time.sleep(0.05)
    time.sleep(1.0)
    workers = _children(process.pid)
    assert workers
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    code, out, err = ended(process)
    assert time.monotonic() - began < 2
    assert code == 1
    assert json.loads(out)["error"] == "stopped"
    assert "goes on where it stopped" in err
    assert "Traceback" not in err
    assert not [w for w in workers if Path(f"/proc/{w}").exists()]
    (notes / "slow.thermal").unlink()
    with Library(tmp_path / "kb", kit=bare, limits=ONE) as kb:
        report = kb.index(notes)
        assert report.indexed + report.unchanged == 3
        assert len(content(kb)) == 3


def _children(pid: int) -> list[str]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    found: list[str] = []
    for path in lists:
        with contextlib.suppress(OSError):
            found += path.read_text().split()
    return found


# -- disks
# -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system with three megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True
    ).returncode:
        pytest.skip("needs the right to mount a file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_told_and_nothing_is_lost(
    small_disk: Path, tmp_path: Path, notes: Path, bare: Kit
) -> None:
    """StorageFull with a hint; what was indexed is still found; with room again the same command
    goes on.
    """
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb:
        kb.index(notes)
    many = tmp_path / "many"
    many.mkdir()
    chance = random.Random(3)
    for n in range(60):
        (many / f"{n}.txt").write_text(
            "\n\n".join(
                " ".join(f"{chance.getrandbits(64):x}" for _ in range(120)) for _ in range(12)
            )
        )
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1 << 20))
    with (
        Library(small_disk / "kb", kit=bare, limits=ONE) as kb,
        pytest.raises(StorageFull) as caught,
    ):
        kb.index(many)
    assert "Free some space" in caught.value.hint
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb:
        assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb:
        report = kb.index(many, notes)
        assert report.failed == ()
        assert report.indexed + report.unchanged == 63
        assert len({c[4] for c in content(kb).values()}) == 63


def test_a_full_disk_while_an_archive_is_unpacked(small_disk: Path, notes: Path, bare: Kit) -> None:
    """No room for a member is no fault of the member: it must not count as broken for ever."""
    import wave
    import zipfile

    with (
        zipfile.ZipFile(notes / "big.zip", "w") as z,
        z.open("silence.wav", "w") as member,
        wave.open(member, "wb") as out,
    ):
        out.setparams((1, 2, 16_000, 2_500_000, "NONE", ""))
        out.writeframes(bytes(5_000_000))
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb, pytest.raises(StorageFull):
        kb.index(notes)
    subprocess.run(["mount", "-o", "remount,size=300m", str(small_disk)], check=True)
    with Library(small_disk / "kb", kit=bare, limits=ONE) as kb:
        assert kb.index(notes).failed == ()


def test_a_folder_that_may_only_be_read(
    common: Path, notes: Path, bare: Kit, nobody: Callable[[], AbstractContextManager[None]]
) -> None:
    """Indexing into it is refused with a hint; a library there can still be searched, and is not
    changed.
    """
    with Library(common / "kb", kit=bare, limits=ONE) as kb:
        kb.index(notes)
    for path in (common, *common.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted((str(p), p.stat().st_mtime_ns) for p in common.rglob("*"))
    with nobody():
        for location in (common / "kb", common / "new"):
            with Library(location, kit=bare, limits=ONE) as kb, pytest.raises(ReadOnly) as caught:
                kb.index(common / "kb" / "manifest.json")
            assert caught.value.hint
        with Library(common / "kb", kit=bare, limits=ONE) as kb:
            assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
            assert kb.status()["assets"] == 3
            assert len(kb.assets()) == 3
    assert sorted((str(p), p.stat().st_mtime_ns) for p in common.rglob("*")) == before
    for path in (common, *common.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_memory_and_addresses(notes: Path, tmp_path: Path, bare: Kit) -> None:
    """A library without a disk; and the same library by its path and by its address."""
    with Library("memory://", kit=bare, limits=ONE) as kb:
        assert kb.index(notes).indexed == 3
        assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
    with Library(f"lancedb://{tmp_path / 'kb'}", kit=bare, limits=ONE) as kb:
        kb.index(notes)
        assert kb.search("moon")[0].chunk.asset.name == "moon.txt"
