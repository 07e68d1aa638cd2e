"""A likelihood summed over the passages."""

from __future__ import annotations

from math import exp
from pathlib import Path

import pytest

from polysense.make.text.fusion.rag_sequence import RagSequence
from polysense.testing import check_generator
from polysense.types import Part

from .tiny_fusion import bart_config, evidence, tokenizer

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own
QUERY = (Part("text", "Where?"),)


def test_contract(bart: Path) -> None:
    """As anybody's generator."""
    check_generator(RagSequence(model=str(bart)))


def test_the_sum_over_passages_is_the_papers(bart: Path) -> None:
    """p(z | x) times p(y | x, z), added up; with equal scores the plain mean."""
    model = RagSequence(model=str(bart))
    alone = [exp(model.log_likelihood(QUERY, evidence(p), "Rome")) for p in ("Oslo", "Rome")]
    for scores in ((1.0, 1.0), (1.0, 3.0)):
        both = evidence("Oslo", "Rome", scores=scores)
        # the second passage has the title of the second file
        alone[1] = exp(model.log_likelihood(QUERY, both[1:], "Rome"))
        expected = sum(s / sum(scores) * a for s, a in zip(scores, alone, strict=True))
        assert exp(model.log_likelihood(QUERY, both, "Rome")) == pytest.approx(expected, rel=1e-4)


def test_the_passage_that_was_found_best_is_told_and_cited(bart: Path) -> None:
    """Of two answers the one whose passage has the larger share."""
    model = RagSequence(model=str(bart))
    for scores, number in (((9.0, 1.0), 1), ((1.0, 9.0), 2)):
        pieces = evidence("Oslo", "Rome", scores=scores)
        (part,) = model.generate(QUERY, pieces)
        assert part.data == f"{('Oslo', 'Rome')[number - 1]} [{number}]"


def test_without_the_evidence_another_answer_is_likelier(bart: Path) -> None:
    """The answer's likelihood falls with the passage that says it."""
    model = RagSequence(model=str(bart))
    with_it = model.log_likelihood(QUERY, evidence("Oslo", "Rome"), "Rome")
    assert with_it > model.log_likelihood(QUERY, evidence("Oslo", "Lima"), "Rome") + 1


@pytest.mark.slow
def test_a_folder_of_rag_sequence_is_taken(tmp_path: Path) -> None:
    """What `RagSequenceForGeneration` has saved: its generator, and the tokenizer of that."""
    import torch
    from transformers import (
        DPRConfig,
        RagConfig,
        RagSequenceForGeneration,
        RagTokenizer,
    )

    torch.manual_seed(0)
    own = tokenizer()
    encoder = DPRConfig(
        vocab_size=len(own), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=64,
    )  # fmt: skip
    config = RagConfig.from_question_encoder_generator_configs(encoder, bart_config(), n_docs=2)
    RagSequenceForGeneration(config=config).save_pretrained(tmp_path)
    RagTokenizer(own, own).save_pretrained(tmp_path)
    model = RagSequence(model=str(tmp_path))
    assert model.log_likelihood(QUERY, evidence("Oslo", "Rome"), "Rome") < 0
    list(model.generate(QUERY, evidence("Oslo", "Rome")))
