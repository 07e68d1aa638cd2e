"""One question to one library: arms, fusion, filters, what is shown first. Over the store in
memory, with two small encoders.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from polysense.errors import BadQuery
from polysense.protocols import Encoder, Reranker, Vectors
from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.algebra import bm25, by_asset, dense, rerank
from polysense.retrieve.context import Search
from polysense.retrieve.default_retriever import default_retriever, fusion_weight
from polysense.retrieve.filters import compile_where
from polysense.retrieve.fusion import Candidate
from polysense.retrieve.parse import parse
from polysense.retrieve.search import search, with_duplicate_locations
from polysense.retrieve.stages import Cap
from polysense.stores.memory import Memory
from polysense.testing import check_encoder, check_reranker
from polysense.types import (
    Asset,
    Chunk,
    Modality,
    Part,
    Query,
    Role,
    ScoreExplanation,
    Space,
    Span,
    TextSpan,
)


class Topics(Encoder):
    """Words by topic: sea, mill, anything; nothing for blanks."""

    accepts = frozenset({"text"})
    signal = "semantic"
    space = Space("topics", "1", 3)
    languages = frozenset({"en"})
    TOPICS = (("sea", "tide", "water", "moon"), ("mill", "wheel", "paddles"))

    def __init__(self) -> None:
        self.calls: list[Role] = []

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        self.calls.append(role)
        rows = [
            [sum(w in p.data.lower() for w in topic) for topic in self.TOPICS] + [0.1]
            for p in parts
        ]
        vectors = np.asarray(rows, np.float32).reshape(-1, 3)
        vectors[[not p.data.strip() for p in parts]] = np.nan
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Colour(Encoder):
    """Pictures by their mean colour, and words that name one."""

    accepts = frozenset({"image"})
    signal = "perceptual"
    query_modalities = frozenset({"text"})
    space = Space("colour", "1", 3)
    min_score = 0.5
    fusion_weight: Mapping[tuple[Modality, Modality] | Modality, float] = {("text", "image"): 0.5}
    NAMES = ("red", "green", "blue")

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        vectors = np.full((len(parts), 3), np.nan, np.float32)
        for row, part in zip(vectors, parts, strict=True):
            mean = (
                [float(n in part.data) for n in self.NAMES]
                if part.modality == "text"
                else part.data.reshape(-1, 3).mean(axis=0)
            )
            if np.any(mean):
                row[:] = np.asarray(mean) / np.linalg.norm(mean)
        return vectors


class Longest(Reranker):
    """Long texts first."""

    accepts = frozenset({"text"})

    def __init__(self) -> None:
        self.calls = 0

    def score(self, query: Query, chunks: Sequence[Chunk]) -> Sequence[float]:
        self.calls += 1
        return [float(len(c.text)) for c in chunks]


def plain(red: int, green: int, blue: int) -> np.ndarray:
    return np.full((4, 4, 3), (red, green, blue), np.uint8)


def asset(n: int, modality: str = "text") -> Asset:
    return Asset(f"{n:032x}", f"/kb/file-{n}", "", modality, 1)


LINES = (TextSpan(0, 17, Span(lines=(1, 1))), TextSpan(18, 40, Span(lines=(2, 2))))
WORDS = [
    Chunk(
        asset(1),
        Span(lines=(1, 2)),
        "text",
        text="the tide is high.\nwater follows the moon",
        marks=LINES,
    ),
    Chunk(asset(1), Span(lines=(3, 3)), "text", text="the sea is low tide again"),
    Chunk(asset(2), Span(lines=(1, 1)), "text", text="the mill wheel has paddles"),
    Chunk(
        asset(3),
        Span(lines=(1, 1)),
        "text",
        text="a red thing beside the sea and the mill, told at length",
    ),
]
PICTURES = [
    Chunk(asset(n, "image"), Span(box=(0, 0, 1, 1)), "image", Part("image", "")) for n in (4, 5)
]
RED, BLUE = PICTURES


@pytest.fixture
def kit() -> Kit:
    return Kit({}, {}, {"topics": Topics(), "colour": Colour()}, {}, {}, {})


@pytest.fixture
def reranking(kit: Kit) -> Kit:
    """The same with a reranker."""
    return replace(kit, rerankers={"longest": Longest()})


@pytest.fixture
def store(kit: Kit) -> Memory:
    memory = Memory()
    memory.add(WORDS + PICTURES)
    topics, colour = kit.encoders.values()
    memory.add_vectors(topics.space, WORDS, topics.encode([Part("text", c.text) for c in WORDS]))
    memory.add_vectors(
        colour.space,
        PICTURES,
        colour.encode([Part("image", plain(250, 10, 10)), Part("image", plain(10, 10, 250))]),
    )
    return memory


def ask(store: Memory, kit: Kit, *query: str | Part, where: str = "") -> Search:
    return Search(store, kit, understand(query, kit), compile_where(where))


def ids(hits: object) -> list[str]:
    return [h.chunk.id for h in hits]  # type: ignore[attr-defined]


def test_the_plugins_of_this_test_keep_their_contracts() -> None:
    """What is searched with is real."""
    check_encoder(
        Topics(), [Part("text", "the sea"), Part("text", "a mill wheel at sea"), Part("text", " ")]
    )
    check_encoder(
        Colour(),
        [Part("image", plain(9, 8, 7)), Part("image", plain(0, 0, 0)), Part("text", "blue")],
    )
    check_reranker(Longest(), (Part("text", "x"),), WORDS)


def test_words_and_meaning_and_looks_together(store: Memory, kit: Kit) -> None:
    """Every arm that the question reaches is asked, and each hit says why it was found."""
    ranking = search(ask(store, kit, "tide water"), 3)
    assert ranking[0].chunk == WORDS[0]
    assert {w.space for w in ranking[0].why} == {"bm25", "topics"}
    assert [h.score for h in ranking] == sorted((h.score for h in ranking), reverse=True)
    assert set(ranking.timings) == {"encode", "search", "total"}
    assert ids(search(ask(store, kit, "red"), 9))[:2] in (
        [WORDS[3].id, RED.id],
        [RED.id, WORDS[3].id],
    )


def test_a_picture_asks_by_its_looks(store: Memory, kit: Kit) -> None:
    """No words, no BM25; and however far, the nearest is shown."""
    ranking = search(ask(store, kit, Part("image", plain(200, 0, 20))), 5)
    assert ids(ranking) == [RED.id, BLUE.id]
    assert (
        repr(default_retriever(understand([Part("image", plain(1, 1, 1))], kit), kit))
        == "2 * colour % 200"
    )


def test_parts_are_fused_early(store: Memory, kit: Kit) -> None:
    """A red picture and the word blue: between the two, by the share of each, however many pieces
    the one or the other has.
    """
    red = Part("image", plain(250, 0, 0))
    query = ask(store, kit, red, "blue")
    once = query.vector(kit.encoders["colour"])
    query.question = replace(query.question, pieces=((red,) * 9, query.question.pieces[1]))
    often = Search(store, kit, query.question).vector(kit.encoders["colour"])
    share = query.question.typed_share
    expected = np.array([1 - share, 0, share]) / np.hypot(share, 1 - share)
    assert once is not None
    assert once == pytest.approx(expected)
    assert often == pytest.approx(expected)


def test_below_the_floor_is_nothing(store: Memory, kit: Kit) -> None:
    """Words that name another colour do not find a picture, though some picture is always nearest."""
    assert ids(search(ask(store, kit, "green"), 5, dense("colour"))) == []
    assert ids(search(ask(store, kit, "blue"), 5, dense("colour"))) == [BLUE.id]


def test_encoders_read_their_languages(store: Memory, kit: Kit) -> None:
    """Chinese words are not put to an encoder of English."""
    assert "topics" not in repr(default_retriever(understand(["收据在哪里"], kit), kit))
    assert "topics" in repr(default_retriever(understand(["where is the mill"], kit), kit))


def test_vectors_are_made_once(store: Memory, kit: Kit) -> None:
    """However many arms and threads ask a space."""
    query = ask(store, kit, "sea")
    topics = kit.encoders["topics"]
    assert isinstance(topics, Topics)
    topics.calls.clear()
    search(query, 3, parse("topics + feedback('topics') + topics % 5"))
    threads = [threading.Thread(target=query.vector, args=(topics,)) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert topics.calls == ["query"]


def test_filters_reach_every_arm(store: Memory, kit: Kit) -> None:
    """What the filter leaves out is found by no arm."""
    ranking = search(ask(store, kit, "red sea", where="modality = 'image'"), 9)
    assert {h.modality for h in ranking} <= {"image"}
    assert ids(search(ask(store, kit, "sea", where="line = 3"), 9)) == [WORDS[1].id]


def test_by_asset_keeps_each_files_best(store: Memory, kit: Kit) -> None:
    """Two passages of one file are one result."""
    ranking = search(ask(store, kit, "tide"), 9, bm25 >> by_asset())
    assert [h.chunk.asset.id for h in ranking].count(asset(1).id) == 1


PHRASES = [
    Chunk(asset(7), Span(lines=(1, 1)), "text", text="tide sea tide sea"),
    Chunk(
        asset(7),
        Span(lines=(2, 2)),
        "text",
        text="the keeper waited for the tide at sea to turn, and for the wind, and wrote it all down",
    ),
    Chunk(asset(8), Span(lines=(1, 1)), "text", text="sea tide sea tide"),
]


def test_who_says_it_word_for_word_comes_first(store: Memory, kit: Kit) -> None:
    """Also where each file is one result: the place that says it, not the one that scores most; and
    with the text that explains it.
    """
    store.add(PHRASES)
    query = "tide at sea"
    pipeline = default_retriever(understand([query], kit), kit)
    assert ids(search(ask(store, kit, query), 9, bm25 % 9))[0] != PHRASES[1].id
    assert ids(search(ask(store, kit, query), 9))[0] == PHRASES[1].id
    assert ids(search(ask(store, kit, query), 9, pipeline >> by_asset()))[0] == PHRASES[1].id
    assert ids(search(ask(store, kit, query), 9, parse(repr(pipeline)))) == ids(
        search(ask(store, kit, query), 9)
    )


def test_the_first_results_are_the_same_however_many_are_asked_for(kit: Kit) -> None:
    """A phrase far down does not come up because more was asked for."""
    memory = Memory()
    memory.add(
        [Chunk(asset(n), Span(page=1), "text", text="sea tide " * (40 - n)) for n in range(30)]
    )
    memory.add(
        [Chunk(asset(99), Span(page=1), "text", text=f"the tide at sea {'and so on ' * 200}")]
    )
    few, many = (
        ids(search(ask(memory, kit, "tide at sea"), k, parse("bm25 >> verbatim"))) for k in (5, 40)
    )
    assert many[:5] == few
    assert len(many) == 31


def test_many_results_can_be_had(kit: Kit) -> None:
    """As many as were asked for, where there are so many."""
    memory = Memory()
    memory.add([Chunk(asset(n), Span(page=1), "text", text=f"sea {n}") for n in range(300)])
    assert len(search(ask(memory, kit, "sea"), 300)) == 300
    assert len(search(ask(memory, kit, "sea"), 300, bm25 >> by_asset())) == 300


def test_each_chunk_is_fetched_once(store: Memory, reranking: Kit) -> None:
    """However many stages look at it."""
    fetched: list[str] = []

    class Counting(Memory):
        def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
            fetched.extend(ids)
            return super().get(ids)

    memory = Counting()
    memory.add(WORDS)
    search(ask(memory, reranking, "sea tide"), 9, parse("bm25 >> longest >> by_asset >> verbatim"))
    assert fetched
    assert len(fetched) == len(set(fetched))


@pytest.mark.parametrize(
    ("query", "warnings"),
    [
        ("tide -moon", 1),
        ("-moon -mill tide", 1),
        ("tar -xz", 0),
        ("well-known", 0),
        ("at -40 degrees", 0),
    ],
)
def test_a_minus_leaves_nothing_out_and_says_so(
    store: Memory, kit: Kit, query: str, warnings: int
) -> None:
    """It may be a command's flag; so the word is looked for, and who meant "not" is told."""
    ranking = search(ask(store, kit, query), 9)
    assert len(ranking.warnings) == warnings
    if warnings:
        assert "'-moon'" in ranking.warnings[0]
        assert WORDS[0].id in ids(ranking)


def test_rerankers_are_stages(store: Memory, reranking: Kit) -> None:
    """By name; they see whole chunks. Ranks keep their scores, and `why` has the reranker's."""
    ranking = search(ask(store, reranking, "sea tide"), 9, bm25 % 9 >> rerank("longest") % 2)
    assert ids(ranking) == [WORDS[3].id, WORDS[0].id]
    assert ranking[0].score > ranking[1].score
    assert ranking[0].why[-1] == ScoreExplanation("longest", 1, float(len(WORDS[3].text)))


def test_a_configured_reranker_is_used_unless_using_says_otherwise(
    store: Memory, reranking: Kit
) -> None:
    """Once a search, over what the default arms found; never beside a retriever that is named."""
    longest = reranking.rerankers["longest"]
    assert isinstance(longest, Longest)
    ranking = search(ask(store, reranking, "sea tide"), 9)
    assert longest.calls == 1
    assert ranking[0].chunk.text == max((h.chunk.text for h in ranking), key=len)
    search(ask(store, reranking, "sea tide"), 9, bm25)
    assert longest.calls == 1


def test_a_reranker_leaves_what_it_does_not_take_where_it_is(store: Memory, reranking: Kit) -> None:
    """A picture without words keeps its rank among the words that change theirs."""
    bare = Chunk(asset(9), Span(page=1), "image", Part("image", plain(250, 0, 0)))
    before = [*ids(search(ask(store, reranking, "sea tide"), 9, bm25))]
    store.add([bare])
    context = ask(store, reranking, "sea tide")
    first = context.lexical(9)
    candidates = (first[0], Candidate(bare.id, 0.5, "image"), *first[1:])
    after = context.stage("longest")(candidates)
    assert after[1].id == bare.id
    assert {c.id for c in after} == {*before, bare.id}
    assert after[0].score == first[0].score


def test_one_long_file_does_not_hide_the_others(kit: Kit) -> None:
    """Grouped by file, as many files come as were asked for and match, however many places one of
    them has; and none twice.
    """
    memory = Memory()
    memory.add([Chunk(asset(1), Span(lines=(n, n)), "text", text="tide tide") for n in range(900)])
    memory.add([Chunk(asset(1 + n), Span(page=1), "text", text=f"{n} tide") for n in range(1, 21)])
    for using in (None, bm25):
        ranking = search(ask(memory, kit, "tide"), 15, using, cap=Cap("asset", 1))
        assert len({h.chunk.asset.id for h in ranking}) == len(ranking) == 15
        assert ranking[0].chunk.asset.id == asset(1).id
        assert [h.score for h in ranking] == sorted((h.score for h in ranking), reverse=True)
    three = search(ask(memory, kit, "tide"), 15, cap=Cap("asset", 3))
    assert Counter(h.chunk.asset.id for h in three).most_common(1)[0][1] == 3
    assert len(three) == 15
    assert len(search(ask(memory, kit, "tide"), 30, cap=Cap("asset", 1))) == 21


def test_an_arm_weighs_the_same_with_a_stage_of_its_own(store: Memory, kit: Kit) -> None:
    """And without one; in a blend as in a fusion of ranks."""
    query = (Part("image", plain(240, 0, 10)), "mill wheel")
    for text in ("blend(bm25 + {})", "bm25 + {}"):
        plain_arm, staged, nested = (
            [(h.chunk.id, round(h.score, 6)) for h in search(ask(store, kit, *query), 9, parse(u))]
            for u in (
                text.format(a)
                for a in ("2 * colour", "(2 * colour >> by_asset)", "blend(2 * colour)")
            )
        )
        assert plain_arm == staged == nested


def test_typed_words_lead_before_a_page_attached_to_them(store: Memory, kit: Kit) -> None:
    """The words of a file are hundreds; a question has a few."""
    page = Part("text", "The mill wheel has paddles. " * 60, meta={"from": "text"})
    question = understand(["which moon makes the sea tide rise"], kit)
    both = replace(question, query=(*question.query, page), pieces=(*question.pieces, (page,)))
    ranking = search(Search(store, kit, both), 5)
    assert ranking[0].chunk.text != WORDS[3].text
    assert "tide" in ranking[0].chunk.text


@pytest.mark.parametrize("using", ["clap", "bm25 >> nothing", "feedback('clap')"])
def test_unknown_names_are_answered_with_the_known_ones(
    store: Memory, reranking: Kit, using: str
) -> None:
    """Spaces and stages."""
    with pytest.raises(BadQuery, match=r"there is no (space|stage) called") as e:
        search(ask(store, reranking, "sea"), 3, parse(using))
    assert "longest" in e.value.hint or "topics" in e.value.hint


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_k_is_bounded(store: Memory, kit: Kit, k: int) -> None:
    """Nobody asks for nothing, or for everything."""
    with pytest.raises(BadQuery, match=f"k is {k}"):
        search(ask(store, kit, "sea"), k)


def test_the_question_itself_comes_first_or_not_at_all(store: Memory, kit: Kit) -> None:
    """A file of the library asked with finds itself first, or is left out."""
    query = ask(store, kit, "tide")
    own = frozenset({asset(3).id})
    assert search(query, 3, parse("topics"), own)[0].chunk.asset.id == asset(3).id
    assert asset(3).id not in {
        h.chunk.asset.id for h in search(query, 9, parse("topics"), own, exclude_own=True)
    }


def test_a_vector_whose_chunk_is_gone_is_not_shown(kit: Kit) -> None:
    """The chunks table is the truth."""

    class Behind(Memory):
        def get(self, ids: Sequence[str]) -> dict[str, Chunk]:
            return {i: c for i, c in super().get(ids).items() if c.asset.id != asset(1).id}

    memory = Behind()
    memory.add(WORDS)
    assert {h.chunk.asset.id for h in search(ask(memory, kit, "tide sea"), 9)} == {asset(3).id}


def test_hits_are_narrowed(store: Memory, kit: Kit) -> None:
    """To the line that says it."""
    ranking = search(ask(store, kit, "moon"), 1)
    assert ranking[0].place == Span(lines=(2, 2))
    assert ranking[0].chunk.span == Span(lines=(1, 2))


def test_nothing_is_reached(store: Memory, kit: Kit) -> None:
    """A picture where no encoder takes one."""
    words_only = replace(kit, encoders={"topics": Topics()})
    with pytest.raises(BadQuery, match="nothing here can search with this query"):
        search(ask(store, words_only, Part("image", plain(1, 2, 3))), 3)
    with pytest.raises(BadQuery):
        ask(store, kit, "  ")


def test_words_found_nowhere(kit: Kit) -> None:
    """An empty library answers with nothing, and says nothing wrong."""
    assert len(search(ask(Memory(), kit, "sea"), 3)) == 0


def test_trust_is_by_the_pair() -> None:
    """(query, chunk) first, then the query's modality alone, then 1; of several parts the most
    trusted.
    """
    assert fusion_weight(Colour(), {"text"}, "image") == 0.5
    assert fusion_weight(Colour(), {"text", "image"}, "image") == 1.0
    assert fusion_weight(Topics(), {"text"}, "text") == 1.0


def test_the_other_places_of_a_hit(store: Memory, kit: Kit) -> None:
    """The same content elsewhere is listed, without the place shown."""
    ranking = with_duplicate_locations(
        search(ask(store, kit, "mill wheel"), 1), {asset(2).id: ["/kb/file-2", "/copy/file-2"]}
    )
    assert ranking[0].also == ("/copy/file-2",)
