"""The page's two languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import polysense.serve.page as page
from polysense.serve.explain import READER_HINTS, READER_TITLES
from polysense.serve.page.translations import CHINESE, JOB_STAGES, preferred_language, translator

FILES = sorted(Path(page.__file__).parent.rglob("*.py"))


def phrases(path: Path) -> Iterator[str]:
    """Phrases that are translated: translate("..."), and the tables of phrases called labels."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func).endswith("translate")
            and node.args
        ):
            yield from (
                c.value
                for c in ast.walk(node.args[0])
                if isinstance(c, ast.Constant) and isinstance(c.value, str)
            )
        if (
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]) == "labels"
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
        p for p in phrases(path) if p and p not in CHINESE and p not in (" ", "main", "en", "zh")
    ] == []


def test_errors_are_told_in_chinese() -> None:
    """What happened and what to do, of every kind of error."""
    phrases = {*READER_HINTS.values(), *READER_TITLES.values()}
    assert phrases - CHINESE.keys() == set()


def test_no_phrase_is_left_over() -> None:
    """What nobody says any more goes."""
    source = "\n".join(p.read_text("utf-8") for p in FILES if p.stem != "translations")
    others = {"queued", "running", "waiting", *JOB_STAGES}
    others |= {*READER_HINTS.values(), *READER_TITLES.values()}
    assert [
        p for p in CHINESE if f'"{p}"' not in source and f"'{p}'" not in source and p not in others
    ] == []


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("de-DE,de;q=0.9", "en"),
        ("", "en"),
        (",;;q=", "en"),
    ],
)
def test_the_browsers_language(accept: str, language: str) -> None:
    """Chinese for those who read it, English for all others."""
    assert preferred_language(accept) == language


def test_unknown_words_stay() -> None:
    """A plug-in's own modality has no translation, and is shown as it is called."""
    assert translator("zh")("thermal") == "thermal"
