"""How examples are divided and told apart."""

from __future__ import annotations

from dataclasses import replace

from polysense.train.generator.examples.example import digest_of_examples, split_examples

from ..tiny import examples


def test_one_source_is_never_on_two_sides() -> None:
    """Nor one question, nor the same right contexts under another source."""
    many = [replace(e, source=f"page {i // 3}") for i, e in enumerate(examples(60))]
    many += [replace(many[0], question="And where?", source="elsewhere")]
    split = split_examples(many, 1)
    sides = [{many[i].source for i in s} for s in (split.train, split.validation, split.test)]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]
    (home,) = (s for s in sides if "elsewhere" in s)
    assert "page 0" in home


def test_the_same_answer_joins_nothing() -> None:
    """Eight answers to sixty questions are no reason to keep them together."""
    split = split_examples(examples(60), 0)
    assert len(split.test) == 12


def test_the_digest_tells_examples_apart() -> None:
    """In whatever order they come."""
    many = examples(4, wrong=1)
    assert digest_of_examples(many) == digest_of_examples(many[::-1])
    assert digest_of_examples(many) != digest_of_examples(many[:3])
    other = replace(many[0], contexts=many[0].contexts[::-1])
    assert digest_of_examples([other]) != digest_of_examples(many[:1])
