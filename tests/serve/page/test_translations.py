"""The page's two languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import polysense.serve.page as page
from polysense.serve.page.translations import CHINESE, STAGES, speaker, spoken

FILES = sorted(Path(page.__file__).parent.rglob("*.py"))


def said(path: Path) -> Iterator[str]:
    """Phrases handed to what speaks: say("..."), visit.say("..."), and the tables of phrases beside
    it.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("say") and node.args:
            yield from (
                c.value
                for c in ast.walk(node.args[0])
                if isinstance(c, ast.Constant) and isinstance(c.value, str)
            )
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) in ("named", "labels")
            and isinstance(node.value, ast.Dict)
        ):
            yield from (
                v.value
                for v in node.value.values
                if isinstance(v, ast.Constant) and isinstance(v.value, str)
            )


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_phrase_has_its_chinese(path: Path) -> None:
    """A phrase that nobody translated would stand in English on a Chinese page."""
    assert [
        p for p in said(path) if p and p not in CHINESE and p not in (" ", "main", "en", "zh")
    ] == []


def test_no_phrase_is_left_over() -> None:
    """What nobody says any more goes."""
    written = "\n".join(p.read_text("utf-8") for p in FILES if p.stem != "words")
    states = {"queued", "running", "waiting", *STAGES}
    assert [
        p
        for p in CHINESE
        if f'"{p}"' not in written and f"'{p}'" not in written and p not in states
    ] == []


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("", "en"),
        (",;;q=", "en"),
    ],
)
def test_the_browsers_language(accept: str, wanted: str) -> None:
    """Chinese for those who read it, English for all others."""
    assert spoken(accept) == wanted


def test_unknown_words_stay() -> None:
    """A plug-in's own modality has no translation, and is shown as it is called."""
    assert speaker("zh")("thermal") == "thermal"
