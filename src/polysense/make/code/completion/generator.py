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
from polysense.read.language.analysis import content
from polysense.types import Evidence, Modality, Origin, Part, Query

ENOUGH = 0.4
"""The likeness from which on a function is finished as another goes: below, what came of it was no
more like the truth than chance.
"""

ASKED, DRAFTED = 1200, 800
"""Characters of the unfinished function, and of its draft, that are looked for."""

MOST_BYTES = 4 << 20
MOST_TRIED = 8


@dataclass(frozen=True, slots=True)
class _Model:
    """A finished function to go by, the evidence that it is in, its file's words, and its likeness
    to the unfinished one, 0..1.
    """

    source: Function
    evidence: Evidence
    whole: str
    wanted: Unfinished
    likeness: float


class Completion(Generator):
    """Half a function in the question -> the whole of it: the rest of the library's most similar
    function under its names, with imports.

    Repository completion without a language model: what Zhang et al., "RepoCoder" (EMNLP 2023) put
    before one is itself the draft.
    """

    accepts: frozenset[Modality] = frozenset({"code"})
    emits: Modality = "code"
    cost = 0.05
    origin: Origin = "composed"

    def seek(self, query: Query, drafted: Sequence[Part] = ()) -> Query:
        """What to look for: the unfinished function and its draft so far. Empty where the question
        holds none.
        """
        found = unfinished(query)
        if not found:
            return ()
        own = found[0].own
        own = own if len(own) <= ASKED else f"{own[: ASKED // 3]}\n{own[-2 * ASKED // 3 :]}"
        return (
            Part(
                "text",
                "\n".join([own, *(str(p.meta["completion"])[:DRAFTED] for p in drafted[:1])]),
            ),
        )

    def draft(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """The same as `generate` of the most similar function, however little that is."""
        return _finished(query, evidence, 0.0)

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """What was given with the rest in it; Python always parses. Nothing for a finished
        question, and where nothing is like it.
        """
        return _finished(query, evidence, ENOUGH)


def _finished(query: Query, evidence: Sequence[Evidence], least: float) -> Iterator[Part]:
    models = [
        m for wanted in unfinished(query) for m in _models(wanted, evidence) if m.likeness >= least
    ]
    for model in sorted(models, key=lambda m: -m.likeness)[:MOST_TRIED]:
        made = _made(model)
        if made is not None:
            yield made
            return


def _models(wanted: Unfinished, evidence: Sequence[Evidence]) -> Iterator[_Model]:
    """The finished functions that the evidence shows."""
    seen: set[tuple[str, int]] = set()
    rank = 0
    for e in evidence:
        asset, lines = e.hit.chunk.asset, e.hit.chunk.span.lines
        if asset.mime != wanted.mime or not lines:
            continue
        whole = _read(asset.path)
        first, last = (lines[0] - 1, lines[1] - 1) if whole else (0, lines[1] - lines[0])
        known = [
            f
            for f in _functions(whole or e.hit.chunk.text, wanted.mime, wanted.ending)
            if f.first <= last and f.last >= first
        ]
        for f in known:
            same = (wanted.function.name, wanted.function.head) == (
                f.name,
                f.head,
            ) and asset.path == wanted.path is not None
            if not (f.empty or f.broken or same or (asset.id, f.start) in seen):
                seen.add((asset.id, f.start))
                yield _Model(f, e, whole or e.hit.chunk.text, wanted, likeness(wanted, f, rank))
        rank += bool(known)


@lru_cache(maxsize=16)
def _functions(source: str, kind: str, ending: str) -> tuple[Function, ...]:
    """Kept, because a draft is made several times over of much the same files."""
    return tuple(functions(source, kind, ending))


def _read(path: Path | None) -> str:
    return (
        text.read(path)
        if path is not None and path.is_file() and path.stat().st_size <= MOST_BYTES
        else ""
    )


def likeness(wanted: Unfinished, source: Function, rank: int = 0) -> float:
    """How like the rest of one is to be the body of another, 0..1: by head, words about them,
    parameters, class, and where it was found.

    Least squares without negative weights on 200 tasks of RepoEval: it tells the edit similarity to
    be expected. What is written of the body already is told apart there by nothing, so its weight
    is judged.
    """
    f = wanted.function
    own, other = set(f.own), set(source.own)
    marks = (
        (0.20, SequenceMatcher(None, f.head, source.head, autojunk=False).ratio()),
        (
            0.12,
            _dice(set(content(f.doc)), set(content(source.doc))) if f.doc and source.doc else 0.0,
        ),
        (0.11, 1.0 / (1 + rank)),
        (0.07, float(bool(f.holder) and f.holder == source.holder)),
        (0.065, _dice(own, other)),
        (0.035, float(f.name == source.name)),
        (0.02, 1.0 - abs(len(own) - len(other)) / max(1, len(own), len(other))),
        (0.015, float(bool(f.holder) == bool(source.holder))),
        (0.25, 0.0 if f.empty else _dice(set(content(f.body)), set(content(source.body)))),
    )
    return 0.06 + sum(w * m for w, m in marks)


def _dice(a: set[str], b: set[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _made(model: _Model) -> Part | None:
    wanted, e, source = model.wanted, model.evidence, model.source
    code, missing = continuation.body(source, wanted)
    rest = continuation.continued(code, wanted)
    if rest is None:
        return None
    asset = e.hit.chunk.asset
    shift = 0 if _read(asset.path) else (e.hit.chunk.span.lines or (1, 1))[0] - 1
    place = f"L{source.first + shift + 1}-{source.last + shift + 1}"
    added, missing = continuation.with_defaults(rest, wanted, source, missing)
    plain = continuation.whole(wanted, added)
    if plain is None:
        return None
    path = (
        asset.path if asset.path is not None and asset.uri == str(asset.path) else Path(asset.name)
    )
    imports, unknown = continuation.needs(plain, wanted, model.whole, source, added, path)
    missing += [n for n in unknown if n not in missing]
    noted = continuation.noted(wanted, added, f"{' '.join(asset.name.split())}, {place}", missing)
    made = continuation.with_imports(
        continuation.whole(wanted, noted) or plain, imports, wanted.mime
    )
    name = (
        wanted.path.name
        if wanted.path
        else f"{wanted.function.name}{(mime.endings(wanted.mime) or ('.txt',))[0]}"
    )
    meta = {
        "language": wanted.mime.rsplit("/", 1)[-1].removeprefix("x-"), "lines": place, "evidence": [e.n],
        "completion": rest, "missing": missing, "likeness": round(model.likeness, 3),
    }  # fmt: skip
    return Part("code", made, mime=wanted.mime, name=re.sub(r"[^\w.+-]+", "_", name), meta=meta)
