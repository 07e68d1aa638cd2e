"""Pictures, frames and contact sheets, opened by Pillow."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from polysense.errors import PolysenseError
from polysense.make.image.picture import Picture
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span, TextSpan

ASK = (Part("text", "the red one"),)

WHOLE = Span()


def evidence(
    path: Path, n: int = 1, modality: str = "image", mime: str = "image/png", span: Span = WHOLE
) -> Evidence:
    part = Part(modality, path, mime, path.name)
    chunk = Chunk(
        Asset(path.name, str(path), mime, modality, 1, path=path),
        Span(box=(0, 0, 1, 1)),
        modality,
        part,
    )
    return Evidence(n, Hit(chunk, 1.0), part, span or chunk.span)


def picture(path: Path, size: tuple[int, int] = (400, 300), colour: str = "#3366aa") -> Path:
    Image.new("RGB", size, colour).save(path)
    return path


def open_png(part: Part) -> Image.Image:
    with Image.open(io.BytesIO(part.data)) as image:
        assert image.format == "PNG"
        return image.convert("RGB")


def write_film(path: Path) -> Path:
    """Two seconds each of red, green and blue."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for i in range(60):
            array = np.zeros((120, 160, 3), np.uint8)
            array[..., i // 20] = 220
            array[::20] = 255
            for packet in stream.encode(av.VideoFrame.from_ndarray(array)):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return path


def test_contract(tmp_path: Path) -> None:
    """Streams PNG parts, the same each time, for any evidence or none."""
    check_generator(Picture(), [evidence(picture(tmp_path / f"{i}.png"), i) for i in (1, 2)])


def test_the_picture_itself_upright_and_bounded(tmp_path: Path) -> None:
    """Its pixels as they are, turned as its EXIF says, no side over 1600."""
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (3200, 1600), "#ff0000")
    image.paste("#0000ff", (0, 0, 1600, 1600))
    image.save(tmp_path / "a.jpg", exif=exif, quality=95)
    [part] = Picture().generate(ASK, [evidence(tmp_path / "a.jpg", mime="image/jpeg")])
    upright = open_png(part)
    assert upright.size == (800, 1600)
    assert upright.getpixel((400, 100))[2] > 240
    assert upright.getpixel((400, 1500))[0] > 240


def test_a_box_is_marked_and_not_hidden(tmp_path: Path) -> None:
    """Inside the box nothing changes, outside it is a little darker, and there is a line between."""
    path = picture(tmp_path / "a.png", (800, 600), "#c8c8c8")
    [part] = Picture().generate(ASK, [evidence(path, span=Span(box=(0.25, 0.25, 0.75, 0.75)))])
    pixels = np.asarray(open_png(part)).astype(int)
    assert pixels.shape == (600, 800, 3)
    assert (pixels[200:400, 250:550] == 200).all()
    assert 140 < pixels[20, 20].mean() < 195
    assert part.meta["box"] == [0.25, 0.25, 0.75, 0.75]
    row = pixels[300, 180:220]
    assert (np.ptp(row, axis=1) > 80).any(), "no coloured line"


def test_a_frame_of_a_video_at_its_second(tmp_path: Path) -> None:
    """The middle of the cited seconds: the clip is red, then green, then blue."""
    path = write_film(tmp_path / "a.mp4")
    [part] = Picture().generate(
        ASK, [evidence(path, modality="video", mime="video/mp4", span=Span(seconds=(2.2, 3.8)))]
    )
    mean_colour = np.asarray(open_png(part)).reshape(-1, 3).mean(0)
    assert mean_colour.argmax() == 1
    assert 2.2 <= part.meta["seconds"] <= 3.8
    [whole] = Picture().generate(ASK, [evidence(path, modality="video", mime="video/mp4")])
    assert open_png(whole).size == (160, 120)


@pytest.mark.parametrize("has_sound", [False, True])
def test_the_frame_of_a_subtitle(has_sound: bool, tmp_path: Path) -> None:
    """What is said in a film is shown by its picture at that moment, also of a film without sound,
    whose subtitles are words alone.
    """
    path = write_film(tmp_path / "a.mp4")
    asset = Asset("1", str(path), "video/mp4", "video", 1, path=path)
    sound = Part("audio", path, "video/mp4", span=Span(seconds=(0, 6))) if has_sound else None
    chunk = Chunk(asset, Span(seconds=(0, 6)), "video", sound, "The fountain was a gift.")
    cue = Evidence(1, Hit(chunk, 1.0), Part("text", chunk.text), Span(seconds=(4.2, 5.6)))
    [part] = Picture().generate(ASK, [cue])
    assert np.asarray(open_png(part)).reshape(-1, 3).mean(0).argmax() == 2
    assert 4.2 <= part.meta["seconds"] <= 5.6


@pytest.mark.parametrize(
    ("words", "count"),
    [("three pictures of boats", 3), ("photos of boats", 5), ("给我两张照片", 2), ("所有的图", 5)],
)
def test_contact_sheet(tmp_path: Path, words: str, count: int) -> None:
    """Of as many as are asked for, each once; the numbers of what is in it are told."""
    five = [
        evidence(picture(tmp_path / f"{i}.png", colour=f"#{i}0{i}0{i}0"), i) for i in range(1, 6)
    ]
    again = evidence(tmp_path / "1.png", 9)
    [part] = Picture().generate((Part("text", words),), [*five, again])
    assert part.meta["evidence"] == list(range(1, count + 1))
    image = open_png(part)
    assert 900 <= image.width <= 1600
    colours = {c for _, c in image.getcolors(1 << 24)}
    assert all((int(f"{i}0", 16),) * 3 in colours for i in range(1, count + 1))


def test_what_is_gone_costs_only_itself(tmp_path: Path) -> None:
    """On a sheet; alone it is told."""
    two = [evidence(picture(tmp_path / f"{i}.png"), i) for i in (1, 2)]
    missing = evidence(tmp_path / "gone.png", 3)
    [part] = Picture().generate((Part("text", "all the photos"),), [*two, missing])
    assert part.meta["evidence"] == [1, 2]
    with pytest.raises(PolysenseError):
        list(Picture().generate(ASK, [missing]))


def test_one_pixel_and_a_degenerate_box(tmp_path: Path) -> None:
    """Are answered with what there is."""
    path = picture(tmp_path / "a.png", (1, 1))
    [part] = Picture().generate(ASK, [evidence(path, span=Span(box=(0.5, 0.5, 0.50001, 0.50001)))])
    assert open_png(part).size == (1, 1)
    own = Part("image", path.read_bytes(), "image/png")
    chunk = Chunk(Asset("0", "a", "image/png", "image", 1), Span(), "image", own)
    [part] = Picture().generate(ASK, [Evidence(1, Hit(chunk, 1.0), own, Span())])
    assert open_png(part).size == (1, 1)


def picture_with_lines(
    path: Path, lines: tuple[str, ...], line: int, caption: str = ""
) -> Evidence:
    """A picture on which lines were read, each a tenth of its height, cited at one of them."""
    starts = [sum(len(before) + 1 for before in lines[:i]) for i in range(len(lines))]
    boxes = [Span(box=(0.1, 0.1 + 0.1 * i, 0.6, 0.18 + 0.1 * i)) for i in range(len(lines))]
    marks = tuple(
        TextSpan(a, a + len(line_text), box)
        for a, line_text, box in zip(starts, lines, boxes, strict=True)
    )
    part = Part("image", path, "image/png", path.name)
    asset = Asset(path.name, str(path), "image/png", "image", 1, path=path)
    chunk = Chunk(asset, Span(box=(0, 0, 1, 1)), "image", part, "\n".join(lines), caption, marks)
    return Evidence(1, Hit(chunk, 1.0), Part("text", lines[line]), boxes[line])


@pytest.mark.parametrize(
    ("question", "lines", "line", "caption", "marked"),
    [
        (
            "boat races off the harbour wall",
            ("HARBOUR CAFE", "OPEN"),
            0,
            "Dinghies racing, summer regatta",
            False,
        ),
        ("the old mill", ("MILL LANE",), 0, "The old mill from the river", False),
        ("show me the picture of the mill", ("MILL LANE",), 0, "", True),
        ("what is the total of the receipt?", ("RECEIPT", "Tea 2.10", "TOTAL 74.90"), 2, "", True),
        ("谁签了这张收据", ("收据", "签收人 王明"), 1, "", True),
        ("", ("MILL LANE",), 0, "", False),
    ],
)
def test_a_line_is_marked_where_the_pictures_words_answer(
    tmp_path: Path, question: str, lines: tuple[str, ...], line: int, caption: str, marked: bool
) -> None:
    """A picture that its caption found is shown whole, though a sign in it shares a word with the
    question.
    """
    query = (Part("text", question),) if question else ()
    [part] = Picture().generate(
        query, [picture_with_lines(picture(tmp_path / "a.png"), lines, line, caption)]
    )
    assert ("box" in part.meta) == marked
