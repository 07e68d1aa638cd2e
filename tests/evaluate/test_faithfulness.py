"""What is made is compared with its evidence by content: the thing itself scores high, another
thing low.
"""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
import trimesh
from PIL import Image

from polysense.evaluate.faithfulness import faithfulness, same_film
from polysense.read.image.decode import png
from polysense.read.sound import decode
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def evidence(part: Part, text: str = "", words: str = "") -> Evidence:
    chunk = Chunk(
        Asset("1", "/kb/thing.bin", "", part.modality, 1), Span(), part.modality, part, text
    )
    return Evidence(1, Hit(chunk, 1.0), Part("text", words) if words else part, Span())


def picture(seed: int) -> np.ndarray:
    """Soft blobs, as photos have."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:96, :128]
    shades = sum(
        rng.uniform(0.3, 1)
        * np.sin(rng.uniform(0.02, 0.12, 2) @ np.stack([y.ravel(), x.ravel()]) + rng.uniform(0, 6))
        for _ in range(6)
    )
    grey = (
        np.interp(shades, (shades.min(), shades.max()), (0, 255)).reshape(96, 128).astype(np.uint8)
    )
    return np.repeat(grey[:, :, None], 3, axis=2)


def tone(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.2, 16_000).astype(np.float32)


def scores(same: Part, other: Part, source: Part) -> tuple[float, float]:
    return faithfulness(same, [evidence(source)], {}), faithfulness(other, [evidence(source)], {})


def test_pictures() -> None:
    """A box drawn on it and half the size: the same; another: not."""
    altered = picture(1)
    boxed = altered[::2, ::2].copy()
    boxed[10:12, 10:40] = 255
    same, other = scores(
        Part("image", png(boxed)), Part("image", png(picture(2))), Part("image", png(altered))
    )
    assert same > 0.7
    assert other < 0.5


def test_sounds() -> None:
    """Its middle, less loud: the same; another noise: not."""
    noisy = tone(1)
    same, other = scores(
        Part("audio", decode.wav(0.4 * noisy[4000:12_000])),
        Part("audio", decode.wav(tone(2))),
        Part("audio", decode.wav(noisy)),
    )
    assert same > 0.95
    assert other < 0.3


def test_models() -> None:
    """Twice as large: the same; flatter: not."""
    box, big, flat = (trimesh.creation.box(e) for e in ((1, 2, 3), (2, 4, 6), (1, 0.2, 3)))
    parts = [Part("3d", m.export(file_type="glb"), "model/gltf-binary") for m in (big, flat, box)]
    same, other = scores(*parts)
    assert same > 0.95
    assert other < 0.2


@pytest.mark.parametrize(
    "part",
    [
        Part("text", "High water is at noon. [1]"),
        Part(
            "code",
            "<html><style>p { color: red }</style><p>High water is at noon</p></html>",
            "text/html",
        ),
        Part("table", b"statement,when\nhigh water,noon\n", "text/csv"),
        Part("graph", b'<graphml><node><data key="label">high water noon</data></node></graphml>'),
    ],
)
def test_words(part: Part) -> None:
    """What is composed is measured by the words that it shares with its evidence, markup aside."""
    source = evidence(
        Part("text", Path("/kb/a.txt")),
        "High water is at noon, and the statement says when.",
        "High water is at noon",
    )
    far = evidence(
        Part("text", Path("/kb/b.txt")), "Bells were cast anew in spring by two brothers."
    )
    assert faithfulness(part, [source], {}) == 1.0
    assert faithfulness(part, [far], {}) < 0.3


def test_provenance_is_no_content() -> None:
    """The note of where a program came from is on top of it, and what follows is still read."""
    source = evidence(
        Part("code", Path("/kb/a.py")), "def tide(hour): return hour", "def tide(hour): return hour"
    )
    program = Part(
        "code",
        '# polysense {"claim_generator": "polysense/1", "title": "wheel"}\ndef tide(hour):\n    return hour\n',
        "text/x-python",
    )
    assert faithfulness(program, [source], {}) == 1.0


def test_nothing_to_compare_is_nothing_carried() -> None:
    """No words, no likeness, no evidence: zero, not a guess."""
    assert faithfulness(Part("image", png(picture(1))), [], {}) == 0.0
    assert (
        faithfulness(
            Part("audio", decode.wav(tone(1))), [evidence(Part("image", png(picture(1))))], {}
        )
        == 0.0
    )


def test_films_of_two_encodings_are_the_same(tmp_path: Path) -> None:
    """Made smaller and written by another codec; what is longer, or shows something else, is not."""
    sizes = {
        "a.mp4": (160, 30, 1),
        "b.webm": (96, 30, 1),
        "c.mp4": (160, 60, 1),
        "d.mp4": (160, 30, 5),
    }
    films = {name: _film(tmp_path / name, *size) for name, size in sizes.items()}

    def likeness(name: str) -> float:
        return same_film(films["a.mp4"], films[name], evidence(films[name]))

    assert likeness("b.webm") > 0.9
    assert likeness("c.mp4") == 0
    assert likeness("d.mp4") < 0.9


def _film(path: Path, width: int, frames: int, seed: int) -> Part:
    """So many frames of two pictures, at ten a second."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264" if path.suffix == ".mp4" else "libvpx", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, width * 3 // 4, "yuv420p"
        for n in range(frames):
            image = Image.fromarray(picture(seed + (n >= frames // 2)))
            frame = av.VideoFrame.from_image(image.resize((width, width * 3 // 4)))
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return Part("video", path, "video/mp4", path.name)
