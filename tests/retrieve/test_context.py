"""What retrievers and stages see of a question: several vectors a chunk, files set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from polysense import Library
from polysense.protocols import Encoder, Reranker, Vectors
from polysense.query.understand import understand
from polysense.question import Rewrite, SearchText
from polysense.registry import Kit
from polysense.retrieve.algebra import bm25, dense, rerank
from polysense.retrieve.context import Search
from polysense.retrieve.default_retriever import default_retriever, texts_for
from polysense.retrieve.filters import excluding
from polysense.retrieve.parse import parse
from polysense.retrieve.search import search
from polysense.retrieve.stages import Cap
from polysense.stores.memory import Memory
from polysense.testing import check_encoder
from polysense.types import Asset, Calibration, Chunk, Part, Query, Role, Space, Span

TEXTS = ("the tide turns at noon", "noon", "tide tide tide tide", "a mill wheel", "")


class Tokens(Encoder):
    """A vector for each word, as late interaction has them."""

    accepts = frozenset({"text"})
    signal = "semantic"
    space = Space("tokens", "1", 64, "maxsim")
    min_score, confident_score = 0.2, 0.9

    def encode(self, parts: Sequence[Part], role: Role = "document") -> list[Vectors]:
        rows = [[self._token(w) for w in str(p.data).split()] for p in parts]
        return [np.asarray(r, np.float32).reshape(-1, 64) for r in rows]

    def _token(self, word: str) -> Vectors:
        row = np.random.default_rng(crc32(word.encode())).normal(size=64).astype(np.float32)
        return np.asarray(row / np.linalg.norm(row), np.float32)


@pytest.fixture
def kit() -> Kit:
    return Kit({}, {}, {"tokens": Tokens()}, {}, {}, {})


@pytest.fixture
def store(kit: Kit) -> Memory:
    memory, encoder = Memory(), kit.encoders["tokens"]
    chunks = [
        Chunk(
            Asset(f"{n:032x}", f"/kb/{n}.txt", "", "text", 1), Span(page=1), "text", text=t or "-"
        )
        for n, t in enumerate(TEXTS)
    ]
    memory.add(chunks)
    memory.add_vectors(encoder.space, chunks, encoder.encode([Part("text", t) for t in TEXTS]))
    return memory


def texts(context: Search, using: str) -> list[str]:
    return [h.chunk.text for h in search(context, 9, parse(using))]


def test_the_encoder_keeps_its_contract() -> None:
    """A list of arrays, one for each part."""
    check_encoder(Tokens(), [Part("text", t) for t in TEXTS])


def test_late_interaction_finds_what_has_each_token(store: Memory, kit: Kit) -> None:
    """Not what has one of them four times; the score is the mean over the question's tokens."""
    context = Search(store, kit, understand(["tide noon"], kit))
    ranking = search(context, 9, dense("tokens"))
    assert ranking[0].chunk.text == TEXTS[0]
    assert ranking[0].score == pytest.approx(1.0, abs=1e-5)
    assert ranking[1].score == pytest.approx(0.5, abs=0.15)
    assert repr(default_retriever(context.question, kit)).startswith("blend(bm25 % 200 + 1.2 * ")


def test_late_interaction_as_a_second_stage(store: Memory, kit: Kit) -> None:
    """What BM25 found, in the order of MaxSim; each hit says why; scores stay those of the ranks."""
    context = Search(store, kit, understand(["tide noon"], kit))
    first, again = search(context, 9, bm25), search(context, 9, bm25 >> rerank("tokens"))
    assert {h.chunk.id for h in first} == {h.chunk.id for h in again}
    assert texts(context, "bm25 >> tokens")[0] == TEXTS[0]
    assert [h.score for h in again] == [h.score for h in first]
    assert again[0].why[-1].space == "tokens"
    assert again[0].why[-1].score == pytest.approx(1.0, abs=1e-5)


def test_a_reranker_scores_a_chunk_once(store: Memory, kit: Kit) -> None:
    """However many rankings of one question it is in, as an answer is made of three."""
    scored: list[str] = []

    class Counting(Reranker):
        accepts = frozenset({"text"})

        def score(self, query: Query, chunks: Sequence[Chunk]) -> Sequence[float]:
            scored.extend(c.id for c in chunks)
            return [float(-len(c.text)) for c in chunks]

    context = Search(
        store, replace(kit, rerankers={"counting": Counting()}), understand(["tide"], kit)
    )
    plain = search(context, 9)
    capped = search(context, 9, cap=Cap("asset", 1))
    assert [h.chunk.id for h in plain] == [h.chunk.id for h in capped]
    assert sorted(scored) == sorted({h.chunk.id for h in plain})


def test_assets_can_be_set_aside_without_encoding_again(store: Memory, kit: Kit) -> None:
    """The same question to the rest of the library."""
    context = Search(store, kit, understand(["tide noon"], kit))
    assert texts(context, "tokens")[0] == TEXTS[0]
    rest = context.narrow(excluding("asset", [f"{0:032x}"]))
    assert TEXTS[0] not in texts(rest, "bm25 + tokens")
    assert rest.timings.get("encode") == context.timings["encode"]
    assert TEXTS[0] in texts(context, "bm25")


def test_spaces_of_several_vectors_take_part_in_everything(tmp_path: Path, bare: Kit) -> None:
    """Measured where they declare nothing, indexed, asked, recommended from, found again."""

    class Undeclared(Tokens):
        min_score, confident_score = Encoder.min_score, Encoder.confident_score

    files = tmp_path / "in"
    files.mkdir()
    for name, text in (("tide", TEXTS[0]), ("mill", TEXTS[3])):
        (files / f"{name}.txt").write_text(text)
    with Library(tmp_path / "kb", kit=replace(bare, encoders={"tokens": Undeclared()})) as kb:
        kb.index(files)
        assert kb.search("tide noon", using="tokens")[0].chunk.text == TEXTS[0]
        assert "tide turns at noon" in kb.ask("when does the tide turn").text
        assert len(kb.recommend([files / "tide.txt"])) <= 1
        kb.reindex()
        assert kb.search("mill wheel", using="bm25 >> tokens")[0].chunk.text == TEXTS[3]


def test_scores_that_tell_nothing_apart_move_nothing(store: Memory, kit: Kit) -> None:
    """A space that was measured and found to say nothing has no voice in a blend of scores."""
    deaf = replace(kit, calibrations={"tokens": Calibration(0.9, 0.8)})
    context = Search(store, deaf, understand(["tide"], deaf))
    blended = search(context, 9, parse("blend(bm25 + 5 * tokens)"))
    words = [h.chunk.id for h in search(context, 9, bm25)]
    assert [h.chunk.id for h in blended][: len(words)] == words
    assert blended[0].score == pytest.approx(1.0)


def with_texts(context: Search, *texts: SearchText) -> Search:
    rewrite = Rewrite("searches also", search_texts=texts)
    return replace(context, question=replace(context.question, rewrites=(rewrite,)))


def test_what_rewriters_add_is_found_by_full_text(shop: Any) -> None:
    """Beside what the question's own words find; quotes in it are no syntax."""
    context = shop.ask("where is the bell?")
    passage = SearchText('The "mill wheel" has paddles.', "document", weight=0.5)
    names = [shop.names[c.id] for c in with_texts(context, passage).lexical(9)]
    assert names[:2] == ["bell.txt", "mill.txt"]
    assert [shop.names[c.id] for c in context.lexical(9)] == ["bell.txt"]


def test_what_rewriters_add_moves_the_vector(shop: Any) -> None:
    """Encoded in its own role, weighed beside the question's words."""
    context = shop.ask("bell")
    passage = SearchText("The mill wheel has thirty-two paddles.", "document", weight=9.0)
    names = [shop.names[c.id] for c in with_texts(context, passage).nearest("bags", 9)]
    assert names[0] == "mill.txt"
    assert [shop.names[c.id] for c in context.nearest("bags", 9)][0] == "bell.txt"


def test_a_translation_goes_to_encoders_that_read_it(shop: Any) -> None:
    """The question itself does not: they have the translation alone."""
    german = "Wie viele Schaufeln hat das Rad der Mühle?"
    context = shop.ask(german)
    assert (context.question.language, context.vector(shop.bags)) == ("de", None)
    english = SearchText("How many paddles has the mill wheel?", language="en")
    names = [shop.names[c.id] for c in with_texts(context, english).nearest("bags", 9)]
    assert names[0] == "mill.txt"
    assert shop.bags.calls == [(english.words,)]


def test_a_passage_that_reads_like_one_is_not_for_looks(shop: Any) -> None:
    """A photo is named by a few words: a made-up page is none of them."""
    shop.tints.query_modalities = frozenset({"text"})
    context = with_texts(shop.ask("bell"), SearchText("A page.", "document"), SearchText("a rose"))
    texts = texts_for(shop.tints, context.question, shop.kit)
    assert [t.words for t in texts] == ["a rose"]
