"""What stands where in a model, by its config."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.doctor import examine, report_lines
from polysense.llm.transformers.composition import composition

transformers = pytest.importorskip("transformers", reason="needs the extra models")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("LlavaConfig", ["clip_vision_model", "linear layers, gelu", "llama", "words"]),
        ("Qwen2AudioConfig", ["qwen2_audio_encoder", "qwen2_audio's own", "qwen2", "words"]),
        ("Blip2Config", ["blip_2_vision_model", "Q-Former", "opt", "words"]),
        ("T5Config", ["t5", "words"]),
    ],
)
def test_by_architecture(config: str, expected: list[str]) -> None:
    """Encoder, projector, language model, what comes out."""
    places = composition(getattr(transformers, config)())
    assert [name for _, name in places] == expected
    assert places[-2][0] == "language model"


def test_doctor_draws_it(seer: Path) -> None:
    """Of what is configured, in one line from the input on; nothing where nothing is."""
    spec = f"transformers:model={seer}"
    lines = list(report_lines(examine(requested={"language_models": [spec]})))
    assert (
        "      encoder: clip_vision_model -> input projector: linear layers, gelu -> "
        "language model: mistral -> output projector: words"
    ) in lines
    assert examine()["compositions"] == []
