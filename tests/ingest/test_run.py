"""A run over a library: others at the same time, kills at any moment, Ctrl-C."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from polysense import registry
from polysense.errors import LibraryLocked, NotFound, PolysenseError
from polysense.ingest import sync, workers
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit

ONE = Limits(workers=1)
CUES = "WEBVTT\n\n00:00.000 --> 00:02.000\n{}\n"
BARE = {
    "POLYSENSE_ENCODERS": ";".join(f"-{e}" for e in registry.OFFLINE.encoders),
    "POLYSENSE_CONVERTERS": ";".join(f"-{c}" for c in registry.OFFLINE.converters),
}


def content(kb: Library) -> dict[str, tuple[object, ...]]:
    """Everything that the store holds, by chunk id."""
    rows = [r["id"] for r in kb.store.scan("", ["id"])]
    assert len(rows) == len(set(rows)), "no chunk twice"
    return {
        i: (c.text, c.context, c.marks, c.span, c.asset.uri, str(dict(c.meta)))
        for i, c in kb.store.get(rows).items()
    }


def command(*args: str, **more: str) -> subprocess.Popen[str]:
    """The command line; it heeds Ctrl-C, which a shell ignores for what it starts in the background."""
    env = {**os.environ, **BARE, **more, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "polysense.cli", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def ended(process: subprocess.Popen[str], seconds: float = 60) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=seconds)
    return process.returncode, out, err


def waiting(kb: Path, seconds: float = 20) -> None:
    """Until an index has taken the library."""
    deadline = time.monotonic() + seconds
    while not (kb / "catalogue.db").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_one_indexes_while_others_search(tmp_path: Path, notes: Path, thermal_kit: Kit) -> None:
    """A second writer is refused at once; a reader sees what was there, and what was flushed."""
    kb = tmp_path / "kb"
    with Library(kb, kit=thermal_kit, limits=ONE) as mine:
        mine.index(notes)
    (notes / "slow.thermal").write_text("hang around")
    process = command("index", str(notes), "-l", str(kb))
    try:
        with Library(kb, kit=thermal_kit, limits=ONE) as mine:
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

class Reporter:
    def step(self, stage, done, total, detail=""):
        if stage in ("looking", "reading"):
            print(len(kb.catalogue.assets()), flush=True)
    def note(self, text): pass

limits = config.Limits(workers=1)
with Library(sys.argv[1], kit=config.read().kit(), limits=limits, progress=Reporter()) as kb:
    kb.index(sys.argv[2])
print("done", flush=True)
"""


def kills(tmp_path: Path, bare: Kit, count: int, files: int) -> None:
    """Kill an index at seeded moments until one ends; compare with a run that nobody disturbed."""
    root, chance = collection(tmp_path / "files", files), random.Random(7)
    with Library(tmp_path / "clean", kit=bare, limits=ONE) as clean:
        report = clean.index(root)
        expected, uris = content(clean), [a.uri for a in clean.assets()]
    assert len(report.failed) == 1
    killed = 0
    while killed < count:
        with subprocess.Popen(
            [sys.executable, "-c", REPORTING, str(tmp_path / "kb"), str(root)],
            env={**os.environ, **BARE}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            first_line = process.stdout.readline()
            time.sleep(chance.uniform(0.0, 1.5))
            process.send_signal(signal.SIGKILL)
            output = first_line + process.communicate()[0]
        killed += 1
        numbers = [int(line) for line in output.split() if line.isdigit()]
        if numbers:
            with Library(tmp_path / "kb", kit=bare, limits=ONE) as kb:
                assert len(kb.assets()) >= numbers[-1], "what was reported done is done"
        if "done" in output:  # it was quicker: begin another one on changed files
            for note in sorted(root.rglob("note-*.md"))[: files // 2]:
                os.utime(note, (chance.randrange(10**9), 1))
    with Library(tmp_path / "kb", kit=bare, limits=ONE) as kb:
        kb.index(root)
        assert content(kb).keys() == expected.keys()
        assert content(kb) == expected
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
    tmp_path: Path, notes: Path, thermal_kit: Kit
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
    with Library(tmp_path / "kb", kit=thermal_kit, limits=ONE) as kb:
        report = kb.index(notes)
        assert report.indexed + report.unchanged == 3
        assert len(content(kb)) == 3


def _children(pid: int) -> list[str]:
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    pids: list[str] = []
    for path in lists:
        with contextlib.suppress(OSError):
            pids += path.read_text().split()
    return pids


def here(kit: Kit, jobs: Iterable[Any]) -> Iterator[tuple[Any, workers.JobResult]]:
    """In the place of the worker processes: reads in this one, and the later of two files comes out
    first.
    """
    waiting: list[tuple[Any, workers.JobResult]] = []
    for job in jobs:
        items: list[Any] = []
        error = None
        try:
            items.extend(job.run(kit))
        except PolysenseError as e:
            error = e
        waiting.append((job, workers.JobResult(tuple(items), error)))
        if len(waiting) == 3:
            yield waiting.pop()
    yield from waiting


class Bomb:
    """Ends the run, as a kill would, before the nth write to the store or the catalogue."""

    def __init__(self, patch: pytest.MonkeyPatch, kb: Library, nth: int) -> None:
        self.left = nth
        for owner, names in (
            (kb.store, "add delete forget"),
            (
                kb.catalogue,
                "record_indexed add_locations record_failures forget_places mark_stale "
                "forget move record_mentions set_running",
            ),
        ):
            for name in names.split():
                patch.setattr(owner, name, partial(self._write, getattr(owner, name)))

    def _write(self, write: Callable[..., object], *args: object) -> object:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt
        return write(*args)


def before(root: Path, write_silence: Callable[[Path], None]) -> None:
    """Words, two copies, a page with its picture, an archive, a recording with subtitles, something
    broken.
    """
    root.mkdir()
    for name in ("moon", "mill", "bell", "left", "right"):
        (root / f"{name}.txt").write_text(f"What is said of {name}.")
    (root / "twin.txt").write_text("What is said of moon.")
    (root / "code.txt").write_text("def moon():\n    return 1\n")
    (root / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    site(root / "site")
    packed(
        root / "old.zip",
        granite="A granite quarry.",
        basalt="A basalt column.",
        again="What is said of mill.",
    )
    write_silence(root / "talk.wav")
    (root / "talk.vtt").write_text(CUES.format("about granite"))


def after(root: Path) -> None:
    """Each thing that can happen to a file."""
    (root / "moon.txt").unlink()  # its twin stays
    (root / "mill.txt").rename(root / "wheel.txt")
    (root / "code.txt").rename(root / "code.py")
    (root / "left.txt").rename(root / "was-left.txt")
    (root / "right.txt").rename(root / "left.txt")
    (root / "was-left.txt").rename(root / "right.txt")
    (root / "bell.txt").unlink()  # only in the archive now
    (root / "bad.pdf").rename(root / "worse.pdf")
    (root / "site").rename(root / "place")
    packed(
        root / "old.zip",
        granite="A granite quarry, flooded.",
        slate="A slate roof.",
        bell="What is said of bell.",
        again="Mill no more.",
    )
    (root / "talk.vtt").write_text(CUES.format("about slate and more"))


def site(folder: Path) -> None:
    folder.mkdir()
    Image.new("RGB", (40, 40), "red").save(folder / "p.png")
    (folder / "page.html").write_text('<h1>Birds</h1><p>Seen <img src="p.png" alt="a puffin"></p>')


def packed(archive: Path, **members: str) -> None:
    with zipfile.ZipFile(archive, "w") as z:
        for name, words in members.items():
            z.writestr(f"{name}.txt", words)


def everything(kb: Library) -> tuple[object, ...]:
    """Everything that a library says, but for which of several places comes first."""
    ids = [r["id"] for r in kb.store.scan("", ["id"])]
    chunks = {i: (c.text, c.context, c.marks, c.modality) for i, c in kb.store.get(ids).items()}
    places = {uri: asset for uri, (_, _, asset, _) in kb.catalogue.place_states().items()}
    assert {c.asset.uri for c in kb.store.get(ids).values()} <= places.keys()
    return chunks, places, sorted(f.uri for f in kb.failures()), {a.id for a in kb.assets()}


@pytest.mark.slow
@pytest.mark.parametrize("then", ["the same", "all as before"])
def test_a_kill_before_any_write_loses_nothing(
    tmp_path: Path,
    bare: Kit,
    monkeypatch: pytest.MonkeyPatch,
    write_silence: Callable[[Path], None],
    then: str,
) -> None:
    """Whichever write is the last one, the next run ends with what a first run would find, also if
    the files were put back meanwhile.
    """
    monkeypatch.setattr(workers.Workers, "map", lambda _, jobs: here(bare, jobs))
    monkeypatch.setattr(sync, "FLUSH_SECONDS", 0.0)
    root, original, clean = tmp_path / "files", tmp_path / "original", None
    before(original, write_silence)
    for nth in itertools.count(1):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(original, root)
        with Library("memory://", kit=bare) as kb:
            kb.index(root)
            after(root)
            with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
                bomb = Bomb(patch, kb, nth)
                kb.index(root)
            if then == "all as before":
                shutil.rmtree(root)
                shutil.copytree(original, root)
            kb.index(root)
            clean = clean or first_run(root, bare)
            for a, b in zip(everything(kb), clean, strict=True):
                assert a == b, f"after a kill before write {nth}"
            assert kb.index(root).indexed == 0
        if bomb.left > 0:
            assert nth > 20, "there were writes"
            return


def first_run(root: Path, kit: Kit) -> tuple[object, ...]:
    with Library("memory://", kit=kit) as kb:
        kb.index(root)
        return everything(kb)
