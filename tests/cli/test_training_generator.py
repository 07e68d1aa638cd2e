"""The command that teaches a model to answer from what is retrieved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense import cli

from ..train.generator import tiny
from ..train.generator.conftest import one_thread

pytest.importorskip("peft", reason="needs the extra models")
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("one_thread")]

__all__ = ["one_thread"]


def test_from_a_file_to_an_adapter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What came of it is told, with the line that uses it; a second one measures only."""
    from polysense.train.generator.examples.files import write_examples

    model = tiny.llama(tmp_path / "model")
    write_examples(tmp_path / "pairs.jsonl", tiny.examples(40, wrong=1))
    command = ["train", "generator", str(tmp_path / "pairs.jsonl"), "--model", str(model)]
    options = ["--prompt", "plain", "--noise", "1", "--refusals", "0", "--rate", "0.02"]
    options += ["--steps", "20", "--every", "10", "--batch", "16", "--device", "cpu"]
    out = tmp_path / "out"
    assert cli.main([*command, *options, "-o", str(out)]) == 0
    lines = capsys.readouterr().out
    assert f"Written to {out}" in lines
    assert f"adapter={out}" in lines
    assert (out / "adapter_model.safetensors").is_file()

    frozen = tmp_path / "frozen"
    assert cli.main([*command, *options, "--recipe", "pica", "--json", "-o", str(frozen)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["written"] is False
    assert result["metrics"]["after"]["answer, nats"]["value"] < 0
