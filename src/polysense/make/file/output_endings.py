"""Which endings of names go with what can be made, told before anything is."""

from __future__ import annotations

import mimetypes

from polysense.errors import BadQuery
from polysense.modalities import describe, modality_of_ending
from polysense.read.file import mime
from polysense.types import Modality

_UNWRITABLE_TEXT: dict[Modality, str] = {
    "image": "avif heic heif jxl jp2 psd ico dds tga tif svgz dcm raw",
    "audio": "aac aif aiff au mka mid opus wma oga 3ga amr",
    "video": "webm mkv avi mov m4v mpg mpeg ogv wmv 3gp 3g2 flv asf",
    "3d": "gltf fbx 3mf dae blend usdz step stp",
    "table": "xls ods xlsb feather arrow dta sav",
}
_UNWRITABLE = {f".{e}": m for m, endings in _UNWRITABLE_TEXT.items() for e in endings.split()}
"""What files hold whose endings are well known, and that are not written."""


def check_ending(suffix: str, modality: Modality) -> None:
    """Raise BadQuery where no thing of that modality can be written under such an ending.

    >>> check_ending(".xlsx", "table")
    """
    if not suffix or (is_for_words(suffix) and modality == "text"):
        return
    # an answer in words may hold a thing of another kind, or code
    is_possible = (
        bool(modality_of_ending(suffix)) or is_code(suffix)
        if modality == "text"
        else ending_fits(suffix, modality) and not (modality == "code" and _is_packed(suffix))
    )
    if not is_possible:
        endings = describe(modality).endings
        hint = f"Name a file that ends in {', '.join(endings)}." if endings else ""
        raise BadQuery(
            f"{'the answer' if modality == 'text' else modality} cannot be written as {suffix}",
            hint,
        )


def modality_written(suffix: str) -> Modality:
    """The modality that files of an ending hold, as what is not told otherwise is asked for in;
    also of endings that are read and not written.

    >>> [modality_written(e) for e in (".csv", ".png", ".py", ".html", ".md", ".webm", "")]
    ['table', 'image', 'code', 'code', 'text', 'video', 'text']
    """
    if modality := modality_of_ending(suffix):
        return modality
    return "code" if is_code(suffix) else _UNWRITABLE.get(suffix, "text")


def is_for_words(suffix: str) -> bool:
    """Whether plain words can stand in files of that ending: those of text, and unknown ones.

    >>> [is_for_words(e) for e in (".txt", ".rst", ".answer", ".pdf", ".json")]
    [True, True, True, False, False]
    """
    mime_type = mime.mime_of_ending(suffix)
    if mime_type:
        return mime_type in ("text/plain", "text/markdown", "text/x-rst")
    return not modality_of_ending(suffix) and not _is_packed(suffix)


def _is_packed(suffix: str) -> bool:
    """Whether a program's own format goes with that ending: .pdf, .docx, .zip."""
    guess = mimetypes.guess_type(f"x{suffix}")[0] or ""
    return not mime.mime_of_ending(suffix) and bool(guess) and not guess.startswith("text/")


def is_code(suffix: str) -> bool:
    """Whether an ending is one of code, pages and drawings as code among it: words under it would
    be none.
    """
    mime_type = mime.mime_of_ending(suffix)
    return not modality_of_ending(suffix) and (
        mime_type in mime.CODE_TYPES or mime_type in ("text/html", "image/svg+xml")
    )


def is_source_code(suffix: str) -> bool:
    """Whether files of that ending are code in some language or pages, or nobody knows them; not
    drawings.

    >>> [is_source_code(e) for e in (".py", ".html", ".svg", ".foo")]
    [True, True, False, True]
    """
    return mime.mime_of_ending(suffix) != "image/svg+xml"


def ending_fits(suffix: str, modality: Modality) -> bool:
    """Whether files of that ending hold such a thing; a diagram's source is a graph, and code."""
    return (
        suffix in describe(modality).endings
        or (modality_of_ending(suffix) or "code") == modality
        or (suffix == ".mmd" and modality == "code")
    )
