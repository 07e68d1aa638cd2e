"""Checks of parsers, encoders, converters, rerankers and generators."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from threading import Barrier
from typing import Any, TypeVar, get_args

import numpy as np

from polysense.protocols import Converter, Encoder, Generator, Parser, Reranker, Vectors
from polysense.testing.rules import are_names, has_all, is_json, is_place, is_share, name_of, need
from polysense.types import Asset, Chunk, Evidence, Hit, Link, Origin, Part, Query, Space, Span

T = TypeVar("T")

ALIKE = 1e-3
"""How far the components of a part's vector may lie apart from one call to the next: batching
changes the order of sums.
"""


def check_parser(parser: Parser, asset: Asset) -> list[Chunk]:
    """Check a parser on a file that it should read; gives the file's chunks.

    Give an asset with something in it: one without chunks proves nothing.
    """
    who = name_of(parser)
    has_all(parser, Parser)
    are_names(parser.accepts, f"{who}.accepts")
    types = {asset.mime, PurePosixPath(asset.name.lower()).suffix}
    need(
        bool(parser.accepts & types),
        f"{who} does not accept {asset.name} ({asset.mime})",
        "Check it on a file that it accepts.",
    )
    found, again = _at_once(lambda: _parsed(parser, asset, who))
    for item in found:
        if isinstance(item, Chunk):
            _chunk(item, asset, who)
        else:
            need(
                isinstance(item, Link),
                f"{who}.parse gave a {type(item).__name__}: only Chunk and Link may come out",
            )
            _link(item, who)
    chunks = [c for c in found if isinstance(c, Chunk)]
    need(
        bool(chunks),
        f"{who}.parse found no chunk in {asset.name}",
        "Give the check a file with something in it.",
    )
    seen: dict[str, Chunk] = {}
    for c in chunks:
        need(
            c.id not in seen,
            f"{who}: two {c.modality} chunks of {asset.name} have one id: both are at {c.span}",
            "Say more in the span.",
        )
        seen[c.id] = c
    same = [c.id for c in again if isinstance(c, Chunk)] == list(seen)
    need(
        same,
        f"{who}: reading {asset.name} twice, in two threads at once, gives different chunks, or another order",
    )
    return chunks


def check_encoder(encoder: Encoder, parts: Sequence[Part]) -> Vectors:
    """Check an encoder on parts of the modalities that it accepts, or asks with; gives the vectors
    of those accepted.

    Give two parts at least, of differing content and size.
    """
    who = name_of(encoder)
    has_all(encoder, Encoder)
    are_names(encoder.accepts, f"{who}.accepts")
    are_names(encoder.asks, f"{who}.asks", some=False)
    need(
        encoder.languages is None or isinstance(encoder.languages, frozenset),
        f"{who}.languages is {encoder.languages!r}, no frozenset",
    )
    space = encoder.space
    need(
        isinstance(space, Space) and bool(space.name) and space.dim > 0,
        f"{who}.space is {space!r}: it needs a name and a dimension",
    )
    need(
        encoder.floor <= encoder.sure,
        f"{who}.floor ({encoder.floor}) is above .sure ({encoder.sure})",
    )
    need(all(w >= 0 for w in encoder.trust.values()), f"{who}.trust has a weight below 0")
    taken = [p for p in parts if p.modality in encoder.accepts]
    strange = {p.modality for p in parts} - encoder.accepts - encoder.asks
    need(
        not strange,
        f"{who} takes no {', '.join(sorted(strange))}",
        "Check it on parts of the modalities that it accepts.",
    )
    need(
        len(taken) > 1,
        f"{who} was given {len(taken)} parts to encode",
        f"Check it on two at least of: {', '.join(encoder.accepts)}.",
    )
    vectors, again = _at_once(lambda: encoder.encode(taken))
    _rows(encoder, vectors, len(taken), f"{len(taken)} parts")
    _same(
        vectors,
        again,
        f"{who}: encoding the same parts twice, in two threads at once, gives different vectors",
        _GUARD,
    )
    some = vectors[np.isfinite(vectors).all(axis=1)]
    need(
        bool(len(some)),
        f"{who} made nothing of any part",
        "Check it on parts with something in them.",
    )
    need(
        len(some) < 2 or bool(np.ptp(some, axis=0).any()),
        f"{who} gives every part the same vector",
        "Check it on parts that differ.",
    )
    _rows(encoder, encoder.encode([]), 0, "nothing")
    for part, row in zip(taken, vectors, strict=True):
        _same(
            row[None],
            encoder.encode([part]),
            f"{who}: {part!r} has one vector alone and another in a batch",
        )
    _rows(encoder, encoder.encode(list(parts), "query"), len(parts), f"{len(parts)} queries")
    return vectors


def check_converter(converter: Converter, part: Part) -> list[Part]:
    """Check a converter on a part of its source modality; gives the parts made."""
    who = name_of(converter)
    has_all(converter, Converter)
    are_names(converter.targets, f"{who}.targets")
    is_share(converter.cost, who)
    need(
        converter.origin in get_args(Origin),
        f"{who}.origin is {converter.origin!r}, none of {', '.join(get_args(Origin))}",
    )
    need(
        part.modality == converter.source,
        f"{who} takes {converter.source}, and was given {part.modality}",
    )
    made, again = _at_once(lambda: _converted(converter, part, who))
    need(
        bool(made),
        f"{who}.convert made nothing of {part!r}",
        "Give the check a part with something in it.",
    )
    for each in made:
        need(
            isinstance(each, Part),
            f"{who}.convert gave a {type(each).__name__}: only Part may come out",
        )
        is_place(each.span, f"{who}: a part made of {part!r}")
        need(
            each.modality in converter.targets,
            f"{who} made {each.modality}, which is not among its targets",
        )
        need(
            each.modality != "text" or isinstance(each.data, str),
            f"{who} made text that is no str but {type(each.data).__name__}",
        )
        need(
            not isinstance(each.data, str | bytes) or bool(each.data),
            f"{who} made an empty part at {each.span}",
        )
        is_json(each.meta, f"{who}: meta of {each!r}")
    same = [p.id for p in again] == [p.id for p in made]
    need(
        same,
        f"{who}: converting {part!r} twice, in two threads at once, gives different parts",
        _GUARD,
    )
    return made


def check_reranker(reranker: Reranker, query: Query, chunks: Sequence[Chunk]) -> None:
    """Check a reranker on a query and two chunks at least."""
    who = name_of(reranker)
    has_all(reranker, Reranker)
    are_names(reranker.accepts, f"{who}.accepts")
    need(
        len(chunks) > 1,
        f"{who} was given {len(chunks)} chunks to score",
        "Check it on two at least.",
    )
    scores, again = _at_once(lambda: [float(s) for s in reranker.score(query, chunks)])
    need(
        len(scores) == len(chunks),
        f"{who}.score gave {len(scores)} scores for {len(chunks)} chunks",
    )
    need(all(map(math.isfinite, scores)), f"{who}.score gave a score that is no finite number")
    need(
        np.allclose(scores, again, atol=ALIKE),
        f"{who}: scoring twice, in two threads at once, gives different scores",
        _GUARD,
    )
    backwards = [float(s) for s in reranker.score(query, chunks[::-1])][::-1]
    need(
        np.allclose(scores, backwards, atol=ALIKE),
        f"{who}: a chunk's score depends on the order in which chunks are given",
    )
    need(not len(reranker.score(query, [])), f"{who}.score gave scores for no chunks")


def check_generator(
    generator: Generator, evidence: Sequence[Evidence] = (), words: str = "When is high water?"
) -> list[Part]:
    """Check a generator on evidence, on the first piece of it, and on none; gives the parts made of
    all.

    Three sentences are the evidence where none is given: give it some where it takes no text, or
    needs other forms, and a question in words that it answers.
    """
    who = name_of(generator)
    has_all(generator, Generator)
    are_names(generator.accepts, f"{who}.accepts")
    are_names(generator.needs, f"{who}.needs", some=False)
    is_share(generator.cost, who)
    need(bool(generator.emits), f"{who}.emits names no modality")
    need(
        generator.origin in get_args(Origin),
        f"{who}.origin is {generator.origin!r}, none of {', '.join(get_args(Origin))}",
    )
    query, given = (
        (Part("text", words),),
        evidence or [_evidence(n, said) for n, said in enumerate(_TIDES, 1)],
    )
    strange = {e.hit.modality for e in given} - generator.accepts
    need(
        not strange,
        f"{who} takes no {', '.join(sorted(strange))}",
        "Give the check evidence of the modalities that it accepts.",
    )
    made = _generated(generator, query, given, who)
    need(bool(made), f"{who}.generate made nothing of evidence")
    need(
        generator.emits != "text" or bool(_cited(made)),
        f"{who} answers without saying where from",
        "Cite evidence n as [n].",
    )
    _generated(generator, query, given[:1], who)
    _generated(generator, query, [], who)
    return made


_GUARD = "Guard what is shared with a lock, loading at first use among it."


def _at_once(make: Callable[[], T]) -> tuple[T, T]:
    """What two threads make that begin together: the first use of a new plug-in is where loading
    races.
    """
    start = Barrier(2)

    def begin(_: int) -> T:
        start.wait()
        return make()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(begin, range(2))
    return first, second


def _parsed(parser: Parser, asset: Asset, who: str) -> list[Chunk | Link]:
    stream = parser.parse(asset)
    need(
        isinstance(stream, Iterator),
        f"{who}.parse gives a {type(stream).__name__}, not an iterator",
        "Write it as a generator.",
    )
    return list(stream)


def _converted(converter: Converter, part: Part, who: str) -> list[Part]:
    stream = converter.convert(part)
    need(
        isinstance(stream, Iterable),
        f"{who}.convert gives a {type(stream).__name__}, not an iterable",
        "Write it as a generator.",
    )
    return list(stream)


def _chunk(chunk: Chunk, asset: Asset, who: str) -> None:
    is_place(chunk.span, f"{who}: the {chunk.modality or '?'} chunk of {asset.name}")
    what = f"{who}: the {chunk.modality or '?'} chunk at {chunk.span} of {asset.name}"
    need(bool(chunk.modality), f"{what} has no modality")
    need(chunk.asset.id == asset.id, f"{what} belongs to another asset")
    need(
        bool(chunk.span),
        f"{what} has an empty span: evidence must say where it lies",
        "Span(chars=(0, n)) is the whole of a text.",
    )
    need(
        isinstance(chunk.text, str) and isinstance(chunk.context, str),
        f"{what} has words that are no str",
        'Use "" for none.',
    )
    need(
        chunk.part is not None or bool(chunk.words.strip()),
        f"{what} has neither a part nor words: nothing could find it",
    )
    if chunk.part is not None:
        lazy = isinstance(chunk.part.data, str | Path)
        need(
            lazy,
            f"{what} carries its content ({type(chunk.part.data).__name__})",
            "Refer to it: Part(modality, asset.path, span=...).",
        )
        is_place(chunk.part.span, f"{what}, its part")
    starts = [m.start for m in chunk.marks]
    need(starts == sorted(starts), f"{what} has marks out of order")
    for mark in chunk.marks:
        inside = 0 <= mark.start < mark.end <= len(chunk.text)
        need(
            inside,
            f"{what} marks characters {mark.start}-{mark.end} of a text of {len(chunk.text)}",
        )
        need(bool(mark.span), f"{what} has a mark that says no place")
        is_place(mark.span, f"{what}, a mark")
    is_json(chunk.meta, f"{what}: meta")


def _link(link: Link, who: str) -> None:
    what = f"{who}: the link to {link.target!r}"
    need(bool(link.target), f"{who} gave a link without a target")
    need(
        not link.target.startswith(("http:", "https:", "data:")),
        f"{what} is no file",
        "Links are between files; leave out the web.",
    )
    is_place(link.span, what)


def _rows(encoder: Encoder, vectors: Any, n: int, given: str) -> None:
    who, dim = name_of(encoder), encoder.space.dim
    need(
        isinstance(vectors, np.ndarray),
        f"{who}.encode of {given} gives a {type(vectors).__name__}, not an array",
    )
    need(
        vectors.shape == (n, dim),
        f"{who}.encode of {given} gives shape {vectors.shape}, not ({n}, {dim})",
    )
    need(vectors.dtype == np.float32, f"{who}.encode of {given} gives {vectors.dtype}, not float32")
    finite = np.isfinite(vectors)
    whole = finite.all(axis=1) | np.isnan(vectors).all(axis=1)
    need(
        bool(whole.all()),
        f"{who}.encode of {given} gives a row that is partly NaN or infinite",
        "A row is all numbers, or all NaN.",
    )
    if encoder.space.metric == "cosine":
        lengths = np.linalg.norm(vectors[finite.all(axis=1)], axis=1)
        need(
            bool(np.allclose(lengths, 1, atol=ALIKE)),
            f"{who}.encode of {given} gives rows of length {lengths}, not 1",
        )


def _same(a: Vectors, b: Vectors, broken: str, hint: str = "") -> None:
    need(a.shape == b.shape and bool(np.allclose(a, b, atol=ALIKE, equal_nan=True)), broken, hint)


_TIDES = ("High water is at noon.", "The moon pulls the sea.", "Low water follows six hours later.")


def _evidence(n: int, said: str) -> Evidence:
    asset = Asset(f"{n:032x}", f"/contract/tides-{n}.txt", "text/plain", "text", len(said))
    chunk = Chunk(asset, Span(page=n, chars=(0, len(said))), "text", text=said)
    return Evidence(n, Hit(chunk, 1.0 / n), Part("text", said), chunk.span)


def _generated(
    generator: Generator, query: Query, evidence: Sequence[Evidence], who: str
) -> list[Part]:
    stream = generator.generate(query, evidence)
    need(
        isinstance(stream, Iterator),
        f"{who}.generate gives a {type(stream).__name__}, not an iterator",
        "Write it as a generator.",
    )
    made = list(stream)
    for part in made:
        need(
            isinstance(part, Part),
            f"{who}.generate gave a {type(part).__name__}: only Part may come out",
        )
        need(
            part.modality == generator.emits,
            f"{who} emits {generator.emits}, and made {part.modality}",
        )
    invented = _cited(made) - {e.n for e in evidence}
    need(
        not invented,
        f"{who} cites {sorted(invented)} where there are {len(evidence)} pieces of evidence",
    )
    return made


def _cited(made: Sequence[Part]) -> set[int]:
    """The numbers cited in the words of all parts together, for a stream may break off within one,
    and those that meta names.
    """
    said = "".join(p.data for p in made if isinstance(p.data, str))
    return {int(n) for n in re.findall(r"\[(\d+)\]", said)}.union(
        *(p.meta.get("evidence", ()) for p in made)
    )
