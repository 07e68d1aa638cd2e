"""From hits to an answer: evidence decides the content, the modalities asked for the form.

In the words of a language model where one is configured, else by the ways of the grid. Words come
with whatever is made, so that every answer is cited.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from polysense.augment.surroundings import NoSurroundings, Surroundings
from polysense.errors import NoRoute
from polysense.generate.answer_builder import (
    AnswerBuilder,
    FindRelated,
    Listener,
    ignore_event,
    nothing_related,
)
from polysense.generate.conclusion import conclude
from polysense.generate.evidence import Support, gather
from polysense.generate.refusal import (
    cannot_be_made,
    nearest_in_another_language,
    other_language,
    refusal,
    unread_language,
)
from polysense.generate.routes import routes_to
from polysense.generate.steps import retrieval_steps
from polysense.modalities import describe
from polysense.question import Question
from polysense.read.language.creation import asks_for_style
from polysense.registry import Kit
from polysense.results import Answer, AnswerPart
from polysense.types import Evidence, Modality, Part, Ranking

_CITATION = re.compile(r"\[(\d+)\]")


def answer(
    question: Question,
    ranking: Ranking,
    kit: Kit,
    targets: Sequence[Modality] = ("text",),
    notify: Listener = ignore_event,
    find_related: FindRelated = nothing_related,
    around: Surroundings | None = None,
    support: Support | None = None,
    missing: Sequence[str] = (),
    refusal: Sequence[AnswerPart] = (),
) -> Answer:
    """Answer a question from a ranking of hits for it, in one or several modalities.

    support is the evidence where it has been gathered already; missing are sentences that say what
    there is none for; refusal is what to say where nothing answers.

    `notify` gets the evidence, then each part as soon as it is made. Raises NoRoute before any
    work.
    """
    start = time.perf_counter()
    for target in targets:
        routes_to(kit, target)
        if target != "text" and asks_for_style(question.typed_words):
            _check_style(kit, target)
    around = around or NoSurroundings()
    doubts: list[str] = []
    conclusion = conclude(question, list(ranking), kit, doubts.append)
    if conclusion:
        support, missing = conclusion.support, ()
    support = support or gather(question, list(ranking), kit, around)
    builder = AnswerBuilder(
        question, kit, support, find_related, conclusion, around, warnings=doubts
    )
    is_in_words = tuple(targets) == ("text",)
    parts = _join_text(builder.write(list(ranking), notify) if is_in_words else [], missing)
    if not parts and not builder.has_refused:
        parts = _build(builder, targets, notify, missing)
    answered = bool(parts)
    if answered and "text" not in targets:
        parts += _caption(builder, parts, notify, missing)
    elif is_in_words:
        parts += _native_parts(builder.evidence)
    if not answered:
        parts = [*refusal] or _refusal(support, question, targets, kit, around, builder.has_refused)
        builder.evidence = list(support.evidence[:1])
        builder.steps = [s for e in builder.evidence for s in retrieval_steps(e, question, kit)]
        notify(parts[0].part)
    warnings = (
        *ranking.warnings,
        *support.warnings,
        *builder.warnings,
        *_caption_warnings(builder.evidence),
    )
    timings = {**ranking.timings, "answer": round(1000 * (time.perf_counter() - start), 3)}
    route = builder.route(targets[0])
    return Answer(
        tuple(parts),
        tuple(builder.evidence),
        answered,
        route,
        timings,
        warnings,
        ranking.rewrites,
        support.confidence,
        () if answered else support.missing,
        support.candidates,
        question.usage + builder.usage,
    )


def _check_style(kit: Kit, target: Modality) -> None:
    """Raise NoRoute where no model makes things of a modality: those that are there have their own
    style.
    """
    makers = [
        *(g.origin for g in kit.generators.values() if g.emits == target),
        *(c.origin for c in kit.converters.values() if target in c.targets),
    ]
    if "generated" not in makers:
        raise NoRoute(
            f"no model here makes {target} in a style",
            "Configure one that does (`polysense doctor` lists them), or ask for it as it is.",
        )


def _build(
    builder: AnswerBuilder, targets: Sequence[Modality], notify: Listener, missing: Sequence[str]
) -> list[AnswerPart]:
    """The parts in each modality, by the ways of the grid."""
    builder.evidence += builder.support.evidence if builder.support.is_sufficient else ()
    for e in builder.evidence:
        notify(e)
    parts: list[AnswerPart] = []
    for target in targets:
        outputs = builder.build(target, notify)
        parts += _join_text(outputs, missing) if target == "text" else outputs
    return parts


def _refusal(
    support: Support,
    question: Question,
    targets: Sequence[Modality],
    kit: Kit,
    around: Surroundings,
    model_refused: bool = False,
) -> list[AnswerPart]:
    """That nothing answers, and why, in the question's language."""
    own = question.language
    if not own and not support.is_sufficient:
        own = unread_language(question.typed_words, kit)
    theirs = _language_besides(own, support, around) if own and not support.is_sufficient else ""
    nearest = next(iter(support.evidence), None)
    if support.is_sufficient and not model_refused:
        message = cannot_be_made(own, targets)
    elif theirs and kit.text_encoder(own, theirs) is None:
        message = other_language(own, theirs)
    elif nearest and theirs and str(nearest.hit.chunk.meta.get("lang", "")) == theirs:
        place = f"{nearest.hit.chunk.asset.label}, {nearest.span}"
        message = nearest_in_another_language(own, theirs, place)
    else:
        message = refusal(own, support.missing, support.instead, nearest)
    return [AnswerPart(Part("text", message), "composed")]


def _language_besides(own: str, support: Support, around: Surroundings) -> str:
    """The language of what is nearest, or of the library, where it is not the question's."""
    nearest = support.evidence[0].hit.chunk if support.evidence else None
    if nearest is not None and not support.missing:
        language = str(nearest.meta.get("lang", ""))
        return language if language not in ("", own) else ""
    return around.language_besides(own)


def _join_text(parts: Sequence[AnswerPart], missing: Sequence[str] = ()) -> list[AnswerPart]:
    """The words as one part, with what there is no evidence for."""
    if not parts:
        return []
    lines = [*(str(m.part.data) for m in parts), *missing]
    text = "\n".join(lines)
    meta = {k: v for k, v in parts[0].part.meta.items() if k in ("model", "how", "sql")}
    meta["evidence"] = sorted({int(n) for n in _CITATION.findall(text)})
    return [AnswerPart(Part("text", text, meta=meta), parts[0].origin)]


def _caption(
    builder: AnswerBuilder,
    outputs: Sequence[AnswerPart],
    notify: Listener,
    missing: Sequence[str] = (),
) -> list[AnswerPart]:
    """The words that go with other parts: what the evidence says, and where each part is from."""
    outputs_in_words = builder.build("text", ignore_event) if builder.support.is_sufficient else []
    words = _join_text(outputs_in_words, missing)
    lines = [str(p.part.data) for p in words]
    for p in outputs:
        evidence = [builder.evidence[n - 1] for n in p.part.meta["evidence"]]
        model = p.part.meta.get("model") if p.origin == "generated" else ""
        form = p.part.meta.get("form", "")
        lines.append(
            f"{p.part.modality}{f' ({form})' if form else ''}, {p.origin}"
            f"{f' by {model}' if model else ''}: "
            + "; ".join(f"{e.hit.chunk.asset.label}, {e.span} [{e.n}]" for e in evidence)
        )
    caption = Part("text", "\n".join(lines))
    notify(caption)
    return [AnswerPart(caption, words[0].origin if words else "composed")]


def _caption_warnings(evidence: Sequence[Evidence]) -> list[str]:
    """That what is said of a picture is a model's description, not words in it."""
    warnings = {}
    for e in evidence:
        meta, text = e.hit.chunk.meta, str(e.part.data).strip() if e.part.modality == "text" else ""
        if meta.get("caption") and (not text or text in str(meta["caption"])):
            name, model = e.hit.chunk.asset.label, meta.get("caption_model", "")
            warnings[name] = f"what is said of {name} is a description by {model}"
    return list(warnings.values())


def _native_parts(evidence: Sequence[Evidence]) -> Iterator[AnswerPart]:
    """The pictures, sounds, clips, models and tables that the evidence is, each once."""
    chunks = {
        e.hit.chunk.id: e.hit.chunk
        for e in evidence
        if describe(e.hit.modality).is_shown and e.hit.chunk.part
    }
    return (
        AnswerPart(replace(c.part, modality=c.modality) if c.is_page else c.part, "retrieved")
        for c in chunks.values()
        if c.part
    )
