"""Passages that meet in the decoder."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense import Library, registry
from polysense.make.text.fusion.fusion_in_decoder import FusionInDecoder
from polysense.testing import check_generator
from polysense.types import Part

from .tiny_fusion import evidence

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own
QUERY = (Part("text", "Where?"),)


def test_contract(t5: Path) -> None:
    """As anybody's generator."""
    check_generator(FusionInDecoder(model=str(t5)))


def test_without_the_evidence_another_answer_is_likelier(t5: Path) -> None:
    """The answer rests on the passages: taken away, its likelihood falls; beside others, it stays
    above what it is without them.
    """
    model = FusionInDecoder(model=str(t5))
    with_it = model.log_likelihood(QUERY, evidence("Oslo", "Rome"), "Rome")
    without = model.log_likelihood(QUERY, evidence("Oslo", "Lima"), "Rome")
    assert with_it > without + 1
    (part,) = model.generate(QUERY, evidence("Rome"))
    assert (part.data, part.meta["evidence"]) == ("Rome [1]", [1])


def test_states_of_all_passages_stand_end_to_end(t5: Path) -> None:
    """Three passages of six tokens are eighteen states; padding is no state."""
    model = FusionInDecoder(model=str(t5))
    inputs = model._inputs("Where?", evidence("Oslo", "Rome", "Lima Lima"))
    states, mask = model._states(inputs)
    assert states.shape[:2] == (1, 3 * 7)
    assert int(mask.sum()) == 6 + 6 + 7


@pytest.mark.slow
def test_its_answer_is_checked_and_cited_like_any_models(t5: Path, tmp_path: Path) -> None:
    """From files to an answer through `Library.ask`; what no passage says is struck."""
    (tmp_path / "a.md").write_text("The meeting is held in Rome\n")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        generators=[f"fusion_in_decoder:model={t5}"],
    )
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(tmp_path / "a.md")
        answer = kb.ask("Where is the meeting?")
    assert not answer.warnings
    assert answer.parts[0].origin == "generated"
    assert answer.parts[0].data == "Rome [1]"
    assert answer.parts[0].part.meta["model"] == t5.name
    assert answer.usage.output_tokens == 2
