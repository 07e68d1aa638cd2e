"""The stages that every search has: from candidates to candidates, by name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

from polysense.read.file.role import is_secondary
from polysense.read.language.analysis import contains_phrase
from polysense.retrieve.composed import composed
from polysense.retrieve.fusion import Candidates
from polysense.retrieve.sections import Section, section_of
from polysense.retrieve.stage_context import StageContext
from polysense.types import Chunk

VERBATIM_DEPTH = 10
"""Among so many first results, those that say the question word for word come first. Judged, not
measured.
"""

PRIMARY_DEPTH = 20
"""Among so many first results, those in files that only speak of others come last. Judged, not
measured.
"""

SECTION_WEIGHT, SECTION_DECAY = 0.3, 0.5
"""What a section's score weighs beside a passage's own, and what each further passage of it counts
for, for the one before it. On the 23 questions of the long documents' first half R@1 is .48 without
this stage and .52 with it, R@5 .87 and .87, R@12 .96 and .91 (weight .1: .52, .83, .96; .6: .48,
.87, .91; decay .8: .44, .87, .91); on the 22 of the second .73 and .77, .86 and .86, .91 and .91;
on 204 questions of XQuAD, six articles a file, in English .90, .98, .99 with and without, in
Chinese .68, .85, .89 without and .67, .87, .90 with it. So no search has it unless it is named.
"""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `limit` results of one file, or of one section."""

    group: Literal["asset", "section"]
    limit: int

    def group_of(self, chunk: Chunk) -> Hashable:
        """The file or the section of a chunk."""
        return chunk.asset.id if self.group == "asset" else section_of(chunk)

    def apply(self, context: StageContext, candidates: Candidates) -> Candidates:
        """The candidates without those that are too many of a group."""
        chunks, counts = context.chunks(candidates), Counter[Hashable]()
        result = []
        for c in candidates:
            if c.id in chunks and counts[group := self.group_of(chunks[c.id])] < self.limit:
                counts[group] += 1
                result.append(c)
        return tuple(result)


def by_asset(context: StageContext, candidates: Candidates) -> Candidates:
    """Each asset's best."""
    return Cap("asset", 1).apply(context, candidates)


def by_section(context: StageContext, candidates: Candidates) -> Candidates:
    """Sections first, then passages: a passage rises by what else its section has that answers.

    A section's score is that of its passages, each further one counting for less; a passage's is
    its own and that of its section, weighed. Interpolation of passages with what they stand in
    after Bendersky & Kurland, "Utilizing passage-based language models for document retrieval"
    (ECIR 2008).
    """
    chunks = context.chunks(candidates)
    sections = {id: section_of(chunk) for id, chunk in chunks.items()}
    scores, counts = defaultdict[Section, float](float), Counter[Section]()
    for c in candidates:
        if c.id in sections:
            section = sections[c.id]
            scores[section] += max(c.score, 0.0) * SECTION_DECAY ** counts[section]
            counts[section] += 1
    scored = (
        c._replace(score=c.score + SECTION_WEIGHT * scores[sections[c.id]])
        for c in candidates
        if c.id in sections
    )
    return tuple(sorted(scored, key=lambda c: -c.score))


def verbatim(context: StageContext, candidates: Candidates) -> Candidates:
    """Of the first, those that say the question word for word come first."""
    words = context.question.typed_words
    first, rest = candidates[:VERBATIM_DEPTH], candidates[VERBATIM_DEPTH:]
    verbatim_ids = {
        id for id, chunk in context.chunks(first).items() if contains_phrase(words, chunk.words)
    }
    return (*sorted(first, key=lambda c: c.id not in verbatim_ids), *rest)


def primary(context: StageContext, candidates: Candidates) -> Candidates:
    """Of the first, those in files that only speak of others come after."""
    first, rest = candidates[:PRIMARY_DEPTH], candidates[PRIMARY_DEPTH:]
    secondary_ids = {
        id for id, chunk in context.chunks(first).items() if is_secondary(chunk.asset.uri)
    }
    return (*sorted(first, key=lambda c: c.id in secondary_ids), *rest)


STAGES: Mapping[str, Callable[[StageContext, Candidates], Candidates]] = {
    "by_asset": by_asset,
    "by_section": by_section,
    "verbatim": verbatim,
    "primary": primary,
    "composed": composed,
}
"""By the name that `using` takes."""
