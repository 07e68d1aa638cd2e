"""`polysense eval answers` and `eval retrieval`, as a user and as a build run them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polysense import cli, registry

from ..llm.server import running

QUESTIONS = [
    {"question": "What does high water follow?", "answers": ["the moon"]},
    {"question": "What does the mill wheel have?", "answers": ["31 paddles"], "group": "mill"},
    {"question": "Who painted the ceiling of the railway station?", "unanswerable": True},
]
QUERIES = [{"query": "high water and the moon", "relevant": ["moon.txt"]}]


@pytest.fixture
def here(notes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with notes, questions about them, and no heavy models."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLYSENSE_LIBRARY", raising=False)
    for group in ("encoders", "converters"):
        names = getattr(registry.OFFLINE, group)
        monkeypatch.setenv(f"POLYSENSE_{group.upper()}", ";".join(f"-{n}" for n in names))
    (tmp_path / "questions.json").write_text(json.dumps(QUESTIONS))
    (tmp_path / "queries.jsonl").write_text("\n".join(map(json.dumps, QUERIES)))
    return tmp_path


class Ran:
    """One command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *args: str) -> None:
        self.code = cli.main(["eval", *args])
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


def test_answers_of_a_folder(run: Any, here: Path) -> None:
    """One command from a folder and a file of questions to a page and a result, which a second
    library is compared with.
    """
    first = run("answers", "questions.json", "--files", "notes", "-o", "page.md", "--json")
    assert first.code == 0
    assert first.json["figures"]["all"]["held"]["value"] == 0.5
    assert first.json["figures"]["all"]["refused"]["value"] == 1.0
    assert (
        "**What does the mill wheel have?** the value is not said." in Path("page.md").read_text()
    )
    assert json.loads(Path("page.json").read_text()) == first.json
    assert not (here / ".polysense").exists()
    assert "right: What does high water follow?" in first.err
    (here / "notes" / "mill.txt").write_text("The mill wheel has 31 paddles.")
    second = run("answers", "questions.json", "--files", "notes", "--against", "page.json")
    assert second.code == 0
    assert "- better: What does the mill wheel have?" in second.out
    assert "Against the earlier run" in second.out


def test_a_model_judges_beside_the_values(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is configured, or another; the page tells where it differs, and how far it
    agrees.
    """
    pytest.importorskip("openai", reason="needs the extra llm")
    command = ("answers", "questions.json", "--files", "notes", "-o", "page.md", "--json")
    with running() as server:
        server.say = lambda words: json.dumps({"reason": "It says so.", "verdict": "right"})
        spec = f"openai:model=scripted,base_url={server.url},retries=0"
        other = run(*command, "--judge-model", spec)
        monkeypatch.setenv("POLYSENSE_LANGUAGE_MODELS", spec.replace("scripted", "broken"))
        failing = run(*command, "--judge")
    assert other.json["judge"] == {
        "model": f"scripted at 127.0.0.1:{server.server_port}",
        "verdicts": 2,
        "failures": 0,
        "agreement": {"count": 2, "share": 0.5, "kappa": 0.0},
        "input_tokens": 22,
        "output_tokens": 14,
    }
    assert other.json["figures"]["all"]["judge"]["value"] == 1.0
    assert other.json["questions"][1]["verdict"]["is_right"] is True
    assert (failing.code, failing.json["judge"]["failures"]) == (0, 2)
    assert failing.json["judge"]["agreement"] is None
    page = Path("page.md").read_text()
    assert "no verdict: broken at 127.0.0.1" in page


def test_a_build_fails_when_a_figure_is_too_low(run: Any) -> None:
    """Exit code 1, with what is below; the result is there all the same."""
    args = ("answers", "questions.json", "--files", "notes")
    assert run(*args, "--at-least", "held=.5,refused=1", "--at-most", "words=20").code == 0
    low = run(*args, "--at-least", "held=.9", "--json")
    assert low.code == 1
    assert low.json["below"] == ["holds the value: 0.500, wanted >= 0.9"]
    assert "short: holds the value: 0.500, wanted >= 0.9" in low.err
    assert run(*args, "--at-most", "words=2").code == 1


def test_retrieval(run: Any) -> None:
    """Rankings are measured, limited and compared in the same way."""
    args = ("retrieval", "queries.jsonl", "--files", "notes")
    first = run(*args, "-o", "page.md", "--json", "--at-least", "ndcg=.9")
    assert first.code == 0
    assert first.json["figures"]["all"]["ndcg"]["value"] == 1.0
    again = run(*args, "--against", "page.json", "--using", "bm25 % 5")
    assert again.code == 0
    assert "| nDCG@10 | 1 | 1.000 | 1.000 |" in again.out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("answers", "nope.json", "--files", "notes"), 1),
        (("answers", "queries.jsonl", "--files", "notes"), 2),
        (("answers", "questions.json"), 1),
        (("answers", "questions.json", "--files", "nope"), 1),
        (("answers", "questions.json", "--files", "notes", "--judge"), 2),
        (("answers", "questions.json", "--files", "notes", "--judge-model", "nobody"), 2),
        (("answers", "questions.json", "--files", "notes", "--at-least", "helt=1"), 2),
        (("answers", "questions.json", "--files", "notes", "--against", "nope.json"), 1),
        (("answers", "questions.json", "--files", "notes", "-o", "no/such/page.md"), 1),
        (("nonsense",), 2),
        ((), 2),
    ],
)
def test_what_is_wrong_is_told_before_the_work(run: Any, args: tuple[str, ...], code: int) -> None:
    """One object on standard output with --json, what to type next, and no half of an hour lost."""
    problem = run(*args, "--json")
    assert problem.code == code
    assert set(problem.json) == {"error", "hint"}
    assert problem.json["hint"]
    assert "right: " not in problem.err


@pytest.mark.parametrize(
    "args",
    [
        ("-l", "kb", "eval", "grid", "--each", "1"),
        ("eval", "-l", "kb", "grid", "--each", "1"),
        ("eval", "grid", "--each", "1", "-l", "kb"),
    ],
)
def test_the_library_may_be_named_anywhere(args: tuple[str, ...]) -> None:
    """A command inside of a command takes what every command takes, wherever it stands."""
    parsed = cli._parser().parse_args(args)
    assert (parsed.library, parsed.each, parsed.measure) == ("kb", 1, "grid")
    assert callable(parsed.run)
