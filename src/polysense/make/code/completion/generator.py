"""Half a function, finished as the most similar one in the library goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from polysense.make.code.completion import continuation
from polysense.make.code.completion.functions import Function, functions
from polysense.make.code.completion.unfinished import Unfinished, unfinished
from polysense.protocols import Generator
from polysense.read.file import mime, text
from polysense.read.language.questions import content_terms
from polysense.types import Evidence, Modality, Origin, Part, Query

MIN_LIKENESS = 0.4
"""The likeness from which on a function is finished as another goes: below, what came of it was no
more like the truth than chance.
"""

MAX_FUNCTION_CHARS, MAX_DRAFT_CHARS = 1200, 800
"""Characters of the unfinished function, and of its draft, that are looked for."""

MAX_BYTES = 4 << 20
"""Of a larger file only the piece that was found is looked at. Judged, not measured."""

MAX_TEMPLATES = 8
"""Functions that are tried, the most similar first. Judged, not measured."""

ROUNDS = 3
"""Rounds of retrieval, each with the draft of the one before. Measured on 100 tasks of RepoEval
against one round: edit similarity +0.0109 over all tasks; 16 completions change, 11 for the better,
4 for the worse (docs/benchmarks.md).
"""

LIKENESS_WEIGHTS = {
    "head": 0.20,
    "doc": 0.12,
    "rank": 0.11,
    "same class": 0.07,
    "parameters": 0.065,
    "same name": 0.035,
    "parameter count": 0.02,
    "both in a class": 0.015,
    "body": 0.25,
}
LIKENESS_BASE = 0.06
"""Least squares without negative weights on 200 tasks of RepoEval: they tell the edit similarity to
be expected. What is written of the body already is told apart there by nothing, so its weight is
judged.
"""


@dataclass(frozen=True, slots=True)
class _Template:
    """A finished function to go by, the evidence that it is in, its file's words, and its likeness
    to the unfinished one, 0..1.
    """

    function: Function
    evidence: Evidence
    file_text: str
    target: Unfinished
    likeness: float


class Completion(Generator):
    """Half a function in the question -> the whole of it: the rest of the library's most similar
    function under its names, with imports.

    Repository completion without a language model: what Zhang et al., "RepoCoder" (EMNLP 2023) put
    before one is itself the draft. rounds is how often it is searched and drafted.
    """

    accepts: frozenset[Modality] = frozenset({"code"})
    emits: Modality = "code"
    cost = 0.05
    origin: Origin = "composed"
    reads_all = False

    def __init__(self, *, rounds: int = ROUNDS) -> None:
        self.rounds = rounds

    def seek(self, query: Query, drafted: Sequence[Part] = ()) -> Query:
        """What to look for: the unfinished function and its draft so far. Empty where the question
        holds none.
        """
        readings = unfinished(query)
        if not readings:
            return ()
        function_text = readings[0].function_text
        if len(function_text) > MAX_FUNCTION_CHARS:  # its head, and what was written last
            head = function_text[: MAX_FUNCTION_CHARS // 3]
            function_text = f"{head}\n{function_text[-2 * MAX_FUNCTION_CHARS // 3 :]}"
        return (
            Part(
                "text",
                "\n".join(
                    [
                        function_text,
                        *(str(p.meta["completion"])[:MAX_DRAFT_CHARS] for p in drafted[:1]),
                    ]
                ),
            ),
        )

    def draft(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """The same as `generate` of the most similar function, however little that is."""
        return _complete(query, evidence, 0.0)

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """What was given with the rest in it; Python always parses. Nothing for a finished
        question, and where nothing is like it.
        """
        return _complete(query, evidence, MIN_LIKENESS)


def _complete(query: Query, evidence: Sequence[Evidence], min_likeness: float) -> Iterator[Part]:
    templates = [
        m
        for target in unfinished(query)
        for m in _templates(target, evidence)
        if m.likeness >= min_likeness
    ]
    for template in sorted(templates, key=lambda m: -m.likeness)[:MAX_TEMPLATES]:
        part = _completed_part(template)
        if part is not None:
            yield part
            return


def _templates(target: Unfinished, evidence: Sequence[Evidence]) -> Iterator[_Template]:
    """The finished functions that the evidence shows."""
    template_ids: set[tuple[str, int]] = set()
    rank = 0
    for e in evidence:
        asset, lines = e.hit.chunk.asset, e.hit.chunk.span.lines
        if asset.mime != target.mime or not lines:
            continue
        file_text = _read_source(asset.path)
        first, last = (lines[0] - 1, lines[1] - 1) if file_text else (0, lines[1] - lines[0])
        in_span = [
            f
            for f in _functions_of(file_text or e.hit.chunk.text, target.mime, target.ending)
            if f.first_line <= last and f.last_line >= first
        ]
        for f in in_span:
            is_target = (target.function.name, target.function.head) == (
                f.name,
                f.head,
            ) and asset.path == target.path is not None
            if not (f.is_empty or f.has_error or is_target or (asset.id, f.start) in template_ids):
                template_ids.add((asset.id, f.start))
                yield _Template(
                    f, e, file_text or e.hit.chunk.text, target, likeness(target, f, rank)
                )
        rank += bool(in_span)


@lru_cache(maxsize=16)
def _functions_of(source: str, mime_type: str, ending: str) -> tuple[Function, ...]:
    """Cached, because a draft is made several times over of much the same files."""
    return tuple(functions(source, mime_type, ending))


def _read_source(path: Path | None) -> str:
    return (
        text.read_text(path)
        if path is not None and path.is_file() and path.stat().st_size <= MAX_BYTES
        else ""
    )


def likeness(target: Unfinished, source: Function, rank: int = 0) -> float:
    """How like the rest of one is to be the body of another, 0..1: by head, words about them,
    parameters, class, and where it was found.
    """
    f = target.function
    own, other = set(f.own_params), set(source.own_params)
    features = {
        "head": SequenceMatcher(None, f.head, source.head, autojunk=False).ratio(),
        "doc": _term_overlap(f.doc, source.doc),
        "rank": 1.0 / (1 + rank),
        "same class": float(bool(f.class_name) and f.class_name == source.class_name),
        "parameters": _dice(own, other),
        "same name": float(f.name == source.name),
        "parameter count": 1.0 - abs(len(own) - len(other)) / max(1, len(own), len(other)),
        "both in a class": float(bool(f.class_name) == bool(source.class_name)),
        "body": 0.0 if f.is_empty else _term_overlap(f.body, source.body),
    }
    return LIKENESS_BASE + sum(LIKENESS_WEIGHTS[name] * value for name, value in features.items())


def _term_overlap(a: str, b: str) -> float:
    return _dice(set(content_terms(a)), set(content_terms(b))) if a and b else 0.0


def _dice(a: set[str], b: set[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _completed_part(template: _Template) -> Part | None:
    target, e, source = template.target, template.evidence, template.function
    statements, missing = continuation.adapt_statements(source, target)
    rest = continuation.continue_statements(statements, target)
    if rest is None:
        return None
    asset = e.hit.chunk.asset
    line_offset = 0 if _read_source(asset.path) else (e.hit.chunk.span.lines or (1, 1))[0] - 1
    lines = f"L{source.first_line + line_offset + 1}-{source.last_line + line_offset + 1}"
    new_lines, missing = continuation.with_defaults(rest, target, source, missing)
    without_comment = continuation.complete_source(target, new_lines)
    if without_comment is None:
        return None
    import_path = (
        asset.path if asset.path is not None and asset.uri == str(asset.path) else Path(asset.name)
    )
    imports, unknown = continuation.missing_imports(
        without_comment, target, template.file_text, source, new_lines, import_path
    )
    missing += [n for n in unknown if n not in missing]
    with_comment = continuation.with_source_comment(
        target, new_lines, f"{' '.join(asset.name.split())}, {lines}", missing
    )
    result = continuation.with_imports(
        continuation.complete_source(target, with_comment) or without_comment, imports, target.mime
    )
    name = (
        target.path.name
        if target.path
        else f"{target.function.name}{(mime.endings(target.mime) or ('.txt',))[0]}"
    )
    meta = {
        "language": target.mime.rsplit("/", 1)[-1].removeprefix("x-"),
        "lines": lines,
        "evidence": [e.n],
        "completion": rest,
        "missing": missing,
        "likeness": round(template.likeness, 3),
    }
    return Part("code", result, mime=target.mime, name=re.sub(r"[^\w.+-]+", "_", name), meta=meta)
