"""reStructuredText, with and without Sphinx."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.read.document.rest import RestParser
from polysense.types import Asset, Chunk, Link

PAGE = """=====
Birds
=====

Owls *hunt* at
night, see :func:`find <nx.find>` and |logo|.

* one
  item

.. figure:: owl.png
   :alt: An owl

   At night

.. code-block:: python
   :linenos:

   x = 1

   y = 2

Bats
----

===  ===
A    B
===  ===
1    2
===  ===

.. only:: html

   Said :ref:`here <there>`.

.. include:: /etc/passwd

.. raw:: html

   <b>raw</b>

.. |logo| image:: logo.svg

`The report <files/report.pdf>`_ and::

   literal
"""


def read(path: Path, content: str | None = None) -> tuple[list[Chunk], list[Link]]:
    if content is not None:
        path.write_text(content, "utf-8")
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="text/x-rst",
        modality="text",
        size=path.stat().st_size,
        path=path,
    )
    items = list(RestParser().parse(asset))
    return [f for f in items if isinstance(f, Chunk)], [f for f in items if isinstance(f, Link)]


def test_words_code_and_tables_with_their_lines(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    chunks, _ = read(tmp_path / "a.rst", PAGE)
    parts = [(c.modality, c.context.split("\n")[0], c.text, c.span.lines) for c in chunks]
    assert parts[0] == (
        "text",
        "Birds",
        "Owls hunt at\nnight, see find and logo.\n\none\nitem\n\nAn owl\n\nAt night",
        (5, 14),
    )
    assert parts[1] == ("code", "Birds", "x = 1\n\ny = 2", (19, 21))
    assert parts[2][:2] == ("text", "Birds > Bats")
    assert "Said here." in parts[2][2]
    assert parts[3] == ("table", "Birds > Bats", "A | B\n1 | 2", (27, 29))
    assert capfd.readouterr() == ("", "")


def test_pictures_and_links_are_mentioned_with_their_words(tmp_path: Path) -> None:
    _, links = read(tmp_path / "a.rst", PAGE)
    by_name = {Path(link.target).name: link for link in links}
    assert set(by_name) == {"logo.svg", "owl.png", "report.pdf"}
    assert by_name["owl.png"].words.startswith("An owl\nAt night\nBirds\n")
    assert by_name["owl.png"].span.lines == (11, 11)
    assert by_name["report.pdf"].words.startswith("The report\nBirds > Bats")


def test_nothing_is_read_from_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("hidden words")
    source = (
        ".. include:: secret.txt\n\n.. csv-table::\n   :file: secret.txt\n\n"
        ".. raw:: html\n   :file: secret.txt\n\nx\n"
    )
    chunks, _ = read(tmp_path / "a.rst", source)
    assert "hidden" not in "".join(c.words for c in chunks)


@pytest.mark.parametrize(
    "soup",
    [
        "*a **b `c " * 100,
        "=\n-\n=\n",
        ".. ::\n",
        "::\n",
        ".. |x| replace:: |x|\n\n|x|",
        "\0",
        ".. no::",
    ],
)
def test_broken_markup_is_eaten(tmp_path: Path, soup: str) -> None:
    chunks, _ = read(tmp_path / "a.rst", soup + "\n\nThe end.\n")
    assert "The end." in "".join(c.text for c in chunks)


def test_real_documentation(data: Path) -> None:
    """The words of a real package's documents are where their marks say."""
    matched_words = words = 0
    for page in sorted((data / "code-networkx" / "doc").rglob("*.rst"))[::8]:
        chunks, _ = read(page)
        lines = page.read_text("utf-8").split("\n")
        assert len({c.id for c in chunks}) == len(chunks)
        for chunk in chunks:
            for mark in chunk.marks:
                assert mark.span.lines
                here = "\n".join(lines[mark.span.lines[0] - 1 : mark.span.lines[1]])
                marked_words = [
                    word for word in chunk.text[mark.start : mark.end].split() if word.isalpha()
                ]
                words += len(marked_words)
                matched_words += sum(word in here for word in marked_words)
    assert words > 1000
    assert matched_words / words > 0.97
