"""Questions through the rewriters that are configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from polysense import registry
from polysense.library import Library
from polysense.llm.openai import OpenAI
from polysense.protocols import Rewriter, Store
from polysense.query.rewrite import rewrite, to_exchanges
from polysense.query.understand import understand
from polysense.question import Exchange, Question, Rewrite, SearchText
from polysense.registry import Kit
from polysense.results import Answer, Turn, turns
from polysense.rewriters.hyde import Hyde
from polysense.rewriters.standalone_question import StandaloneQuestion
from polysense.stores.memory import Memory
from polysense.types import Part, Route

from ..llm.server import running


class Shout(Rewriter):
    """Adds a mark."""

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        return Rewrite("read as", f"{question.query_text}!")


class GermanOnly(Shout):
    languages = frozenset({"de"})


@pytest.fixture
def loud(bare: Kit) -> Kit:
    return replace(bare, rewriters={"shout": Shout()})


def test_each_reads_what_the_one_before_made(loud: Kit) -> None:
    """A follow-up is made whole first, then its words are looked up."""
    kit = replace(loud, rewriters={"first": Shout(), "second": Shout()})
    question = rewrite(understand(["where is the key"], kit), (), kit, Memory())
    assert question.query_text == question.words == "where is the key!!"
    assert [r.rewriter for r in question.rewrites] == ["first", "second"]


def test_other_words_are_told_of(loud: Kit) -> None:
    """Whoever asks must see that something else was searched."""
    question = rewrite(understand(["key"], loud), (), loud, Memory())
    assert question.warnings == ("read as: key!",)
    assert [str(r) for r in question.rewrites] == ["shout: read as: key!"]


def test_the_language_is_that_of_the_new_words(bare: Kit) -> None:
    """It is understood anew: by another language other models are asked."""

    class Translate(Shout):
        def rewrite(
            self, question: Question, history: Sequence[Exchange], store: Store
        ) -> Rewrite | None:
            return Rewrite("read as", "水塔有多高？")

    kit = replace(bare, rewriters={"translate": Translate()})
    assert rewrite(understand(["how tall is it"], kit), (), kit, Memory()).language == "zh"


def test_one_for_another_language_is_passed_over(bare: Kit) -> None:
    kit = replace(bare, rewriters={"german": GermanOnly()})
    german = understand(["Where is the key that opens the mill?"], kit)
    assert rewrite(german, (), kit, Memory()) == german


def test_what_only_adds_reads_the_last_words(bare: Kit) -> None:
    """Whatever the order in the settings: a question is taken apart once it is whole; what was
    typed at first stays at hand.
    """
    seen_words: list[str] = []

    class Passage(Rewriter):
        is_addition = True

        def rewrite(
            self, question: Question, history: Sequence[Exchange], store: Store
        ) -> Rewrite | None:
            seen_words.append(question.query_text)
            return Rewrite("adds", search_texts=(SearchText("Under the mat."),))

    kit = replace(bare, rewriters={"passage": Passage(), "one": Shout(), "two": Shout()})
    question = rewrite(understand(["where is the key"], kit), (), kit, Memory())
    assert seen_words == ["where is the key!!"]
    assert question.original_text == "where is the key"
    assert [t.words for t in question.search_texts] == ["Under the mat."]


def test_a_model_that_fails_leaves_the_question_as_it_is(bare: Kit) -> None:
    """The next ones have their turn, and the reader is told."""
    with running() as server:
        models = {n: OpenAI(model=n, base_url=server.url, retries=0) for n in ("broken", "good")}
        rewriters = {
            "standalone_question": StandaloneQuestion(language_model=models["broken"]),
            "hyde": Hyde(language_model=models["good"]),
        }
        kit = replace(bare, rewriters=rewriters)
        history = turns([("Where is the ferry?", "At the wharf.")])
        question = rewrite(understand(["when is high water"], kit), history, kit, Memory())
    (warning,) = question.warnings
    assert warning.startswith("standalone_question left the question as it is: broken at 127.0.0.1")
    assert question.query_text == "when is high water"
    assert [r.rewriter for r in question.rewrites] == ["hyde"]
    assert question.search_texts[0].words == "High water is at noon. [1]"


def test_files_stay_beside_the_new_words(loud: Kit, notes: Path) -> None:
    file = Part("text", notes / "mill.txt", name="mill.txt")
    question = rewrite(understand(["what", file, "here"], loud), (), loud, Memory())
    assert [p.data for p in question.query] == ["what here!", file.data]


def test_without_words_or_history_nothing_is_done(loud: Kit, notes: Path) -> None:
    """A file alone; and a question that was rewritten before."""
    file = understand([Part("text", notes / "mill.txt", name="mill.txt")], loud)
    assert not rewrite(replace(file, pieces=()), (), loud, Memory()).rewrites
    words = understand(["key"], loud)
    assert rewrite(words, None, loud, Memory()) == words


def test_a_conversation_is_questions_with_their_answers() -> None:
    """An answer in several turns is one; what comes before the first question is none."""
    history = turns([("Who?", "Nora."), ("When?", "1931.")])
    assert to_exchanges(history) == (Exchange("Who?", "Nora."), Exchange("When?", "1931."))
    assert to_exchanges(history[1:]) == (Exchange("When?", "1931."),)


def test_a_library_reads_its_conversation(tmp_path: Path, notes: Path) -> None:
    """What was carried over is in the answer's warnings; without a history nothing is."""
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(notes)
        before = [("Where is the mill wheel?", "By the brook.")]
        answer = kb.ask("How many paddles has it?", history=before)
        assert "thirty-two" in answer.text
        assert any("How many paddles has the mill wheel?" in w for w in answer.warnings)
        assert answer.rewrites[0].startswith("history: ")
        ranking = kb.search("How many padles has the mill wheel?")
        assert "read 'padles' as 'paddles'" in ranking.warnings[0]
        assert ranking.rewrites[0].startswith("spelling: ")
        left_out = replace(kit, rewriters={})
        with Library(tmp_path / "kb", kit=left_out) as plain:
            assert plain.ask("How many paddles has it?", history=before).rewrites == ()


def test_what_the_system_wishes_goes_along(loud: Kit) -> None:
    """However often the question is rewritten; it is nothing that was asked or answered before."""
    wishes = (
        Turn("system", (Part("text", "Be brief."),)),
        Turn("user", (Part("text", "When was it lit?"),)),
        Turn("system", (Part("text", "Say sir."),)),
    )
    question = rewrite(understand(["where is the key"], loud), wishes, loud, Memory())
    assert question.instructions == "Be brief.\nSay sir."
    assert question.query_text == "where is the key!"
    assert to_exchanges(wishes) == (Exchange("When was it lit?"),)


def test_a_refusal_is_no_answer_to_lean_on() -> None:
    """What the program says of itself names nothing."""
    part = Part("text", "Who is she?")
    refusal = Answer((), (), False, Route(("text",), "text"))
    exchanges = to_exchanges(
        [Turn("user", (part,)), Turn("assistant", (Part("text", "Nothing."),), refusal)]
    )
    assert exchanges == (Exchange("Who is she?", ""),)
