"""Drawings read nothing but themselves."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polysense.errors import Unreadable
from polysense.read.image import svg

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def draw(body: str, head: str = "") -> np.ndarray:
    raw = f'{head}<svg {XMLNS} width="10" height="10">{body}</svg>'.encode()
    with Image.open(io.BytesIO(svg.render(raw, 20))) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("attribute", ["href", "xlink:href"])
def test_other_files_are_not_drawn(tmp_path: Path, attribute: str) -> None:
    """A drawing must not show what lies elsewhere on the disk."""
    secret = tmp_path / "secret.png"
    Image.new("RGB", (10, 10), "blue").save(secret)
    for ref in (str(secret), f"file://{secret}", f" {secret}"):
        assert draw(f'<image {attribute}="{ref}" width="10" height="10"/>').min() == 255


def test_external_entities_are_not_read(tmp_path: Path) -> None:
    """Nor what it names as an entity."""
    (tmp_path / "secret").write_text("secret")
    raw = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]><svg {XMLNS}><text>a&x;b</text></svg>'.encode()
    try:
        assert "secret" not in svg.title_and_text(raw)[1]
    except Unreadable:
        pass


def test_own_pictures_and_entities_are(tmp_path: Path) -> None:
    """Pictures inside it, references to its own parts and harmless entities stay."""
    import base64

    out = io.BytesIO()
    Image.new("RGB", (10, 10), (0, 0, 255)).save(out, "PNG")
    inner = base64.b64encode(out.getvalue()).decode()
    assert draw(f'<image href="data:image/png;base64,{inner}" width="10" height="10"/>')[
        10, 10
    ].tolist() == [0, 0, 255]
    assert draw(
        '<defs><rect id="r" width="10" height="10" fill="red"/></defs><use xlink:href="#r"/>'
    )[10, 10].tolist() == [255, 0, 0]
    assert svg.title_and_text(
        f'<!DOCTYPE svg [<!ENTITY who "Ada">]><svg {XMLNS}><text>Hi &who;</text></svg>'.encode()
    ) == ("", "Hi Ada")


def test_entity_bomb() -> None:
    """Ten thousand million laughs end in an error."""
    levels = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 11))
    with pytest.raises(Unreadable):
        svg.title_and_text(
            f'<!DOCTYPE svg [<!ENTITY l0 "lol">{levels}]><svg {XMLNS}><text>&l10;</text></svg>'.encode()
        )


def test_filters_that_never_end_are_left_out() -> None:
    """A few characters must not keep a core busy for hours; what they are laid over is still drawn."""
    for slow in (
        'feTurbulence numOctaves="1000000"',
        'feMorphology operator="dilate" radius="5000"',
    ):
        body = f'<filter id="f"><{slow}/></filter><rect width="10" height="10" fill="red" filter="url(#f)"/>'
        assert draw(body)[10, 10].tolist() == [255, 0, 0]


def test_gzipped_and_broken() -> None:
    """svgz is read; what is cut off, empty or other XML is refused by name."""
    import gzip

    raw = f"<svg {XMLNS}><title>Plan</title></svg>".encode()
    assert svg.is_drawing(gzip.compress(raw))
    assert svg.title_and_text(gzip.compress(raw)) == ("Plan", "")
    for bad in (raw[:40], b"", b"<html/>", gzip.compress(raw)[:20]):
        with pytest.raises(Unreadable, match=r"it\.svg"):
            svg.title_and_text(bad, "it.svg")


def test_words_of_a_diagram() -> None:
    """Letters in order, each once, also in foreign objects; style sheets are no words."""
    raw = f"""<svg {XMLNS}><style>.a{{fill:red}}</style><desc>A flow</desc><text>Start</text>
    <foreignObject><div xmlns="http://www.w3.org/1999/xhtml">Is it <b>ready</b>?</div></foreignObject>
    <text><tspan>End</tspan></text></svg>"""
    assert svg.title_and_text(raw.encode()) == ("A flow", "Start\nIs it ready ?\nEnd")


def draw_words(words: str, family: str = "serif") -> np.ndarray:
    raw = f'<svg {XMLNS} width="400" height="80"><text x="8" y="56" font-size="44" font-family="{family}">{words}</text></svg>'.encode()
    with Image.open(io.BytesIO(svg.render(raw, 800))) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize(
    "family",
    [
        "serif",
        "sans-serif",
        "monospace",
        "cursive",
        "Helvetica, Arial, sans-serif",
        "No Such Face",
        "",
    ],
)
def test_letters_are_drawn_whatever_typeface_is_named(family: str) -> None:
    """On a machine without typefaces too: generic families, and those of other systems."""
    assert (draw_words("Il", family) != 255).any()
    assert (draw_words("Il", family) != draw_words("Wm", family)).any()


def test_generic_families_differ() -> None:
    """Code in a drawing is drawn as code."""
    faces = [draw_words("Tide mill", family) for family in ("serif", "sans-serif", "monospace")]
    assert (faces[0] != faces[1]).any()
    assert (faces[1] != faces[2]).any()


def test_chinese_is_drawn() -> None:
    """In a drawing for a machine with other typefaces too: two characters are not two equal boxes."""
    pytest.importorskip("pylopdf_fonts_zh_cn")
    assert (draw_words("潮") != draw_words("磨")).any()
    assert (draw_words("潮", "Noto Sans SC") != draw_words("潮", "Noto Serif SC")).any()


def test_drawn_chinese_is_read() -> None:
    """As a person would read it."""
    pytest.importorskip("pylopdf_fonts_zh_cn")
    from polysense.read.image.ocr import Ocr
    from polysense.types import Part

    text = "".join(
        str(p.data) for p in Ocr().convert(Part("image", draw_words("潮水推动磨坊"), "image/raw"))
    )
    assert "潮水推动磨坊" in text
