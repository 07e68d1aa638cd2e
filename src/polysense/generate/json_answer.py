"""An answer as JSON: a language model fills a schema, and each value is checked against evidence.

What the evidence does not say becomes null where the schema allows it; else there is no answer.
What is true or false cannot be checked against words, so it is no value here.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from polysense.errors import BadQuery, ModelFailed
from polysense.generate.answer_builder import Listener
from polysense.generate.citations.check import faults
from polysense.generate.evidence import Support
from polysense.generate.refusal import refusal
from polysense.generate.steps import retrieval_steps
from polysense.generate.writing.instructions import instruction_block, instruction_warnings
from polysense.generate.writing.packing import evidence_text, messages, pack
from polysense.json_schema import JsonSchema, leaves, pointer, with_value
from polysense.messages import Message, Usage
from polysense.model_reply import parse_json, reply
from polysense.protocols import LanguageModel
from polysense.question import Question
from polysense.read.file.text import sentences
from polysense.read.language.analysis import terms
from polysense.read.language.quantities import quantities
from polysense.read.language.questions import content_terms
from polysense.read.language.units import unit_of
from polysense.registry import Kit
from polysense.results import Answer, AnswerPart
from polysense.retrieve.pinpoint import passage_offsets, pinpoint
from polysense.types import Evidence, Modality, Part, Ranking, Route, Step

MAX_TOKENS = 2000
"""Tokens that a model may write: an object of some dozens of values; judged."""

SHORT_VALUE_WORDS = 4
"""Content words of a value that must all stand in the evidence; of a longer one, as of a sentence,
most. Judged.
"""

PROMPT = files("polysense.generate") / "prompts" / "json.txt"


def json_answer(
    question: Question,
    ranking: Ranking,
    kit: Kit,
    schema: Mapping[str, Any],
    support: Support,
    notify: Listener,
) -> Answer:
    """The answer as one part of JSON; its meta["values"] tells by what evidence each is borne out.

    A schema of {"type": "object"} alone leaves the names to the model. Raises BadQuery without a
    language model or for a schema that is none, ModelFailed where what it writes is no such JSON.
    """
    start = time.perf_counter()
    model = check_json_question(("text",), kit, schema)
    filling = _Filling(model, question, JsonSchema(schema))
    if support.is_sufficient:
        filling.fill(pack(support.evidence, list(ranking), model.context))
    if filling.evidence:
        for e in filling.evidence:
            notify(e)
        evidence = list(filling.evidence)
        meta = {
            "evidence": [e.n for e in evidence],
            "values": filling.values,
            "model": model.name,
        }
        text = json.dumps(filling.value, ensure_ascii=False)
        part = AnswerPart(Part("text", text, "application/json", meta=meta), "generated")
        steps = [Step("text", "text", model.name, "native")]
    else:
        evidence, steps = list(support.evidence[:1]), []
        nearest = next(iter(evidence), None)
        words = refusal(question.language, support.missing, support.instead, nearest)
        part = AnswerPart(Part("text", words), "composed")
    notify(part.part)
    retrieval = (s for e in evidence for s in retrieval_steps(e, question, kit))
    return Answer(
        (part,),
        tuple(evidence),
        bool(filling.evidence),
        Route(("text",), "text", tuple(dict.fromkeys((*retrieval, *steps)))),
        {**ranking.timings, "answer": round(1000 * (time.perf_counter() - start), 3)},
        (*ranking.warnings, *support.warnings, *filling.warnings),
        ranking.rewrites,
        support.confidence,
        () if filling.evidence else support.missing,
        support.candidates,
        question.usage + filling.usage,
    )


def check_json_question(
    targets: Sequence[Modality], kit: Kit, schema: Mapping[str, Any]
) -> LanguageModel:
    """The model that is to fill a schema. Raises BadQuery without one, beside other modalities, and
    for a schema that is none: before any work.
    """
    JsonSchema(schema)
    if tuple(targets) != ("text",):
        raise BadQuery("JSON is text, and nothing else comes with it", "Ask for text alone.")
    if kit.language_model is None:
        raise BadQuery(
            "an answer as JSON needs a language model, and none is named",
            'Name one: language_models = ["openai:model=..."]; or ask for text.',
        )
    return kit.language_model


@dataclass(slots=True)
class _Filling:
    """What a model made of a schema, with what bears it out: values are numbers of evidence by the
    place of each value.
    """

    model: LanguageModel
    question: Question
    schema: JsonSchema
    value: Any = None
    evidence: list[Evidence] = field(default_factory=list)
    values: dict[str, list[int]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    def fill(self, pieces: Sequence[Evidence]) -> None:
        """Ask the model, then look for each value in the evidence."""
        self.warnings += instruction_warnings(self.question.instructions)
        self.value = self._write(pieces)
        for path, leaf in leaves(self.value):
            if leaf is None or leaf == "":
                continue
            sources, reason = self._sources(leaf, pieces)
            if sources:
                numbers = dict.fromkeys(self._number(e, str(leaf)) for e in sources)
                self.values[pointer(path)] = list(numbers)
                continue
            self.warnings.append(f"{self.model.name} filled in what is not there: {reason}")
            if not self.schema.allows_null(self.value, path):
                self.evidence.clear()
                return
            self.value = with_value(self.value, path, None)

    def _write(self, pieces: Sequence[Evidence]) -> Any:
        schema = self.schema.schema
        is_free = set(schema) <= {"type"}
        wish = instruction_block(self.question.instructions, f"wish-{secrets.token_hex(4)}")
        rules = "\n\n".join(filter(None, (PROMPT.read_text("utf-8"), wish)))
        _, user = messages(self.question, pieces)
        request = Message.of("user", user.text, f"JSON schema: {json.dumps(schema)}")
        chat = [Message.of("system", rules), request]
        answer = reply(self.model, chat, MAX_TOKENS, None if is_free else schema)
        self.usage += answer.usage
        try:
            value = parse_json(answer.text)
        except ValueError:
            raise self._failure("no JSON") from None
        if not isinstance(value, dict):
            raise self._failure("no object")
        if reasons := self.schema.faults(value):
            raise self._failure(f"JSON of another schema: {'; '.join(reasons[:3])}")
        return value

    def _failure(self, what: str) -> ModelFailed:
        hint = "Ask again, or take a model that keeps to schemas."
        return ModelFailed(f"{self.model.name} wrote {what}", hint)

    def _sources(self, leaf: Any, pieces: Sequence[Evidence]) -> tuple[list[Evidence], str]:
        """The evidence that says a value, for each of its sentences; or why none does."""
        if isinstance(leaf, bool):
            return [], f"{json.dumps(leaf)} cannot be checked against words: ask for the words"
        text = f"{leaf:.15g}" if isinstance(leaf, float) else str(leaf)
        spans = list(sentences(text)) if isinstance(leaf, str) else [(0, len(text))]
        sources = []
        for sentence in (text[a:b] for a, b in spans):
            nearest = sorted(pieces, key=lambda e: -_share(sentence, evidence_text(e)))
            source = next((e for e in nearest if not self._reason(leaf, sentence, e)), None)
            if source is None:
                return [], f"{sentence!r}: {self._reason(leaf, sentence, nearest[0])}"
            sources.append(source)
        return sources, "" if sources else f"{text!r} says nothing"

    def _reason(self, leaf: Any, sentence: str, e: Evidence) -> str:
        """Why a piece does not say a sentence of a value; "" where it does."""
        text = evidence_text(e)
        if not isinstance(leaf, str):
            numbers = {str(q) for q in quantities(text)}
            return "" if sentence in numbers else f"{sentence} is not in the evidence"
        language = str(e.hit.chunk.meta.get("lang", ""))
        if reasons := faults(sentence, text, language=language):
            return "; ".join(reasons)
        words = {t for t in content_terms(sentence, language) if t.isalpha() and not unit_of(t)}
        is_short = len(words) <= SHORT_VALUE_WORDS
        missing = sorted(words - set(terms(text, language))) if is_short else []
        return f"{', '.join(missing)} is not in the evidence" if missing else ""

    def _number(self, e: Evidence, words: str) -> int:
        chunk = e.hit.chunk
        span = pinpoint(chunk, words)
        passages = [chunk.text[a:b] for a, b in passage_offsets(chunk) if chunk.place(a, b) == span]
        quote = max(passages, key=lambda p: _share(words, p), default=chunk.text or chunk.context)
        part = Part("text", quote)
        for other in self.evidence:
            if (other.hit.chunk.id, other.span, other.part) == (chunk.id, span, part):
                return other.n
        self.evidence.append(replace(e, n=len(self.evidence) + 1, part=part, span=span))
        return len(self.evidence)


def _share(words: str, text: str) -> float:
    """How many of some words a text has, 0..1."""
    own = set(terms(words))
    return len(own & set(terms(text))) / max(len(own), 1)
