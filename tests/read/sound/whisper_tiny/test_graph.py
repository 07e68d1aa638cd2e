"""Our graphs compute what transformers computes with the same weights."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense.read.sound.whisper_tiny import graph
from polysense.read.sound.whisper_tiny.mel import log_mel
from polysense.read.sound.whisper_tiny.vocabulary import START, Settings
from polysense.read.sound.whisper_tiny.weights import Arrays, read_weights
from polysense.weights.packaged import WHISPER_TINY, WHISPER_TINY_CONFIG

pytestmark = pytest.mark.filterwarnings("default")  # transformers warns about its own parts

TOKENS = [START, 50363, 383, 3329, 286]
"""Any that may follow one another."""


def checkpoint(weights: Arrays) -> dict[str, np.ndarray]:
    """The arrays by their names in OpenAI's checkpoint as transformers has it."""
    blocks = {"query": 0, "key": 1, "value": 2}
    state: dict[str, np.ndarray] = {}

    def put(name: str, source: str, block: int | None = None) -> None:
        for kind in ("weight", "bias"):
            rows = slice(None) if block is None else slice(block * 384, (block + 1) * 384)
            state[f"{name}.{kind}"] = weights[f"{source}/{kind}"][rows]

    def norm(name: str, source: str) -> None:
        state[f"{name}.weight"] = weights[f"{source}/gamma"]
        state[f"{name}.bias"] = weights[f"{source}/beta"]

    for side in ("encoder", "decoder"):
        table = weights[f"{side}/position_encodings/encodings"]
        state[f"model.{side}.embed_positions.weight"] = table
        norm(f"model.{side}.layer_norm", f"{side}/layer_norm")
        for n in range(4):
            ours, theirs = f"{side}/layer_{n}", f"model.{side}.layers.{n}"
            norm(f"{theirs}.self_attn_layer_norm", f"{ours}/self_attention/layer_norm")
            for name, block in blocks.items():
                letter = name[0]
                put(f"{theirs}.self_attn.{letter}_proj", f"{ours}/self_attention/linear_0", block)
            put(f"{theirs}.self_attn.out_proj", f"{ours}/self_attention/linear_1")
            if side == "decoder":
                norm(f"{theirs}.encoder_attn_layer_norm", f"{ours}/attention/layer_norm")
                put(f"{theirs}.encoder_attn.q_proj", f"{ours}/attention/linear_0")
                put(f"{theirs}.encoder_attn.k_proj", f"{ours}/attention/linear_1", 0)
                put(f"{theirs}.encoder_attn.v_proj", f"{ours}/attention/linear_1", 1)
                put(f"{theirs}.encoder_attn.out_proj", f"{ours}/attention/linear_2")
            norm(f"{theirs}.final_layer_norm", f"{ours}/ffn/layer_norm")
            put(f"{theirs}.fc1", f"{ours}/ffn/linear_0")
            put(f"{theirs}.fc2", f"{ours}/ffn/linear_1")
    for conv in ("conv1", "conv2"):
        put(f"model.encoder.{conv}", f"encoder/{conv}")
    state["model.decoder.embed_tokens.weight"] = weights["decoder/embeddings/weight"]
    state["proj_out.weight"] = weights["decoder/projection/weight"]
    return {k: v for k, v in state.items() if not re.search(r"k_proj\.bias", k)}


@pytest.fixture(scope="module")
def weights() -> Arrays:
    return read_weights(WHISPER_TINY.verified())


@pytest.fixture(scope="module")
def reference(weights: Arrays) -> Any:
    transformers = pytest.importorskip("transformers", reason="needs the extra models")
    import torch

    config = transformers.WhisperConfig(
        vocab_size=51_864,
        d_model=384,
        encoder_layers=4,
        decoder_layers=4,
        encoder_attention_heads=6,
        decoder_attention_heads=6,
        encoder_ffn_dim=1536,
        decoder_ffn_dim=1536,
    )
    model = transformers.WhisperForConditionalGeneration._from_config(
        config, attn_implementation="eager"
    ).eval()
    state = {k: torch.from_numpy(np.array(v, np.float32)) for k, v in checkpoint(weights).items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert (missing, unexpected) == ([], [])
    return model


def session(path: Path) -> Any:
    import onnxruntime

    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def test_both_networks_against_transformers(
    weights: Arrays, reference: Any, tmp_path: Path
) -> None:
    """Keys of the sound, attention of the heads that follow it, and the next token's
    probabilities, token by token.
    """
    import torch

    heads = Settings.read(WHISPER_TINY_CONFIG.verified()).alignment_heads
    graph.write_encoder(weights, tmp_path / "encoder.onnx")
    graph.write_decoder(weights, heads, tmp_path / "decoder.onnx")
    rng = np.random.default_rng(0)
    sound = np.sin(np.cumsum(rng.uniform(0.01, 0.3, 48_000))) * rng.uniform(0, 0.3, 48_000)
    mel = log_mel(sound.astype(np.float32))[None]
    cross = dict(
        zip(
            graph.CROSS,
            session(tmp_path / "encoder.onnx").run(graph.CROSS, {"mel": mel}),
            strict=True,
        )
    )
    with torch.no_grad():
        expected = reference(
            input_features=torch.from_numpy(mel),
            decoder_input_ids=torch.tensor([TOKENS]),
            output_attentions=True,
        )
        keys = reference.model.decoder.layers[2].encoder_attn.k_proj(
            expected.encoder_last_hidden_state
        )
    theirs = keys.numpy().reshape(1, 1500, 6, 64).transpose(0, 2, 3, 1)
    assert np.abs(cross["cross_key_2"] - theirs).max() < 2e-3 * np.abs(theirs).max()
    decoder = session(tmp_path / "decoder.onnx")
    past = [np.zeros((1, 6, 0, 64), np.float32)] * 8
    for place, token in enumerate(TOKENS):
        inputs = {"token": np.array([[token]]), "place": np.array([place])}
        inputs |= cross | dict(zip(graph.PAST, past, strict=True))
        logits, attention, *past = decoder.run(["logits", "attention", *graph.PRESENT], inputs)
        for ours, (layer, head) in zip(attention, heads, strict=True):
            their_heads = expected.cross_attentions[layer][0, head, place].numpy()
            assert np.abs(ours - their_heads).max() < 1e-3
        own = torch.softmax(torch.from_numpy(logits[0]), -1)
        other = torch.softmax(expected.logits[0, place], -1)
        assert float((own - other).abs().sum()) < 1e-3
