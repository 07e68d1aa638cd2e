"""A small file for every parser and every container, as programs write them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from polysense.demo import FILES

from ..read.file.compound_file import attached_file, compound_file, outlook_message
from ..test_plugins import OF_OTHERS, plugins, sample

_LARGEST = 400_000
"""Bytes of a sample: damage to a larger one costs time and finds little more."""

_OTHERS = (
    "pictures/puffin.png", "pictures/ferry.jpg", "models/milking-stool.glb", "sounds/foghorn.ogg",
    "documents/before-we-open.eml", "documents/handbook.pdf",
)  # fmt: skip


def samples(folder: Path) -> dict[str, Path]:
    """Files by what reads them: a parser's name, or a container's."""
    files: dict[str, Path] = {}
    for name in plugins("parsers"):
        if OF_OTHERS.get(name, "") in ("markitdown", "docling"):
            continue
        own = folder / name
        own.mkdir()
        try:
            files[name] = sample(name, own)
        except pytest.skip.Exception:
            continue
    files |= {f"image {p.suffix}": p for p in _pictures(folder)}
    files |= {Path(n).name: FILES / n for n in _OTHERS}
    return {n: p for n, p in files.items() if p.stat().st_size <= _LARGEST}


def containers(folder: Path) -> dict[str, Path]:
    """Files that hold files."""
    note = b"High water follows the moon by an hour.\n" * 20
    head = b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: https://a.example/b.txt\r\n"
    contents = {
        "a.gz": gzip.compress(note),
        "a.bz2": bz2.compress(note),
        "a.xz": lzma.compress(note),
        "a.mbox": b"From a@b.c Thu Jan  1 10:00:00 2026\nSubject: x\nFrom: a@b.c\n\nHi\n\n" * 3,
        "a.warc": (head + b"Content-Type: text/plain\r\nContent-Length: 9\r\n\r\nhigh tide\r\n\r\n") * 3,
        "a.msg": compound_file(outlook_message("x", "y", attached=[attached_file("a.txt", note)])),
    }  # fmt: skip
    with zipfile.ZipFile(out := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as z:
        for n in range(5):
            z.writestr(f"a/{n}.txt", note)
    contents["a.zip"] = out.getvalue()
    for mode in ("w", "w:gz"):
        with tarfile.open(fileobj=(out := io.BytesIO()), mode=mode) as tar:  # type: ignore[call-overload]
            for n in range(5):
                info = tarfile.TarInfo(f"a/{n}.txt")
                info.size = len(note)
                tar.addfile(info, io.BytesIO(note))
        contents[f"a.tar{mode[1:].replace(':', '.')}"] = out.getvalue()
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return {n: folder / n for n in contents}


def _pictures(folder: Path) -> list[Path]:
    """A small picture in each format that Pillow writes and we read."""
    import numpy as np
    from PIL import Image

    noise = np.random.default_rng(3).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    picture, paths = Image.fromarray(noise), []
    for ending in ("bmp", "gif", "webp", "tiff", "ico", "jp2", "ppm", "tga", "dds", "avif", "icns"):
        path = folder / f"noise.{ending}"
        picture.save(path)
        paths.append(path)
    return paths
