"""Which arms a question gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from polysense.encoders.use.encoder import Use
from polysense.errors import BadQuery
from polysense.query.understand import understand
from polysense.question import Question
from polysense.registry import Kit
from polysense.retrieve.context import Search
from polysense.retrieve.default_retriever import (
    FILE_WEIGHT,
    NATIVE_WEIGHT,
    SEMANTIC_WEIGHT,
    VOICE_WORDS_WEIGHT,
    compares_recordings,
    default_retriever,
    fusion_weight,
    languages_beside,
    parts_for,
    with_rerankers,
)
from polysense.retrieve.parse import parse
from polysense.retrieve.search import search
from polysense.stores.memory import Memory
from polysense.types import Part

from .recordings import Ear, recording


def default_text(shop: Any, *query: Any) -> str:
    return repr(default_retriever(understand(query, shop.kit), shop.kit))


def test_words(shop: Any) -> None:
    """BM25 and meaning; no looks."""
    assert (
        default_text(shop, "a bell")
        == f"blend(bm25 % 200 + {SEMANTIC_WEIGHT:g} * feedback('bags') % 200) >> verbatim"
    )


def test_words_in_a_language_that_no_model_reads(shop: Any) -> None:
    """BM25 reads every language."""
    assert default_text(shop, "钟在哪里") == "bm25 % 200 >> verbatim"


def test_a_bridge_between_languages_is_asked_for_what_others_do_not_read(shop: Any) -> None:
    """USE beside an English encoder: for an English question, or one too short to tell, only for
    other languages; for a Chinese one, for all, and beside full text that reads it too for less.
    """
    bags = shop.kit.encoders["bags"]
    bridge = Use()
    english = replace(shop.kit, encoders={"bags": bags, "use": bridge})
    for words, arm in (
        ("When is the bell rung in the morning?", "foreign('use')"),
        ("bell", "foreign('use')"),
        ("钟几点敲？", f"{NATIVE_WEIGHT:g} * native('use')"),
        ("钟几点敲？", f"{SEMANTIC_WEIGHT:g} * foreign('use')"),
    ):
        question = understand([words], english)
        assert arm in repr(default_retriever(question, english))
    alone = replace(shop.kit, encoders={"use": bridge})
    question = understand(["When is the bell rung?"], alone)
    assert "native('use')" in repr(default_retriever(question, alone))
    assert NATIVE_WEIGHT < 0.5 < SEMANTIC_WEIGHT
    assert languages_beside(bags, question, english) == frozenset()


def test_a_bridge_beside_an_encoder_of_every_language_is_not_asked(shop: Any) -> None:
    """A better model that somebody names reads what it would bridge to."""
    bags = shop.kit.encoders["bags"]
    bags.languages = None
    try:
        kit = replace(shop.kit, encoders={"use": Use(), "bags": bags})
        question = understand(["钟几点敲？"], kit)
        assert "use" not in repr(default_retriever(question, kit))
        assert kit.text_encoder("zh") is bags
    finally:
        del bags.languages


def test_a_picture(shop: Any) -> None:
    """Looks alone, and weighing more than words where both are given."""
    red = shop.paint((255, 0, 0))
    assert parse(default_text(shop, red)).spaces == ("tints",)
    assert f"{FILE_WEIGHT:g} * tints % 200" in default_text(shop, red, "a bell")


def test_words_read_in_a_file_are_not_looked_for_word_for_word(shop: Any) -> None:
    """Only what somebody typed is a phrase."""
    question = understand(["a bell"], shop.kit)
    read = replace(question, pieces=((Part("text", "a bell", meta={"from": "image"}),),))
    assert "verbatim" not in repr(default_retriever(read, shop.kit))


@pytest.mark.parametrize(
    ("words", "weight"),
    [
        ("The key is in the tin.", f"{VOICE_WORDS_WEIGHT:g} * bm25"),
        ("When it rained, the key fell.", f"{VOICE_WORDS_WEIGHT:g} * bm25"),
        ("Please make honey from the flowers.", f"{VOICE_WORDS_WEIGHT:g} * bm25"),
        ("Please show me the red bicycle.", "(bm25"),
        ("Where is the key?", "(bm25"),
        ("Tell me when the ferry leaves.", "(bm25"),
        ("Show me the red bicycle.", "(bm25"),
        ("What time does the ferry leave.", "(bm25"),
        ("where is the key", "(bm25"),
    ],
)
def test_a_voice_that_asks_nothing_is_looked_for_by_its_sound(
    shop: Any, words: str, weight: str
) -> None:
    """What it says counts for less than how it sounds; a spoken question is one of words."""
    sound = Part("audio", np.zeros(1600, np.float32), "audio/pcm;rate=16000")
    question = understand(["a bell"], shop.kit)
    pieces = ((sound, Part("text", words, meta={"from": "audio"})),)
    voice = replace(question, query=(sound,), pieces=pieces, has_read_words=True)
    assert weight in repr(default_retriever(voice, shop.kit))


def test_the_same_voice_comes_first_whatever_it_says() -> None:
    """Before one that says the same, and one in the same room; looks are not asked for what is
    heard, and nothing is left out for being far.
    """
    kit = Kit({}, {}, {"room": Ear("room"), "voice": Ear("voice", 1.4)}, {}, {}, {})
    store = Memory()
    own, words = recording("own", "", 0.0, 0.0), "the ferry leaves the pier at noon"
    chunks = [
        recording("same voice", "Bees make honey.", 0.5, 0.1),
        recording("same words", words, 0.3, 0.6),
        recording("same room", "We bake bread.", 0.02, 0.6),
        recording("another", "The mill is old.", 0.8, 1.2),
    ]
    store.add(chunks)
    for encoder in kit.encoders.values():
        vectors = encoder.encode([c.part for c in chunks if c.part])
        store.add_vectors(encoder.space, chunks, vectors)
    assert own.part
    pieces = ((own.part, Part("text", f"{words}.", meta={"from": "audio"})),)
    question = Question((own.part,), pieces, has_read_words=True)
    names = [h.chunk.asset.id for h in search(Search(store, kit, question), 9)]
    assert names[0] == "same voice"
    assert len(names) == 4
    assert not compares_recordings(Use(), question, kit)


def test_each_arm_goes_as_deep_as_asked(shop: Any) -> None:
    """Who wants 500 results is not cut to 200."""
    assert (
        repr(default_retriever(understand(["钟在哪里"], shop.kit), shop.kit, 500))
        == "bm25 % 500 >> verbatim"
    )


def test_nothing_reached_is_refused(shop: Any) -> None:
    """The asker hears what can be asked."""
    deaf = replace(shop.kit, encoders={})
    with pytest.raises(BadQuery) as error:
        default_retriever(understand([shop.paint((255, 0, 0))], deaf), deaf)
    assert "words" in error.value.hint


def test_an_encoder_takes_its_parts(shop: Any) -> None:
    """By place in the question."""
    question = understand(["a bell", shop.paint((255, 0, 0))], shop.kit)
    assert (
        parts_for(shop.bags, question, shop.kit),
        parts_for(shop.tints, question, shop.kit),
    ) == ([[question.query[0]], []], [[], [question.query[1]]])


def test_rerankers_that_are_configured_come_last(shop: Any) -> None:
    """Each once, after everything else; none where none is."""
    retriever = default_retriever(understand(["a bell"], shop.kit), shop.kit)
    assert repr(with_rerankers(retriever, shop.kit)) == f"{retriever!r} >> longest"
    assert with_rerankers(retriever, replace(shop.kit, rerankers={})) == retriever


def test_trust_is_by_pair_then_by_query(shop: Any) -> None:
    """Of several parts the most trusted; 1 where nothing is said."""
    assert fusion_weight(shop.bags, {"text"}, "image") == 0.5
    assert fusion_weight(shop.bags, {"text", "image"}, "image") == 1.0
    assert fusion_weight(shop.tints, set(), "image") == 1.0


def test_every_recipe_can_be_written_down(shop: Any) -> None:
    """What `--explain` shows, `--using` takes."""
    for query in (["a bell"], [shop.paint((1, 2, 3))], ["a bell", shop.paint((1, 2, 3))]):
        retriever = default_retriever(understand(query, shop.kit), shop.kit)
        assert parse(repr(retriever)) == retriever


def test_a_recording_alone_in_the_library_is_near_by_its_own_score() -> None:
    """One is the middle of itself, and would be no nearer than nothing."""
    kit = Kit({}, {}, {"room": Ear("room"), "voice": Ear("voice")}, {}, {}, {})
    own = recording("own", "", 0.0, 0.0)
    assert own.part
    question = Question((own.part,), ((own.part,),))
    for count in (1, 2):
        store = Memory()
        chunks = [recording(f"r{n}", "", 0.0, 0.1 + 0.6 * n) for n in range(count)]
        store.add(chunks)
        for encoder in kit.encoders.values():
            vectors = encoder.encode([c.part for c in chunks if c.part])
            store.add_vectors(encoder.space, chunks, vectors)
        hits = search(Search(store, kit, question), 9).hits
        assert hits[0].chunk.asset.id == "r0"
        assert hits[0].score > 0.5
