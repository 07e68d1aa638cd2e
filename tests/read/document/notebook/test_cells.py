"""Cells of notebooks of both formats, and the pictures in them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import TooLarge, Unreadable
from polysense.read.document.notebook import cells
from polysense.read.document.notebook.cells import join_text, mime_bundle, picture, read

PICTURE = b"\x89PNG\r\n\x1a\nnot quite"


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_both_formats_have_the_same_cells(tmp_path: Path) -> None:
    """Format 3 keeps them in worksheets and calls the source input."""
    new = {"cells": [{"cell_type": "code", "source": ["a = 1\n", "b = 2"]}], "metadata": {}}
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": "a = 1\nb = 2"}]}]}
    for n, content in enumerate((new, old)):
        [cell] = read(write(tmp_path / f"{n}.ipynb", content)).cells
        assert (cell.kind, cell.source) == ("code", "a = 1\nb = 2")


def test_the_language_is_the_kernels(tmp_path: Path) -> None:
    """Code of a notebook is not always Python."""
    for meta, language in (
        ({"language_info": {"name": "R"}}, "r"),
        ({"kernelspec": {"language": "Julia"}}, "julia"),
        ({}, "python"),
        ({"language_info": 5}, "python"),
    ):
        notebook = read(write(tmp_path / "a.ipynb", {"cells": [], "metadata": meta}))
        assert notebook.language == language


def test_pictures_of_outputs_and_attachments(tmp_path: Path) -> None:
    """By the place that a citation names; a wrong one is told, and so is a broken picture."""
    encoded = base64.b64encode(PICTURE).decode()
    cell = {
        "cell_type": "code",
        "outputs": [{"text": "no picture"}, {"data": {"image/png": [encoded[:8], encoded[8:]]}}],
        "attachments": {"plot.png": {"image/png": encoded}, "bad.png": {"image/png": "x"}},
    }
    path = write(tmp_path / "a.ipynb", {"cells": [cell]})
    assert picture(path, "cell 1 output 2") == PICTURE
    assert picture(path, "cell 1 attachment plot.png") == PICTURE
    for node in (
        "cell 1 output 1",
        "cell 1 output 9",
        "cell 0 output 1",
        "cell 7 output 1",
        "page",
    ):
        with pytest.raises(Unreadable, match=r"a\.ipynb has no picture"):
            picture(path, node)
    with pytest.raises(Unreadable, match="broken"):
        picture(path, "cell 1 attachment bad.png")
    with pytest.raises(TooLarge, match="MiB"):
        picture(path, "cell 1 output 2", limit=1)


@pytest.mark.parametrize("raw", ["", "[", "[]", "3", '{"cells": 5}', "[" * 100_000])
def test_what_is_no_notebook_is_told(tmp_path: Path, raw: str) -> None:
    """An error of ours with the file's name, whatever is in it."""
    path = tmp_path / "a.ipynb"
    path.write_text(raw)
    with pytest.raises(Unreadable, match=r"a\.ipynb"):
        read(path)


def test_a_notebook_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is read."""
    monkeypatch.setattr(cells, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        read(write(tmp_path / "a.ipynb", {"cells": []}))


def test_odd_fields_are_passed_over() -> None:
    """Strings, lists of them, and anything else; half a character becomes a mark."""
    assert (join_text(["a", "b"]), join_text(5), join_text("\ud800")) == ("ab", "", "?")
    assert mime_bundle({"png": "x", "text": "y"}) == {"image/png": "x", "text/plain": "y"}
