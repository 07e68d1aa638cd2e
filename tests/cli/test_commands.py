"""The command line, as a user runs it: what is printed where, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.llm.server import running

from polysense import cli, registry
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit

COMMANDS = (
    "index", "search", "ask", "chat", "recommend", "list", "show", "remove", "status", "failures",
    "optimize", "reindex", "copy", "serve", "mcp", "token",
    "doctor", "demo", "bench", "eval",
)  # fmt: skip


@pytest.fixture
def here(notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, without heavy models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLYSENSE_LIBRARY", raising=False)
    monkeypatch.setenv("POLYSENSE_ENCODERS", ";".join(f"-{e}" for e in registry.OFFLINE.encoders))
    monkeypatch.setenv(
        "POLYSENSE_CONVERTERS", ";".join(f"-{c}" for c in registry.OFFLINE.converters)
    )
    return tmp_path


class Ran:
    """One command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *args: str) -> None:
        try:
            self.code = cli.main(args)
        except SystemExit as e:
            self.code = int(e.code or 0)
        self.out, self.err = capsys.readouterr()

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which must be one object and nothing else."""
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document


@pytest.fixture
def run(here: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda *args: Ran(capsys, *args)


@pytest.fixture
def indexed(run: Any) -> Any:
    assert run("index", "notes").code == 0
    return run


def test_index_search_ask(run: Any, here: Path) -> None:
    """The first three commands of a new user."""
    first = run("index", "notes")
    assert first.code == 0
    assert first.out.startswith("3 indexed, 0 unchanged, 0 removed, 0 skipped, 0 failed in ")
    assert "chunks: 3 text" in first.out
    result = run("search", "moon")
    assert result.code == 0
    assert result.out.splitlines()[0].endswith("[text]")
    assert "notes/moon.txt" in result.out
    assert "High water follows the moon" in result.out
    answered = run("ask", "what does high water follow?")
    assert answered.code == 0
    assert "[1]" in answered.out
    assert "notes/moon.txt" in answered.out
    assert (here / ".polysense" / "manifest.json").is_file()


def test_a_run_with_failures_is_partly_done(run: Any, here: Path) -> None:
    """Exit code 3, each failure with its cause; `failures` says what to do."""
    (here / "notes" / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    ran = run("index", "notes")
    assert ran.code == 3
    assert "notes/bad.pdf: " in ran.out
    again = run("index", "notes", "--json")
    assert again.code == 3
    assert again.json["indexed"] == 0
    (failed,) = again.json["failed"]
    assert failed["uri"].endswith("bad.pdf")
    assert failed["error"]
    assert failed["hint"]
    assert run("failures", "--json").json == {"failures": [failed]}
    (here / "notes" / "worse.pdf").write_bytes(b"%PDF-1.4 broken too")
    assert run("index", "notes").out.count(failed["hint"]) == 1
    result = run("failures")
    assert failed["hint"] in result.out
    assert result.code == 0


SHAPES = {
    ("index", "notes"): {
        "indexed",
        "unchanged",
        "removed",
        "skipped",
        "failed",
        "chunks",
        "seconds",
    },
    ("search", "moon"): {"query", "hits", "timings_ms", "rewrites", "warnings"},
    ("search", "--with", "notes/moon.txt"): {"query", "hits", "timings_ms", "rewrites", "warnings"},
    ("ask", "where is the moon?"): {
        "answer",
        "evidence",
        "answered",
        "missing",
        "confidence",
        "route",
        "timings_ms",
        "rewrites",
        "warnings",
        "usage",
    },
    ("recommend", "--liked", "notes/moon.txt"): {
        "query",
        "hits",
        "timings_ms",
        "rewrites",
        "warnings",
    },
    ("list",): {"assets"},
    ("show", "notes/moon.txt"): {"chunks"},
    ("status",): {"library", "assets", "places", "failures", "chunks", "spaces", "unread"},
    ("failures",): {"failures"},
    ("optimize",): {"optimized"},
    ("reindex",): {"reindexed"},
    ("remove", "notes/deep"): {"removed"},
    ("copy", ".polysense", "other"): {"chunks", "present", "vectors", "notes", "seconds"},
}


@pytest.mark.parametrize("args", SHAPES, ids=lambda a: " ".join(a))
def test_json_is_one_object_of_the_promised_shape(indexed: Any, args: tuple[str, ...]) -> None:
    """What other programs read."""
    ran = indexed(*args, "--json")
    assert ran.code == 0, ran.err
    assert set(ran.json) == SHAPES[args]
    assert indexed("--json", *args).code == ran.code or args[0] in ("remove", "copy")


def test_a_hit_as_json(indexed: Any) -> None:
    """The fields of a hit, as the design promises."""
    (hit,) = indexed("search", "moon", "--json").json["hits"]
    assert hit["rank"] == 1
    assert hit["modality"] == "text"
    assert hit["uri"].endswith("notes/moon.txt")
    assert hit["text"] == "High water follows the moon by an hour."
    assert hit["span"]
    assert hit["place"]
    assert {"asset", "chunk", "score"} <= set(hit)
    assert hit["why"][0].keys() == {"space", "rank", "score"}


WRONG = {
    ("search",): 2,
    ("search", "  "): 2,
    ("search", "moon", "--where", "nonsense = 1"): 2,
    ("search", "moon", "--using", "bm25 % % 3"): 2,
    ("search", "moon", "--by", "page"): 2,
    ("search", "moon", "-k", "many"): 2,
    ("search", "--with", "nope.png"): 1,
    ("index",): 2,
    ("index", "nope"): 1,
    ("show", "nope"): 1,
    ("remove", "nope"): 1,
    ("recommend", "--liked", "nope"): 1,
    ("reindex", "--space", "nope"): 1,
    ("copy", "nope", "other"): 1,
    ("copy", ".polysense", "notes"): 1,
    ("copy", ".polysense", "redis://x"): 2,
    ("copy", ".polysense", ".polysense"): 2,
    ("copy", ".polysense"): 2,
    ("ask", "moon", "-o", "no/such/folder/x.txt"): 1,
    ("nonsense",): 2,
    (): 2,
}


@pytest.mark.parametrize("args", WRONG, ids=lambda a: " ".join(a) or "nothing")
def test_errors_say_what_happened_and_what_to_do(indexed: Any, args: tuple[str, ...]) -> None:
    """Exit code 2 for wrong use and 1 for failure; with --json one object on standard output all
    the same; never a traceback.
    """
    plain = indexed(*args)
    assert plain.code == WRONG[args]
    assert plain.out == ""
    assert plain.err.startswith("polysense: ")
    assert "Traceback" not in plain.err
    problem = indexed(*args, "--json")
    assert problem.code == WRONG[args]
    assert set(problem.json) == {"error", "hint"}
    assert problem.json["error"]
    assert problem.json["hint"]


def test_no_library_yet(run: Any) -> None:
    """The hint is the command to type."""
    ran = run("search", "moon")
    assert ran.code == 1
    assert "polysense index FOLDER" in ran.err
    assert run("list").code == 0
    assert run("status", "--json").json["assets"] == 0


def test_the_library_may_be_named_before_and_after_and_in_the_environment(
    run: Any, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """-l, --library, $POLYSENSE_LIBRARY, polysense.toml, and the default, in that order."""
    assert run("-l", "one", "index", "notes/moon.txt").code == 0
    assert run("index", "notes/mill.txt", "-l", "two").code == 0
    for args in (
        ["-l", "one", "list"],
        ["list", "-l", "one"],
        ["--library", "one", "list"],
        ["-l", "two", "list", "-l", "one"],
    ):
        assert "moon.txt" in run(*args).out
    (here / "polysense.toml").write_text('library = "one"\n')
    assert "moon.txt" in run("list").out
    monkeypatch.setenv("POLYSENSE_LIBRARY", "two")
    assert "mill.txt" in run("list").out
    assert "moon.txt" in run("list", "-l", "one").out
    assert not (here / ".polysense").exists()


def test_bad_settings_are_told(run: Any, here: Path) -> None:
    """A typing mistake in polysense.toml is named."""
    (here / "polysense.toml").write_text('libary = "one"\n')
    ran = run("list", "--json")
    assert ran.code == 2
    assert "libary" in ran.json["error"]


def test_help_names_every_command(run: Any) -> None:
    """The commands of the design are there, each with a line of help."""
    ran = run("--help")
    assert ran.code == 0
    for name in COMMANDS:
        assert f"\n    {name} " in ran.out
        assert run(name, "--help").code == 0
    assert run("--version").out.startswith("polysense ")


def test_search_options(indexed: Any, here: Path) -> None:
    """Files as queries, filters, several modalities, explanations."""
    assert "moon.txt" in indexed("search", "--with", "notes/moon.txt").out
    hits = indexed("search", "--with", "notes/moon.txt", "--exclude-self", "--json").json["hits"]
    assert all(not h["uri"].endswith("moon.txt") for h in hits)
    assert (
        "Nothing found."
        in indexed("search", "moon", "--modality", "image", "--modality", "audio").out
    )
    assert "Nothing found." in indexed("search", "moon", "--where", "name = 'mill.txt'").out
    explained = indexed("search", "moon", "--explain").out
    assert explained.startswith("using bm25")
    assert "bm25 #1" in explained
    assert indexed("search", "moon", "--using", "bm25 % 5").code == 0


def test_answers_are_written_to_a_file(indexed: Any, here: Path) -> None:
    """-o takes the answer, with its sources."""
    ran = indexed("ask", "what does high water follow?", "-o", "answer.txt")
    assert ran.code == 0
    assert "moon.txt" in (here / "answer.txt").read_text()


def test_tokens_for_a_server(run: Any, here: Path) -> None:
    """Made and told once, listed by name, removed; the same file that a server reads."""
    home = ("--home", str(here / "home"))
    token = run("token", "add", "reader", "--scope", "write", "--for", "main", *home, "--json").json
    assert token["name"] == "reader"
    assert len(token["token"]) > 40
    assert run("token", "list", *home).out == "reader: write, main\n"
    assert run("token", "list", *home, "--json").json == {
        "tokens": [{"name": "reader", "scope": "write", "libraries": ["main"]}]
    }
    assert token["token"] not in (here / "home" / "tokens.json").read_text()
    again = run("token", "add", "reader", *home)
    assert (again.code, again.out) == (1, "")
    assert run("token", "add", *home).code == 2  # no name
    assert run("token", "remove", "reader", *home).code == 0
    assert run("token", "remove", "reader", *home).code == 1
    assert run("token", "list", *home, "--json").json == {"tokens": []}


def test_serving_says_what_is_wrong(run: Any, here: Path) -> None:
    """A port that is none, a library in memory, a setting that is unknown: each told, and nothing
    is served.
    """
    assert run("serve", "--port", "70000").code == 2
    assert run("serve", "-l", "memory://", "--home", str(here / "home")).code == 2
    (here / "polysense.toml").write_text("[serve]\nprot = 1\n")
    assert "prot" in run("serve").err


def test_letters_that_no_terminal_shows(indexed: Any) -> None:
    """An argument of raw bytes comes back as JSON that parses."""
    for text in ("caf\udce9 moon", "moon \x00 \x1b[2J", "月 moon"):
        ran = indexed("search", text, "--json")
        assert ran.code == 0
        assert ran.json["hits"]


@pytest.mark.slow
def test_progress_and_notes_stay_off_standard_output(here: Path) -> None:
    """A real process, its output piped: one JSON object on one stream, nothing of ours on the
    other.
    """
    command = [sys.executable, "-m", "polysense.cli", "index", "notes", "--json"]
    ran = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["indexed"] == 3
    assert ran.stderr == ""


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error(here: Path, notes: Path, bare: Kit) -> None:
    """`polysense list | head -1`."""
    for n in range(1500):
        (notes / f"{'long-name-' * 12}{n}.txt").write_text(f"note {n}")
    with Library(here / ".polysense", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(notes)
    for command in ("list", "list --json"):
        line = f"set -o pipefail; '{sys.executable}' -m polysense.cli {command} | head -n 1"
        ran = subprocess.run(
            ["bash", "-c", line], capture_output=True, text=True, env=dict(os.environ)
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        assert len(ran.stdout.splitlines()) == 1


def test_explain_tells_what_became_of_the_question(indexed: Any) -> None:
    """Whoever wonders at an answer sees what was searched in place of the words typed."""
    ran = indexed("search", "what folows the moon", "--explain")
    assert "spelling: read 'folows' as 'follows': what follows the moon" in ran.out
    ran = indexed("ask", "what folows the moon", "--explain")
    assert "spelling: read 'folows' as 'follows': what follows the moon" in ran.err
    assert "note: read 'folows' as 'follows'" in ran.err


def test_rounds_need_a_language_model(indexed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one it is said what to do; with one each step is shown as its command."""
    ran = indexed("ask", "what does high water follow?", "--rounds", "2")
    assert ran.code == 2
    assert "needs a language model" in ran.err
    assert indexed("ask", "what does high water follow?", "--rounds", "0").code == 2
    pytest.importorskip("openai", reason="needs the extra llm")
    with running() as server:
        search = '{"action": "search", "words": "old bell", "where": "name = \'bell.txt\'"}'
        script = [search, '{"action": "answer"}', "High water follows the moon by an hour [1]."]
        server.scripts = {"script": script, "again": script}
        for model, options in (("script", ["--explain"]), ("again", ["--json"])):
            spec = f"openai:model={model},base_url={server.url}"
            monkeypatch.setenv("POLYSENSE_LANGUAGE_MODELS", spec)
            ran = indexed(
                "ask", "what does high water follow?", "--rounds", "2", "-k", "1", *options
            )
            step = "step 1: polysense search 'old bell' --where 'name = "
            assert (
                step in ran.err if model == "script" else ran.json["rewrites"][0].startswith(step)
            )
    assert ran.json["usage"] == {"input_tokens": 33, "output_tokens": 21}
