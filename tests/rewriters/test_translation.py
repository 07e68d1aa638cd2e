"""The question in the languages of the library, by a model behind a server."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from polysense.errors import ModelFailed
from polysense.llm.openai import OpenAI
from polysense.question import Question
from polysense.rewriters.translation import Translation
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter
from polysense.types import Asset, Chunk, Span

from ..llm.server import Server

WORDS = "How many paddles has the wheel of the mill?"
GERMAN = "Wie viele Schaufeln hat das Rad der Mühle?"


def reply(**words: str) -> str:
    return json.dumps({"questions": [{"language": c, "words": w} for c, w in words.items()]})


@pytest.fixture
def store() -> Memory:
    """Twelve passages in German, three in English, one in French."""
    store, asset = Memory(), Asset("0" * 32, "/quay.txt", "text/plain", "text", 1)
    languages = ["de"] * 12 + ["en"] * 3 + ["fr"]
    store.add(
        [
            Chunk(asset, Span(page=n), "text", text=f"{n}", meta={"lang": c})
            for n, c in enumerate(languages, 1)
        ]
    )
    return store


def test_it_keeps_the_contract(
    ask: Callable[..., Question], server: Server, model: OpenAI, store: Memory
) -> None:
    server.say = lambda words: reply(de=GERMAN)
    check_rewriter(Translation(language_model=model), ask(WORDS, "en"), (), store)


def test_it_is_put_in_the_languages_of_the_library(
    ask: Callable[..., Question], server: Server, model: OpenAI, store: Memory
) -> None:
    """Not in its own, nor in one that hardly anything is in."""
    server.say = lambda words: reply(de=GERMAN)
    rewrite = Translation(language_model=model).rewrite(ask(WORDS, "en"), (), store)
    assert rewrite is not None
    (text,) = rewrite.search_texts
    assert (text.words, text.language, text.role) == (GERMAN, "de", "query")
    assert "Languages: de\n" in server.last_words
    assert rewrite.why == "searches also in de"


def test_a_library_in_the_same_language_needs_none(
    ask: Callable[..., Question], server: Server, model: OpenAI
) -> None:
    store, asset = Memory(), Asset("0" * 32, "/quay.txt", "text/plain", "text", 1)
    store.add([Chunk(asset, Span(page=1), "text", text="Oats", meta={"lang": "en"})])
    assert Translation(language_model=model).rewrite(ask(WORDS, "en"), (), store) is None
    assert Translation(language_model=model).rewrite(ask(WORDS, "en"), (), Memory()) is None
    assert not server.requests


def test_a_few_words_that_the_library_has_need_none(
    ask: Callable[..., Question], server: Server, model: OpenAI, store: Memory
) -> None:
    """Which language they are in is not plain; of others the model may say that they are."""
    server.say = lambda words: reply()
    asset = Asset("1" * 32, "/mill.txt", "text/plain", "text", 1)
    store.add([Chunk(asset, Span(page=1), "text", text="Das Mühlrad", meta={"lang": "de"})])
    rewriter = Translation(language_model=model)
    assert rewriter.rewrite(ask("Mühlrad"), (), store) is None
    assert not server.requests
    assert rewriter.rewrite(ask("Radkranz"), (), store) is None
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (reply(de=WORDS), "translated nothing"),
        (reply(de="Wie viele der 40 Schaufeln hat das Rad der Mühle?"), "translated nothing"),
        (reply(de=""), "translated nothing"),
        (reply(ja="水車の羽根は何枚?"), "none of de"),
        ("Wie viele Schaufeln?", "no JSON"),
        ('{"questions": "Wie viele?"}', "no array"),
    ],
)
def test_what_is_no_translation_is_refused(
    ask: Callable[..., Question],
    server: Server,
    model: OpenAI,
    store: Memory,
    text: str,
    message: str,
) -> None:
    server.say = lambda words: text
    with pytest.raises(ModelFailed, match=message):
        Translation(language_model=model).rewrite(ask(WORDS, "en"), (), store)
