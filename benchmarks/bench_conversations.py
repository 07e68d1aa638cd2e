"""Follow-ups made whole by rule: words of what was meant that are in ours; complete ones left.

    polysense bench conversations

CAsT 2021 (Dalton et al., TREC 2021): turns as they were asked, beside their rewriting by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from polysense.evaluate.bench import Row
from polysense.question import Exchange, Question
from polysense.read.language.questions import content_terms
from polysense.rewriters.history.rewriter import History
from polysense.stores.memory import Memory
from polysense.types import Part


def run(data: Path, work: Path) -> Iterator[Row]:
    """Recall and precision where content words are missing; whether the others stay."""
    turns = list(readings(data))
    needy = [t for t in turns if t[1] - t[0]]
    complete = [t for t in turns if not t[1] - t[0]]
    for name, n in (("as they were asked", 0), ("as they are read", 2)):
        recall = mean(len(t[1] & t[n]) / len(t[1]) for t in needy)
        precision = mean(len(t[1] & t[n]) / max(1, len(t[n])) for t in needy)
        value = f"{recall:.3f} recall, {precision:.3f} precision"
        yield Row(f"CAsT turns that lean on others, {name}", value, note=f"{len(needy)} turns")
    left_alone = sum(t[0] == t[2] for t in complete)
    yield Row("CAsT turns that lack nothing, left alone", f"{left_alone} of {len(complete)}")


def readings(data: Path) -> Iterator[tuple[set[str], set[str], set[str]]]:
    """Content terms of each turn after the first: as asked, as meant, as read."""
    path = next((data / "conversations-cast2021").glob("*.json"))
    for conversation in json.loads(path.read_text("utf-8")):
        history: list[Exchange] = []
        for turn in conversation["turns"]:
            if history:
                own = _read(turn["asked"], history)
                yield _terms(turn["asked"]), _terms(turn["meant"]), _terms(own)
            history.append(Exchange(turn["asked"], turn["answer"]))


def _read(words: str, history: Sequence[Exchange]) -> str:
    part = Part("text", words)
    question = Question((part,), ((part,),), language="en")
    rewrite = History().rewrite(question, tuple(history), Memory())
    return rewrite.words if rewrite else words


def _terms(text: Any) -> set[str]:
    return set(content_terms(str(text), "en"))
