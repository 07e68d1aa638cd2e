"""Pairs from a library: what its files say of one another, without anybody's labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from polysense.errors import BadQuery, PolysenseError
from polysense.ingest.enrich import local_resolver
from polysense.library import Library
from polysense.stretch import chunk_part
from polysense.train.data.mine.docstrings import docstring_pair
from polysense.train.data.pairs import Pair
from polysense.types import Chunk, Modality, Part

MAX_WORDS = 60
"""Of a context: more are a page's, and say of other things too. Judged."""

MINERS: Mapping[Modality, Callable[[Chunk], Pair | None]] = {"code": docstring_pair}
"""What finds the words of a thing within it, by its modality."""

_WORD = re.compile(r"[^\W\d_]{2,}")


def mine_pairs(library: Library, modality: Modality) -> list[Pair]:
    """Things of a modality, each with the words that a library has for it, in order of asset:

    - its context: caption, alt text, heading, the sentences that mention it
    - the cue that is spoken while it is seen, of one file
    - of code, the docstring, which is taken out of it
    - its name, where it has no other words

    A pair's source is its file. Raises BadQuery where there are none.
    """
    resolve = local_resolver(library.cache)
    condition = f"native = '{modality}' OR modality = '{modality}'"
    ids = [row["id"] for row in library.store.scan(condition, ["id"])]
    chunks = sorted(library.store.get(ids).values(), key=lambda c: (c.asset.id, c.id))
    pairs: list[Pair] = []
    for _, group in groupby(chunks, key=lambda c: c.asset.id):
        own = list(group)
        cues = [c for c in library.chunks(own[0].asset.id) if c.text and c.span.seconds]
        for chunk in own:
            try:
                pairs += _pairs_of(resolve(chunk), modality, cues)
            except PolysenseError:
                continue  # its file is not here now
    if not pairs:
        raise BadQuery(
            f"{library.location} has nothing of {modality} with words about it",
            "Index documents that show or mention such files, or give a table of pairs.",
        )
    return pairs


def _pairs_of(chunk: Chunk, modality: Modality, cues: Sequence[Chunk]) -> Iterator[Pair]:
    if modality == chunk.modality and modality in MINERS:
        if (pair := MINERS[modality](chunk)) is not None:
            yield pair
        return
    part = chunk_part(chunk)
    if part is None or part.modality != modality:
        return
    words = _context(chunk) or _cue(chunk, cues) or _name(chunk)
    if words:
        yield Pair(part, Part("text", words), source=chunk.asset.id)


def _context(chunk: Chunk) -> str:
    """The lines around it, each once, as far as MAX_WORDS."""
    lines = dict.fromkeys(line.strip() for line in chunk.context.splitlines())
    words = " ".join(line for line in lines if _WORD.search(line))
    return " ".join(words.split()[:MAX_WORDS])


def _cue(chunk: Chunk, cues: Sequence[Chunk]) -> str:
    """What is said while it is seen: the text whose seconds overlap with its own."""
    if chunk.span.seconds is None:
        return ""
    start, end = chunk.span.seconds
    texts = [
        c.text
        for c in cues
        if c.id != chunk.id and (at := c.span.seconds) and at[0] <= end and at[1] >= start
    ]
    return " ".join(" ".join(texts).split()[:MAX_WORDS])


def _name(chunk: Chunk) -> str:
    """The words of the file's name, or of the node's: "oak_chair-02.glb" is an oak chair."""
    stem = chunk.span.node or chunk.asset.name.rpartition(".")[0]
    return " ".join(_WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])|[_\W\d]+", " ", stem))).lower()
