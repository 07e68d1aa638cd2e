"""Noise: wrong contexts among the right ones, or alone, so that a model learns to use evidence and
to ignore what is none (Lin et al., "RA-DIT", ICLR 2024, arXiv:2310.01352; Yoran et al., "Making
retrieval-augmented language models robust to irrelevant context", ICLR 2024, arXiv:2310.01558).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from polysense.errors import BadConfig
from polysense.train.generator.examples.example import Context, Example

REFUSAL_SHARE = 0.2
"""Of the examples, how many are shown again with wrong contexts alone. Judged: one in six that is
learned from is a refusal then.
"""


def inject_noise(
    examples: Sequence[Example],
    wrong: int,
    *,
    refusal: str = "",
    share: float = REFUSAL_SHARE,
    seed: int = 0,
) -> list[Example]:
    """Each example with so many wrong contexts, its right ones at places drawn at random among
    them; where refusal is words, `share` of them once more with wrong contexts alone and those
    words as the answer.

    An example's own wrong contexts come first, as they were found; others are right ones of other
    sources' examples, with the score of its worst. The same seed gives the same noise. Raises
    BadConfig.
    """  # fmt: skip
    if wrong < 0 or not 0 <= share <= 1:
        raise BadConfig(
            f"{wrong} wrong contexts, {share} refusals: no such noise", "Write 0 or more."
        )
    noisy = []
    for i, example in enumerate(examples):
        random = np.random.default_rng((seed, i))
        noise = [*example.wrong[:wrong]]
        noise += _borrowed(examples, example, wrong - len(noise), random)
        is_right_at = np.zeros(len(noise) + len(example.right), bool)
        is_right_at[random.permutation(len(is_right_at))[: len(example.right)]] = True
        rights, wrongs = iter(example.right), iter(noise)
        mixed = [next(rights) if is_right else next(wrongs) for is_right in is_right_at]
        noisy.append(example.with_contexts(mixed))
        if refusal and noise and random.random() < share:
            noisy.append(replace(example.with_contexts(noise), answer=refusal))
    return noisy


def _borrowed(
    examples: Sequence[Example], example: Example, count: int, random: np.random.Generator
) -> list[Context]:
    """Right contexts of other examples, that are none of its own."""
    own = {c.part for c in example.contexts}
    score = min((c.score for c in example.contexts), default=1.0)
    borrowed: dict[str, Context] = {}
    for j in random.permutation(len(examples)):
        if len(borrowed) >= count:
            break
        other = examples[j]
        if other.source == example.source or other.question == example.question:
            continue
        for context in other.right:
            if context.part not in own and len(borrowed) < count:
                borrowed[context.part.id] = replace(context, is_right=False, score=score)
    return list(borrowed.values())
