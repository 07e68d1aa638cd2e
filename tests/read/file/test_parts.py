"""Parts from what people have."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import BadQuery, NotFound
from polysense.read.file.parts import Audio, Code, Graph, Image, Mesh, Table, Text, Video, part

PIXELS = np.full((4, 6, 3), (250, 10, 20), np.uint8)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    from PIL import Image as pil

    pil.fromarray(PIXELS).save(tmp_path / "rose.png")
    return tmp_path / "rose.png"


def test_content_decides(photo: Path) -> None:
    """By path, text path, bytes; a wrong ending misleads nobody."""
    wrong = photo.rename(photo.with_suffix(".txt"))
    for result in (part(wrong), part(str(wrong)), part(wrong.read_bytes())):
        assert (result.modality, result.mime) == ("image", "image/png")
    assert part(wrong).name == "rose.txt"


def test_bytes_are_looked_at_to_their_end() -> None:
    """What a zip or a model of triangles is stands in its size and its last bytes."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as z:
        for name, size in (
            ("[Content_Types].xml", 0),
            ("word/media/a.png", 2 << 20),
            ("word/document.xml", 0),
        ):
            z.writestr(name, bytes(size))
    assert part(raw.getvalue()).mime.endswith("wordprocessingml.document")
    assert part(bytes(80) + (30_000).to_bytes(4, "little") + bytes(50 * 30_000)).modality == "3d"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    """Named in the error; a folder is no file."""
    for path in (tmp_path / "gone.png", tmp_path):
        with pytest.raises(NotFound, match=str(path.name)):
            part(path)


def test_pictures_of_every_kind(photo: Path) -> None:
    """A path, bytes, a PIL image and an array decode to the same pixels."""
    from PIL import Image as pil

    from polysense.read.image.decode import pixels

    for source in (photo, str(photo), photo.read_bytes(), pil.fromarray(PIXELS), PIXELS):
        assert (pixels(Image(source)) == PIXELS).all()


def test_what_is_no_picture(tmp_path: Path) -> None:
    """Says what was given, and what can be."""
    (tmp_path / "a.txt").write_text("just words, no picture")
    for wrong in (tmp_path / "a.txt", 3, np.zeros((4, 6)), PIXELS.astype(float)):
        with pytest.raises(BadQuery) as error:
            Image(wrong)
        assert error.value.hint


def test_sounds(tmp_path: Path) -> None:
    """An array keeps its rate; a stereo array is refused."""
    from polysense.read.sound.decode import samples

    sound = Audio(np.sin(np.arange(8000) / 10), rate=8000)
    assert (sound.modality, sound.mime) == ("audio", "audio/pcm;rate=8000")
    assert len(samples(sound, 16_000)) == pytest.approx(16_000, rel=0.01)
    with pytest.raises(BadQuery):
        Audio(np.zeros((2, 8000)))


def test_words_and_code(tmp_path: Path) -> None:
    """Code is itself where it has lines, else a path."""
    assert (Text("a bell").modality, Text("a bell").data) == ("text", "a bell")
    assert Code("def f():\n    pass\n").data == "def f():\n    pass\n"
    (tmp_path / "f.py").write_text("def f():\n    pass\n")
    assert Code(tmp_path / "f.py").data == tmp_path / "f.py"


def test_meshes_tables_graphs(tmp_path: Path) -> None:
    """The usual libraries' objects become files that parsers read."""
    import networkx
    import trimesh

    assert Mesh(trimesh.creation.box()).data.startswith(b"glTF")
    graph = Graph(networkx.path_graph(3))
    assert graph.modality == "graph"
    assert b"<graphml" in graph.data

    class Frame:
        def to_csv(self, index: bool) -> str:
            return "a,b\n1,2\n"

    assert (Table(Frame()).modality, Table(Frame()).data) == ("table", b"a,b\n1,2\n")


def test_the_wrong_kind_is_told(photo: Path) -> None:
    """A picture is no clip."""
    with pytest.raises(BadQuery, match="hold image"):
        Video(photo)
    with pytest.raises(BadQuery, match=r"rose\.png"):
        Mesh(photo)
