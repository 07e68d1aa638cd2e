"""An answer in the words of a language model, and by the offline ways where that fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polysense.messages import Usage
from polysense.question import Rewrite
from polysense.results import Answer
from polysense.types import Evidence, Part, Ranking

from .scripted import Scripted
from .test_answer import KIT, answer, hit, understand

WATER = "The wheel is oak. High water is at noon."
QUESTION = "when is high water?"


def ask(text: str, question: str = QUESTION, to: str = "text") -> tuple[Answer, Scripted]:
    model = Scripted(text)
    kit = replace(KIT, language_models={"scripted": model})
    events: list[Evidence | Part] = []
    ranking = Ranking((hit(1, WATER), hit(2, "Bells ring at seven.")))
    reply = answer(understand([question], kit), ranking, kit, to.split(","), events.append)
    numbers = [e.n for e in events if isinstance(e, Evidence)]
    assert not reply.answered or numbers == [e.n for e in reply.evidence]
    return reply, model


def test_a_language_model_writes_where_one_is_named() -> None:
    """It says that it is generated, by which model, from which evidence."""
    reply, model = ask("High water comes at noon [1].")
    assert reply.answered
    assert reply.text == "High water comes at noon. [1]"
    assert [e.hit.uri for e in reply.evidence] == ["/kb/file-1.txt"]
    (part,) = reply.parts
    assert (part.origin, part.modality, part.evidence) == ("generated", "text", (1,))
    assert part.part.meta["model"] == "scripted"
    assert str(reply.route).endswith("text -> text (scripted, native)")
    assert WATER in model.messages[1].text
    assert not reply.warnings
    assert reply.usage == Usage(100, 20)


@pytest.mark.parametrize("text", ["High water is at 7 o'clock [1].", ""])
def test_evidence_is_quoted_where_nothing_it_said_is_borne_out(text: str) -> None:
    """The answer is the offline one, and the reader is told what the model said."""
    reply, _ = ask(text)
    assert reply.text == "High water is at noon. [1]"
    assert reply.parts[0].origin == "retrieved"
    assert bool(text) == any("7 o'clock is not in the evidence" in w for w in reply.warnings)


def test_a_model_may_refuse() -> None:
    """What looked like an answer to the ranker may be none; the nearest is told."""
    reply, _ = ask("NO ANSWER")
    assert not reply.answered
    assert "file-1.txt, p. 1 [1]" in reply.text
    assert reply.warnings == ("scripted found no answer in the evidence",)
    assert reply.usage == Usage(100, 20)


def test_a_model_is_not_asked_without_evidence() -> None:
    """What nothing supports is refused before it costs anything, and before it can be invented."""
    reply, model = ask("Paris.", "what is the capital over there?")
    assert not reply.answered
    assert not model.messages
    assert reply.usage == Usage()


def test_a_model_is_not_asked_about_what_has_no_words() -> None:
    """A picture found by likeness is the answer; a model that sees may be asked of it."""
    asks = understand([Part("image", b"pixels")], KIT)
    picture = hit(1, "", "image", 0.95, Part("image", b"ferry"))
    for accepts, is_told in ((frozenset({"text"}), False), (frozenset({"text", "image"}), True)):
        model = Scripted("The ferry is red [1].")
        model.accepts = accepts
        kit = replace(KIT, language_models={"scripted": model})
        ranking = Ranking((picture, hit(2, "The ferry is red.")))
        reply = answer(asks, ranking, kit, ["text"])
        assert reply.answered
        assert bool(model.messages) is is_told


def test_a_picture_alone_is_answered_of_by_a_model_that_sees() -> None:
    """Without a word anywhere: it is sent, cited, shown beside, and told to be the model's own."""
    picture = hit(1, "", "image", 0.95, Part("image", b"ferry"))
    model = Scripted("A red ferry crosses the harbour [1].")
    kit = replace(KIT, language_models={"scripted": model})
    reply = answer(understand(["which ferry is this?"], kit), Ranking((picture,)), kit)
    assert reply.text == "A red ferry crosses the harbour. [1]"
    assert [p.origin for p in reply.parts] == ["generated", "retrieved"]
    assert Part("image", b"ferry") in model.messages[1].parts
    assert any("no words bear it out" in w for w in reply.warnings)


def test_other_modalities_are_made_by_their_ways() -> None:
    """A model of words draws nothing."""
    reply, model = ask("High water comes at noon [1].", to="image")
    assert [p.modality for p in reply.parts] == ["image", "text"]
    assert not model.messages


def test_what_rewriters_cost_is_counted_too() -> None:
    """One with a model tells it with what it made of the question."""
    rewrites = (Rewrite("read as", usage=Usage(30, 4)), Rewrite("asked in two", usage=Usage(5, 1)))
    kit = replace(KIT, language_models={"scripted": Scripted("High water comes at noon [1].")})
    question = replace(understand([QUESTION], kit), rewrites=rewrites)
    assert answer(question, Ranking((hit(1, WATER),)), kit).usage == Usage(135, 25)


def test_what_has_no_value_of_the_kind_asked_for_is_no_answer() -> None:
    """A model that talks around a question is not quoted; what stands before the value is."""
    question = "How many bells ring at noon?"
    reply, _ = ask("The wheel is oak [1].", question)
    assert all(p.origin != "generated" for p in reply.parts)
    assert any("wrote nothing of the kind asked for (amount)" in w for w in reply.warnings)
    reply, _ = ask("The wheel is oak [1]. The bells ring at seven [2].", question)
    assert [p.origin for p in reply.parts] == ["generated"]
    assert reply.text == "The wheel is oak. [1]\nThe bells ring at seven. [2]"
