"""Web pages: words with their lines, tables, links to media."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from polysense.read.document.html.parser import HtmlParser
from polysense.types import Asset, Chunk, Link


def read(path: Path, content: str | bytes | None = None) -> tuple[list[Chunk], list[Link]]:
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="text/html",
        modality="text",
        size=path.stat().st_size,
        path=path,
    )
    items = list(HtmlParser().parse(asset))
    return [f for f in items if isinstance(f, Chunk)], [f for f in items if isinstance(f, Link)]


def test_words_keep_their_lines_and_scripts_are_not_read(tmp_path: Path) -> None:
    head = "<html lang=en><title>T</title><script>no()</script><style>p{}</style>"
    page = head + "\n<h1>A</h1>\n<p>One <b>two</b>\nthree.</p><!-- no -->\n<p>Four"
    (chunk,), _ = read(tmp_path / "a.html", page)
    assert chunk.text == "One two\nthree.\n\nFour"
    assert [m.span.lines for m in chunk.marks] == [(3, 3), (4, 4), (5, 5)]
    assert (chunk.context, chunk.meta["lang"], chunk.meta["heading"]) == ("T > A", "en", "A")


def test_navigation_stands_apart(tmp_path: Path) -> None:
    chunks, _ = read(
        tmp_path / "a.html", "<nav><ul><li><a href=/>Home</a><li>News</ul></nav><p>Story.</p>"
    )
    assert sorted(c.text for c in chunks) == ["Home", "News", "Story."]


def test_every_medium_of_a_page_is_linked_with_its_words(tmp_path: Path) -> None:
    page = """<h2>Zoo</h2>
<figure><img src="a b.png" alt="An owl"><figcaption>At <i>night</i></figcaption></figure>
<picture><source srcset="big.webp 2x, huge.webp 3x"><img src=small.jpg alt="A fox"></picture>
<video controls poster=p.jpg title="A run">
<source src="run.mp4"><track src=run.vtt label=English></video>
<audio src="../s/roar.mp3?x=1" aria-label="A roar"></audio> <object data=plan.pdf></object>
<img src=dog.png aria-labelledby=dog><p id=dog>A dog</p>
<a href="report%20one.pdf">The report</a> <a href="page.html">No</a> <a href="https://x.y/z.pdf">No</a>
<img src="data:image/png;base64,AA==">"""
    _, links = read(tmp_path / "a.html", page)
    link_lines = {Path(link.target).name: link.words.split("\n") for link in links}
    assert list(link_lines) == [
        "a b.png",
        "big.webp",
        "huge.webp",
        "small.jpg",
        "p.jpg",
        "run.mp4",
        "run.vtt",
        "roar.mp3",
        "plan.pdf",
        "dog.png",
        "report one.pdf",
    ]
    assert link_lines["a b.png"][:3] == ["An owl", "At night", "Zoo"]
    assert all(link_lines[name][0] == "A fox" for name in ("big.webp", "huge.webp", "small.jpg"))
    assert all("A run" in link_lines[name] for name in ("p.jpg", "run.mp4", "run.vtt"))
    assert link_lines["roar.mp3"][0] == "A roar"
    assert link_lines["dog.png"][0] == "A dog"
    assert link_lines["report one.pdf"][0] == "The report"
    assert next(link for link in links if link.target.endswith("roar.mp3")).target == str(
        tmp_path.parent / "s" / "roar.mp3"
    )


def test_a_table_is_a_table_with_spanning_cells_filled_in(tmp_path: Path) -> None:
    rows = "<tr><th>Land<th>Town<th>n\n<tr><td rowspan=2>B<td>Ghent\n<td>46\n<tr><td>Brussels<td>51"
    page = f"<table><caption>Sales</caption>\n{rows}</table>"
    chunks, _ = read(tmp_path / "a.html", page)
    table = next(c for c in chunks if c.modality == "table")
    assert table.text == "Land | Town | n\nB | Ghent | 46\nB | Brussels | 51"
    assert [m.span.lines for m in table.marks] == [(2, 2), (3, 4), (5, 5)]
    assert table.context == "Sales"


def test_a_table_that_lays_out_the_page_is_text(tmp_path: Path) -> None:
    chunks, _ = read(
        tmp_path / "a.html", "<table><tr><td><h1>A</h1>One.<td>Two.<tr><td>Three.<td>Four.</table>"
    )
    assert {c.modality for c in chunks} == {"text"}
    assert re.sub(r"\s+", " ", chunks[0].text) == "One. Two. Three. Four."


def test_code_keeps_its_shape_and_language(tmp_path: Path) -> None:
    chunks, _ = read(
        tmp_path / "a.html",
        '<pre><code class="language-python">\nif x:\n\n    y &lt; 1\n</code></pre>',
    )
    assert [(c.modality, c.text, c.span.lines, c.meta["language"]) for c in chunks] == [
        ("code", "if x:\n\n    y < 1", (2, 4), "python")
    ]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('<meta charset="gb2312"><p>中文</p>'.encode("gb2312"), "中文"),
        (b'<meta charset="latin-1"><p>caf\xe9</p>', "café"),
        ("<p>naïve</p>".encode("utf-16"), "naïve"),
        (b'<meta charset="rot13"><p>plain</p>', "plain"),
        (b'<meta charset="utf-8"><p>\xff\xfe caf</p>', "caf"),
    ],
)
def test_the_encoding_is_the_one_that_the_page_names_where_it_fits(
    tmp_path: Path, raw: bytes, expected: str
) -> None:
    chunks, _ = read(tmp_path / "a.html", raw)
    assert expected in chunks[0].text


@pytest.mark.parametrize(
    "soup",
    [
        "<",
        "<!",
        "<![if x]>",
        "<!--" * 5000,
        "<a" * 5000,
        "<table>" * 5000,
        "</p></table></td>",
        "<figure>" * 5000,
        "&#xD800;",
    ],
)
def test_tag_soup_is_eaten(tmp_path: Path, soup: str) -> None:
    chunks, _ = read(tmp_path / "a.html", soup + "<p>The end")
    assert "The end" in "".join(c.text for c in chunks) or soup.startswith(("<!--", "<a"))


def test_a_real_course(data: Path) -> None:
    """Each picture that a page shows with an alternative text is linked with it; every word is
    where its mark says.
    """
    pages = sorted((data / "mixed-web-course").rglob("*.html"))[::12]
    matched_words = words = 0
    for page in pages:
        source = page.read_text("utf-8", "replace")
        chunks, links = read(page)
        linked = {(Path(link.target).name, link.words.split("\n")[0]) for link in links}
        for m in re.finditer(
            r'<img[^>]* src="([\w./-]+)"[^>]* alt="([^"]+)"',
            re.sub(r"(?s)<!--.*?-->|<script.*?</script>", "", source),
        ):
            assert (Path(m[1]).name, " ".join(m[2].split())[:80]) in {
                (name, first[:80]) for name, first in linked
            }, (page, m[0])
        lines = source.split("\n")
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


def test_a_page_that_scripts_fill_is_found_by_its_title(tmp_path: Path) -> None:
    page = (
        "<html lang=en>\n<head><title class=x>\nTide\n tables </title><script>go()</script></head>"
        "<body><div id=root></div>"
    )
    (chunk,), _ = read(tmp_path / "a.html", page)
    assert (chunk.text, chunk.span.lines, chunk.meta["lang"]) == ("Tide tables", (3, 4), "en")
    assert read(tmp_path / "b.html", "<title>  </title><script>go()</script>") == ([], [])
    with_link, links = read(tmp_path / "c.html", "<title>Map</title><iframe src=map.pdf></iframe>")
    assert ([c.text for c in with_link], len(links)) == (["Map"], 1)
