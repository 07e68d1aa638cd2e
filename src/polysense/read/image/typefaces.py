"""Typeface files that come with packages: DejaVu (matplotlib), Noto Sans SC and Noto Serif SC
(pylopdf-fonts-zh-cn, OFL).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

DEJAVU, BOLD, MONO = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf"
DEJAVU_SERIF, DEJAVU_SERIF_BOLD = "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"
NOTO, SERIF = "NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf"


@cache
def file(name: str) -> Path | None:
    """Where a typeface's file is; None where its package is not installed."""
    package, inner = (
        ("matplotlib", "mpl-data/fonts/ttf")
        if name.startswith("DejaVu")
        else ("pylopdf_fonts_zh_cn", "")
    )
    spec = find_spec(package)
    paths = (
        [Path(place, inner, name) for place in (spec.submodule_search_locations or ())]
        if spec
        else []
    )
    return next((p for p in paths if p.is_file()), None)


@lru_cache(maxsize=8)
def glyph_names(path: Path) -> Mapping[int, str]:
    """The characters that a typeface has, as code points, and its names of their glyphs."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as face:
        return dict(face.getBestCmap())


def covering_typeface(text: str, names: tuple[str, ...] = (DEJAVU, NOTO)) -> Path | None:
    """The first of some typefaces that has every character of a text, spaces too; None where none
    has.

    >>> files = map(covering_typeface, ("Tide mill", "潮水磨", "\\U00013000"))
    >>> [file and file.name for file in files]
    ['DejaVuSans.ttf', 'NotoSansSC-Regular.otf', None]
    """
    code_points = set(map(ord, text))
    return next(
        (path for path in map(file, names) if path and code_points <= glyph_names(path).keys()),
        None,
    )
