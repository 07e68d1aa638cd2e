"""A name of the question is found where hundreds of passages say all the rest of it."""

from __future__ import annotations

from polysense import registry
from polysense.query.understand import understand
from polysense.retrieve.context import Search
from polysense.retrieve.fusion import Candidate
from polysense.retrieve.named import with_named
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Span

OFTEN = "The heating was repaired and the printer of the office was moved on Thursday. "


def note(n: int, words: str) -> Chunk:
    asset = Asset(f"{n:032}", f"/note{n}.txt", "text/plain", "text", 1)
    return Chunk(asset, Span(lines=(1, 1)), "text", text=words)


def test_a_rare_name_comes_first_where_it_would_be_lost() -> None:
    """Where none of the first results has the name, the one that does comes before them."""
    kit = registry.kit(encoders=["-minilm", "-conse", "-use", "-formula"])
    store = Memory()
    notes = [note(n, OFTEN + f"Signed by Quill{n}.") for n in range(30)]
    store.add(notes)
    question = understand([Part("text", "Which note on the heating did Quill21 sign?")], kit)
    context = Search(store, kit, question)
    others = tuple(Candidate(c.id, 2.0 - n / 100, "text") for n, c in enumerate(notes))
    promoted = with_named(context, others, 5)
    assert promoted[0].id == notes[21].id
    assert promoted[0].score == 2.0
    assert [c.id for c in promoted[1:4]] == [c.id for c in notes[:3]]
    assert with_named(context, others, 30) == others


def test_a_number_alone_is_not_found_in_another_language() -> None:
    """A name is: numbers stand everywhere, and only the words around them say of what."""
    kit = registry.kit(encoders=["-minilm", "-conse", "-use", "-formula"])
    store = Memory()
    notes = [note(n, OFTEN + f"Kayal kept {40 + n} hens.") for n in range(20)]
    store.add([n.with_(meta={"lang": "en"}) for n in notes])
    others = (Candidate("elsewhere", 2.0, "text"),)

    def first(words: str) -> str:
        question = understand([Part("text", words)], kit)
        assert question.language == "zh"
        return with_named(Search(store, kit, question), others, 5)[0].id

    assert first("73号仓库和 51 号仓库的钥匙由谁保管？") == "elsewhere"
    assert first("那位 Kayal 住在哪里？") != "elsewhere"
