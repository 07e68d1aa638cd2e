"""What is walked, what is passed over and why."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from polysense.errors import NotFound
from polysense.ingest.scan import File, absolute_paths, scan
from polysense.results import Failure, Skip


def look(root: Path, library: Path | None = None) -> dict[str, str]:
    """Path below root -> "file", the reason for a skip, or the error."""
    reasons = {}
    for item in scan(root, library):
        what = (
            "file"
            if isinstance(item, File)
            else item.reason
            if isinstance(item, Skip)
            else item.error
        )
        reasons[os.path.relpath(item.uri, root)] = what
    return reasons


def test_files_come_in_order_of_name_with_size_and_time(notes: Path) -> None:
    """Runs are deterministic, and one stat call is all that a look costs."""
    files = [f for f in scan(notes) if isinstance(f, File)]
    assert [os.path.relpath(f.uri, notes) for f in files] == [
        "deep/bell.txt",
        "mill.txt",
        "moon.txt",
    ]
    assert [(f.size, f.mtime_ns) for f in files] == [
        (f.path.stat().st_size, f.path.stat().st_mtime_ns) for f in files
    ]


def test_a_single_file_is_its_own_root(notes: Path) -> None:
    """`index FILE` takes that file, hidden or not."""
    (notes / ".draft.txt").write_text("secret")
    assert [f.uri for f in scan(notes / ".draft.txt") if isinstance(f, File)] == [
        str(notes / ".draft.txt")
    ]


def test_hidden_and_empty_and_strange_files_are_skipped_with_the_reason(notes: Path) -> None:
    """Nothing disappears without a word."""
    (notes / ".git").mkdir()
    (notes / ".git" / "HEAD").write_text("ref")
    (notes / "nothing.txt").touch()
    os.mkfifo(notes / "pipe")
    reasons = look(notes)
    assert (reasons[".git"], reasons["nothing.txt"], reasons["pipe"]) == (
        "hidden",
        "empty",
        "not a regular file",
    )
    assert ".git/HEAD" not in reasons


def test_what_programs_made_for_themselves_is_skipped(notes: Path) -> None:
    """A checkout holds thousands of files that nobody wrote: caches by name or tag, virtual
    environments.
    """
    for name in (
        "__pycache__/a.pyc",
        "deep/node_modules/left-pad/index.js",
        "target/CACHEDIR.TAG",
        "env/pyvenv.cfg",
    ):
        (notes / name).parent.mkdir(parents=True)
        (notes / name).write_text("x")
    reasons = look(notes)
    assert {name for name, what in reasons.items() if what == "a cache"} == {
        "__pycache__",
        "deep/node_modules",
        "target",
        "env",
    }
    assert reasons["deep/bell.txt"] == "file"


def test_ignore_files_work_like_gitignore(notes: Path) -> None:
    """Patterns, negation, folders, and a second ignore file further down."""
    (notes / ".polysenseignore").write_text("*.log\n!keep.log\nbuild/\n")
    (notes / "deep" / ".polysenseignore").write_text("bell.*\n")
    (notes / "build").mkdir()
    for name in ("a.log", "keep.log", "build/x.txt", "deep/b.log"):
        (notes / name).write_text("x")
    reasons = look(notes)
    excluded = {name for name, what in reasons.items() if what == "excluded by .polysenseignore"}
    assert excluded == {"a.log", "build", "deep/b.log", "deep/bell.txt"}
    assert reasons["keep.log"] == "file"
    assert ".polysenseignore" not in reasons


@pytest.mark.parametrize("pattern", ["!\n", "\0", "[\n", "\\\n", "***/**//\n"])
def test_a_strange_ignore_file_does_not_stop_the_walk(notes: Path, pattern: str) -> None:
    """A pattern that makes no sense is ignored or told; the neighbours are found."""
    (notes / "deep" / ".polysenseignore").write_text(pattern)
    assert look(notes)["moon.txt"] == "file"


def test_an_ignore_file_that_cannot_be_read_closes_its_folder(notes: Path) -> None:
    """What somebody wanted left out must not come in by accident."""
    (notes / "deep" / ".polysenseignore").mkdir()
    reasons = look(notes)
    assert "cannot be read" in reasons["deep"]
    assert "deep/bell.txt" not in reasons
    assert reasons["moon.txt"] == "file"


def test_links_to_folders_are_not_followed_and_loops_end(notes: Path) -> None:
    """A link to a folder above must not make the walk endless; a link to a file is that file."""
    (notes / "deep" / "up").symlink_to(notes)
    (notes / "loop").symlink_to(notes / "loop")
    (notes / "nowhere").symlink_to(notes / "gone")
    (notes / "also.txt").symlink_to(notes / "moon.txt")
    reasons = look(notes)
    assert reasons["deep/up"] == "a link to a folder"
    assert reasons["also.txt"] == "file"
    assert reasons["loop"].startswith("cannot open the file:")
    assert reasons["nowhere"].startswith("cannot open the file:")


def test_libraries_are_left_out(notes: Path) -> None:
    """The library of this run, silently; another one inside the folder, with the reason."""
    for name in ("mine", "other"):
        (notes / name).mkdir()
        for file in ("manifest.json", "catalogue.db"):
            (notes / name / file).write_text("{}")
    reasons = look(notes, library=notes / "mine")
    assert "mine" not in reasons
    assert reasons["other"] == "a polysense library"


def test_names_that_are_not_utf8_are_told(notes: Path) -> None:
    """A file name from another century is a failure with a way out, not a crash of the database."""
    with open(os.fsencode(notes) + b"/caf\xe9.txt", "w") as f:
        f.write("x")
    bad = next(item for item in scan(notes) if isinstance(item, Failure))
    assert bad.uri.endswith("caf\ufffd.txt")
    assert "UTF-8" in bad.error
    assert bad.hint


def test_times_beyond_what_a_database_holds_are_cut(notes: Path) -> None:
    """A broken clock in a camera must not stop a run."""
    os.utime(notes / "moon.txt", (12_000_000_000, 12_000_000_000))
    assert all(f.mtime_ns < 2**63 for f in scan(notes) if isinstance(f, File))


def test_what_may_not_be_read_is_told(
    common: Path, nobody: Callable[[], AbstractContextManager[None]]
) -> None:
    """No permission on a file or a folder: a failure each, and the rest goes on."""
    for name in ("closed.txt", "open.txt"):
        (common / name).write_text("x")
    (common / "closed.txt").chmod(0)
    (common / "shut").mkdir(mode=0)
    with nobody():
        reasons = look(common)
    assert reasons["open.txt"] == "file"
    assert reasons["closed.txt"] == "no permission to read the file"
    assert reasons["shut"].startswith("cannot list the folder")


def test_a_path_that_is_not_there_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typing mistake is said at once, with what `remove` is for."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFound, match="nope") as error:
        absolute_paths(["nope"])
    assert "polysense remove" in error.value.hint
    (tmp_path / "here").touch()
    assert absolute_paths(["here", "./here/../here"]) == [tmp_path / "here"] * 2


def test_folders_deeper_than_the_stack_are_walked(tmp_path: Path) -> None:
    """A thousand folders, each in the other, must not stop a run."""
    home, depth = Path.cwd(), 1100
    try:
        os.chdir(tmp_path)
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        Path("deep.txt").write_text("x")
        files = [item for item in scan(tmp_path) if isinstance(item, File)]
    finally:
        os.chdir(home)
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)
    assert [f.path.name for f in files] == ["deep.txt"]


def test_whatever_is_told_can_be_printed(notes: Path) -> None:
    """Skipped, too, are names that are not UTF-8."""
    with open(os.fsencode(notes) + b"/.caf\xe9", "w") as f:
        f.write("x")
    assert [item.uri for item in scan(notes) if isinstance(item, Skip)] == [
        str(notes / ".caf\ufffd")
    ]
