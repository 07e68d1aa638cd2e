"""Markdown in the dialects that people write."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polysense.read.document.markdown.parser import MarkdownParser
from polysense.types import Asset, Chunk, Link


def read(path: Path, content: str | None = None) -> tuple[list[Chunk], list[Link]]:
    if content is not None:
        path.write_text(content, "utf-8")
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="text/markdown",
        modality="text",
        size=path.stat().st_size,
        path=path,
    )
    items = list(MarkdownParser().parse(asset))
    return [f for f in items if isinstance(f, Chunk)], [f for f in items if isinstance(f, Link)]


def test_words_keep_their_lines_without_the_markup(tmp_path: Path) -> None:
    text = (
        "# A *big* title {#id}\n\nSome `code\nover` lines with [a link](http://x.y)\n"
        "and **more**.\n\n- one\n  two\n- three\n\n> said\n"
    )
    (chunk,), _ = read(tmp_path / "a.md", text)
    assert chunk.text == "Some code over\nlines with a link\nand more.\n\none\ntwo\n\nthree\n\nsaid"
    assert [m.span.lines for m in chunk.marks] == [(n, n) for n in (3, 4, 5, 7, 8, 9, 11)]
    assert chunk.context == "A big title"


def test_front_matter_gives_title_and_language_and_loses_no_words(tmp_path: Path) -> None:
    chunks, _ = read(
        tmp_path / "a.md", "---\ntitle: 'Owls'\nlang: en\nkeypoints:\n- They hunt.\n---\n\nText.\n"
    )
    assert [(c.text, c.context, c.span.lines) for c in chunks] == [
        ("Text.", "Owls", (8, 8)),
        ("keypoints:\n- They hunt.", "Owls", (4, 5)),
    ]
    assert {c.meta["lang"] for c in chunks} == {"en"}


def test_fenced_code_keeps_its_language_and_output_stays_with_the_text(tmp_path: Path) -> None:
    text = "# H\n\nWe print it:\n\n```{r, echo=TRUE}\nprint(x)\n\n  y\n```\n\n```output\n42\n```\n"
    chunks, _ = read(tmp_path / "a.md", text)
    assert [(c.modality, c.text) for c in chunks] == [
        ("text", "We print it:\n\n42"),
        ("code", "print(x)\n\n  y"),
    ]
    assert [c.span.lines for c in chunks] == [(3, 12), (6, 8)]
    assert chunks[1].meta["language"] == "r"
    assert chunks[1].context == "H\nWe print it:"


def test_tables_stay_readable_by_rows(tmp_path: Path) -> None:
    chunks, links = read(
        tmp_path / "a.md", "| a | b |\n|---|:-:|\n| 1 | **2** |\n| ![x](p.png) | 4 |\n"
    )
    assert [(c.modality, c.text) for c in chunks] == [("table", "a | b\n1 | 2\nx | 4")]
    assert [m.span.lines for m in chunks[0].marks] == [(1, 1), (3, 3), (4, 4)]
    assert [Path(link.target).name for link in links] == ["p.png"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("![An owl](owl.png)", "An owl"),
        ("![An\nowl](owl.png 'At night')", "An owl"),
        ("![](owl.png){alt='An owl' width=50%}", "An owl"),
        ("![At night](owl.png){\nalt='An owl'\n}", "An owl"),
        ("![][o]\n\n[o]: owl.png\n\n{: .x}", ""),
        ("[![An owl](owl.png)](https://x.y)", "An owl"),
        ("[An owl](owl.png)", "An owl"),
        ("![An owl]({{ page.root }}/owl.png)", "An owl"),
        ("![An owl]({% link owl.png %})", "An owl"),
        ('{% include figure.html src="owl.png"\n alt="An owl" caption="x" %}', "An owl"),
        ("![[owl.png|An owl]]", "An owl"),
        ("```{figure} owl.png\n:alt: An owl\n\nAt night\n```", "An owl"),
        (
            '<figure>\n<img src="owl.png" alt="An owl">\n<figcaption>x</figcaption>\n</figure>',
            "An owl",
        ),
        ('Inline <img src="owl.png" alt="An owl"> here.', "An owl"),
    ],
)
def test_each_way_to_show_a_picture_is_a_link_with_its_words(
    tmp_path: Path, text: str, first: str
) -> None:
    (tmp_path / "owl.png").touch()
    chunks, links = read(tmp_path / "a.md", f"Before it.\n\n{text}\n")
    assert [link.target for link in links] == [str(tmp_path / "owl.png")]
    assert links[0].words.split("\n")[0] == (first or "Before it.")
    assert links[0].span.lines
    assert links[0].span.lines[0] in (3, 4)
    assert not re.search(r"[{}]|%|alt=", "".join(c.text for c in chunks))


def test_divisions_and_attributes_are_not_words(tmp_path: Path) -> None:
    (chunk,), _ = read(
        tmp_path / "a.md",
        "::::: challenge\n\n## Try it {.cls}\n\nDo {this} now.\n{: .callout}\n:::::::\n",
    )
    assert (chunk.text, chunk.context) == ("Do {this} now.", "Try it")


@pytest.mark.parametrize(
    "soup",
    [
        "[" * 3000,
        "![[a" * 3000,
        "{" * 3000,
        "{% " * 3000,
        ">" * 3000,
        "*a **" * 999,
        "<!--",
        "---\n",
        "\0",
    ],
)
def test_hostile_markdown_is_eaten(tmp_path: Path, soup: str) -> None:
    read(tmp_path / "a.md", soup)


def test_a_real_course(data: Path) -> None:
    """Every alternative text and caption of the imaging course is a link to the right file, at its
    line.
    """
    pictures = matches = 0
    for page in sorted((data / "mixed-imaging-course").rglob("*.md")):
        chunks, links = read(page)
        assert len({c.id for c in chunks}) == len(chunks)
        source = page.read_text("utf-8")
        for m in re.finditer(r"!\[([^\]]*)\]\((?!http)([^)\s]*)[^)]*\)(?:\{([^}]*)\})?", source):
            alt = re.search(r"alt=(['\"])(.*?)\1", m[3] or "", re.S)
            descriptions = [
                " ".join(re.sub(r"[*_`]", "", words).split())
                for words in (m[1], alt[2] if alt else "")
                if words
            ]
            line = source.count("\n", 0, m.start()) + 1
            pictures += 1
            matches += any(
                Path(link.target).name == Path(m[2]).name
                and link.span.lines
                and link.span.lines[0] == line
                and all(words in link.words for words in descriptions)
                and Path(link.target).is_file()
                for link in links
            )
    assert pictures > 100
    assert matches >= pictures - 2  # the course itself lacks two of them
