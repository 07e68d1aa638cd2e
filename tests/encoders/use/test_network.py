"""The network of USE, held to a plain reading of its equations, token by token."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.encoders.use.network import N_GRAMS, TABLES, Network, unpack
from polysense.weights.packaged import USE

TEXTS = ([1, 76, 2341, 2], [1, 9516, 6344, 36, 244, 5785, 181, 2], [1, 76, 2])


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    folder = tmp_path_factory.mktemp("use")
    unpack(USE.verified(), folder)
    return Network(folder)


def by_hand(ids: list[int]) -> np.ndarray:
    """One text, one token and one n-gram at a time, in doubles."""
    with np.load(USE.verified(), allow_pickle=False) as arrays:
        w = {name: arrays[name].astype(np.float64) for name in arrays.files}

    def norm(x: np.ndarray, gain: np.ndarray, bias: np.ndarray) -> np.ndarray:
        return (x - x.mean()) / np.sqrt(x.var() + float(w["eps"])) * gain + bias

    tokens = [
        w[f"q{i % TABLES + 1}"][i // TABLES] * w["scale"][i % TABLES] + w["lo"][i % TABLES]
        for i in ids
    ]
    columns = [tokens]
    for n, before in N_GRAMS:
        rows = [
            norm(t @ w[f"proj{n}"] + w[f"proj_b{n}"], w[f"ln_g{n}"], w[f"ln_b{n}"]) for t in tokens
        ]
        for layer in (f"1_{n}", f"2_{n}"):
            zero = np.zeros_like(rows[0])
            grams = [
                np.concatenate(
                    [
                        rows[j] if 0 <= j < len(rows) else zero
                        for j in range(at - before, at - before + n)
                    ]
                )
                for at in range(len(rows))
            ]
            rows = [
                np.maximum(g @ w[f"w{layer}"] + w[f"b{layer}"], 0) + r
                for g, r in zip(grams, rows, strict=True)
            ]
        columns.append(rows)
    features = [np.concatenate(row) for row in zip(*columns, strict=True)]
    total = sum(norm(f, w["ln_g"], w["ln_b"]) @ w["cnn_W"] + w["cnn_b"] for f in features)
    x = total / np.sqrt(len(ids))
    first = np.maximum(x @ w["p1"] + np.maximum(x @ w["d0"], 0) @ w["d1"], 0)
    last = np.tanh(first @ w["p3"] + np.maximum(first @ w["d2"], 0) @ w["d3"])
    return last / np.linalg.norm(last)


def test_equations(network: Network) -> None:
    """Texts that are computed together leave no trace in each other."""
    vectors = network.encode(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [by_hand(ids) for ids in TEXTS], atol=2e-5)
