"""Questions made of a library's own files: changed, reproducible, and with their right answer
known.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
import trimesh
from PIL import Image

from polysense import Library, kit
from polysense.evaluate.cases import Case, cases, input_names, inputs
from polysense.read.sound import decode
from polysense.registry import OFFLINE
from polysense.types import Part

WORDS = "The keeper of the lighthouse wrote every evening how high the water stood at the quay and which ships had passed the bar before dark."


def picture(seed: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (120, 160, 3), np.uint8))


@pytest.fixture(scope="module")
def library_cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, list[Case]]]:
    """One file of every kind, a note beside the picture."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "log.txt").write_text(WORDS)
    picture(1).save(folder / "quay.png")
    (folder / "quay.txt").write_text("The quay at noon.")
    (folder / "bell.wav").write_bytes(
        decode.wav(np.sin(np.arange(48_000, dtype=np.float32) * 0.1) * 0.4)
    )
    clip(folder / "ferry.mp4")
    trimesh.creation.cone(1, 3).export(folder / "roof.glb")
    (folder / "tide.py").write_text(
        "def tide(hour):\n"
        + "".join(f"    level_{i} = hour * {i}\n" for i in range(9))
        + "    return level_8\n"
    )
    (folder / "levels.csv").write_text(
        "hour,level\n" + "".join(f"{h},{h * 2}\n" for h in range(12))
    )
    plain = kit(
        encoders=["-minilm", "-conse", "-photo", "-shape", "-sound", "-speaker"],
        converters=["-ocr", "-whisper_tiny", "-views"],
    )
    with Library(folder / "kb", kit=plain) as kb:
        kb.index(folder)
        yield kb, cases(kb, 1)


def clip(path: Path) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for n in range(40):
            file.mux(stream.encode(av.VideoFrame.from_image(picture(n // 20))))
        file.mux(stream.encode())


def case_for(library_cases: tuple[Library, list[Case]], name: str) -> Case:
    return next(c for c in library_cases[1] if c.input == name)


def test_every_input_has_a_case(library_cases: tuple[Library, list[Case]]) -> None:
    """The nine of the map, each of the file that it should be of; the same at every call."""
    assert inputs(library_cases[1]) == input_names()
    names = {c.input: c.asset.name for c in library_cases[1]}
    assert names == {
        "text": "log.txt", "image": "quay.png", "audio": "bell.wav", "video": "ferry.mp4", "3d": "roof.glb", "code": "tide.py",
        "table": "levels.csv", "text+image": "quay.png", "text+video": "ferry.mp4",
    }  # fmt: skip
    assert [c.query for c in cases(library_cases[0], 1)] == [c.query for c in library_cases[1]]


def test_what_belongs_to_it_is_right_as_well(library_cases: tuple[Library, list[Case]]) -> None:
    """A note under the picture's name is no wrong evidence."""
    names = {a.id: a.name for a in library_cases[0].assets()}
    assert {names[i] for i in case_for(library_cases, "image").acceptable} == {
        "quay.png",
        "quay.txt",
    }
    assert {names[i] for i in case_for(library_cases, "code").acceptable} == {"tide.py"}


def test_what_holds_the_same_is_right_as_well(tmp_path: Path) -> None:
    """A film in another encoding, and what has a function in it word for word."""
    files = tmp_path / "files"
    files.mkdir()
    clip(files / "ferry.mp4")
    clip(files / "crossing.mkv")
    code = "def tide(hour):\n" + "".join(f"    level_{i} = hour * {i}\n" for i in range(9))
    (files / "tide.py").write_text(code)
    (files / "copies.txt").write_text(f"From the archive:\n\n{code}")
    plain = kit(encoders=[f"-{e}" for e in OFFLINE.encoders], converters=["-ocr", "-whisper_tiny"])
    with Library(tmp_path / "kb", kit=plain) as kb:
        kb.index(files)
        names = {a.id: a.name for a in kb.assets()}
        right = {c.input: {names[i] for i in c.acceptable} for c in cases(kb, 1)}
    assert right["video"] == {"ferry.mp4", "crossing.mkv"}
    assert right["code"] == {"tide.py", "copies.txt"}


def test_nothing_is_asked_as_it_lies_there(library_cases: tuple[Library, list[Case]]) -> None:
    """Words are left out, pixels cropped, seconds cut, models turned, lines and rows dropped."""
    kb, _ = library_cases
    files = {a.name: a.path.read_bytes() for a in kb.assets() if a.path}
    sentence = str(case_for(library_cases, "text").query[0].data)
    assert len(sentence.split()) == 18
    assert sentence not in WORDS
    with Image.open(io.BytesIO(case_for(library_cases, "image").query[0].data)) as cropped:
        assert cropped.size == (144, 108)
    assert len(decode.samples(case_for(library_cases, "audio").query[0])) == pytest.approx(
        0.8 * 48_000, abs=10
    )
    with av.open(io.BytesIO(case_for(library_cases, "video").query[0].data)) as file:
        assert len(list(file.decode(video=0))) == 16
    turned = trimesh.load(io.BytesIO(case_for(library_cases, "3d").query[0].data), file_type="ply")
    assert turned.volume == pytest.approx(trimesh.creation.cone(1, 3).volume * 1.7**3, rel=0.01)
    assert b"def tide" not in case_for(library_cases, "code").query[0].data
    assert case_for(library_cases, "table").query[0].data.count(b"\n") < files["levels.csv"].count(
        b"\n"
    )


def test_words_and_a_file(library_cases: tuple[Library, list[Case]]) -> None:
    """The same picture, with a question."""
    words, photo = case_for(library_cases, "text+image").query
    assert words == Part("text", "What is this a picture of?")
    assert photo == case_for(library_cases, "image").query[0]
