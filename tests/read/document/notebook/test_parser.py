"""Notebooks: words, code, outputs and plots, cell by cell."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import Unreadable
from polysense.read.document.notebook import cells as notebook
from polysense.read.document.notebook.parser import NotebookParser
from polysense.types import Asset, Chunk, Link

PNG = base64.b64encode(b"\x89PNG fake").decode()
BOOK = {
    "nbformat": 4,
    "metadata": {"language_info": {"name": "R"}},
    "cells": [
        {
            "cell_type": "markdown",
            "source": ["# Owls\n", "\n", "They hunt. ![An owl](owl.png) ![x](attachment:in.png)\n"],
            "attachments": {"in.png": {"image/png": PNG}},
        },
        {"cell_type": "markdown", "source": "## Food\n\nWe plot the mice."},
        {
            "cell_type": "code",
            "source": ["x <- 1\n", "\n", "plot(x, main='Mice per night')"],
            "outputs": [
                {"output_type": "stream", "text": ["read mice.csv\n", "\x1b[31m42\x1b[0m\n"]},
                {
                    "output_type": "display_data",
                    "data": {"image/png": PNG, "text/plain": "<Figure>"},
                },
                {
                    "output_type": "execute_result",
                    "data": {"text/html": ["<table><tr><th>a<th>b", "<tr><td>1<td>2</table>"]},
                },
                {"output_type": "error", "traceback": ["ValueError: no mice"]},
            ],
        },
        {"cell_type": "raw", "source": "Raw words \ud800."},
    ],
}


def read(path: Path, book: Any = None) -> tuple[list[Chunk], list[Link]]:
    if book is not None:
        path.write_text(book if isinstance(book, str) else json.dumps(book))
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="application/x-ipynb+json",
        modality="text",
        size=path.stat().st_size,
        path=path,
    )
    items = list(NotebookParser().parse(asset))
    return [f for f in items if isinstance(f, Chunk)], [f for f in items if isinstance(f, Link)]


def test_cells_and_outputs_each_at_their_place(tmp_path: Path) -> None:
    chunks, links = read(tmp_path / "a.ipynb", BOOK)
    by_node = {c.span.node: c for c in chunks}
    assert {c.modality for c in chunks} == {"text", "code", "image", "table"}
    assert (by_node["cell 1"].text, by_node["cell 1"].context, by_node["cell 1"].span.lines) == (
        "They hunt. An owl x",
        "Owls",
        (3, 3),
    )
    assert (
        by_node["cell 3"].modality,
        by_node["cell 3"].meta["language"],
        by_node["cell 3"].context,
    ) == (
        "code",
        "r",
        "Owls > Food",
    )
    assert by_node["cell 3 output 1"].text == "read mice.csv\n42"
    assert by_node["cell 3 output 3"].text == "a | b\n1 | 2"
    assert by_node["cell 3 output 4"].text == "ValueError: no mice"
    assert by_node["cell 4"].text == "Raw words ?."
    assert [Path(link.target).name for link in links] == ["owl.png", "mice.csv"]
    assert len({c.id for c in chunks}) == len(chunks)


def test_plots_and_attachments_are_evidence_that_can_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    chunks, _ = read(path, BOOK)
    pictures = {c.span.node or "": c for c in chunks if c.modality == "image"}
    assert set(pictures) == {"cell 1 attachment in.png", "cell 3 output 2"}
    assert "Mice per night" in pictures["cell 3 output 2"].context
    assert "We plot the mice." in pictures["cell 3 output 2"].context
    assert "Owls > Food" in pictures["cell 3 output 2"].context
    for node, chunk in pictures.items():
        assert chunk.part
        assert chunk.part.span == chunk.span
        assert notebook.picture(path, node) == b"\x89PNG fake"
    with pytest.raises(Unreadable, match="no picture"):
        notebook.picture(path, "cell 3 output 1")


def test_old_notebooks(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Bats"},
        {"cell_type": "code", "input": "y = 2", "outputs": [{"png": PNG}]},
    ]
    chunks, _ = read(
        tmp_path / "a.ipynb", {"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]}
    )
    assert [(c.modality, c.context.split("\n")[-1]) for c in chunks] == [
        ("text", "Bats"),
        ("code", "Bats"),
        ("image", "Bats"),
    ]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"cells": 3}', "[" * 100_000])
def test_what_is_no_notebook_says_so(tmp_path: Path, content: str) -> None:
    with pytest.raises(Unreadable, match=r"a\.ipynb"):
        read(tmp_path / "a.ipynb", content)


def test_cells_of_the_wrong_kind_are_passed_over(tmp_path: Path) -> None:
    damaged = {
        "cell_type": "code",
        "source": 3,
        "outputs": [1, {"data": 2}, {"data": {"image/png": 3}}],
    }
    cells = [None, 3, {}, damaged, {"cell_type": "raw", "source": "End"}]
    chunks, _ = read(tmp_path / "a.ipynb", {"cells": cells, "metadata": []})
    assert [c.text for c in chunks] == ["End"]


def test_a_real_notebook(data: Path) -> None:
    chunks, _ = read(
        data / "code-repoeval/deepmind--tracr/tracr/examples/Visualize_Tracr_Models.ipynb"
    )
    assert [c.modality for c in chunks].count("code") >= 7
    assert all(c.context.startswith("Compiling & Visualizing Tracr Models") for c in chunks)
