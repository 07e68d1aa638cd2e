"""The numbers of a page's lists."""

from __future__ import annotations

import pytest

from polysense.read.document.blocks import Mention, TextBlock
from polysense.read.document.html.blocks import read


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<ol><li>Stop.<li>Lift.</ol><p>End", ["1. Stop.", "2. Lift.", "End"]),
        ("<ol start=5><li>\n <p><b>Stop</b> it</p><p>now</p><li>Lift</ol>",
         ["5. Stop it", "now", "6. Lift"]),
        ("<ol><li>a<li value=9>b<li>c</ol>", ["1. a", "9. b", "10. c"]),
        ("<ol><li>a<ul><li>red</ul><ol type=a><li>b<li>c</ol><li>d</ol>",
         ["1. a", "red", "a. b", "b. c", "2. d"]),
        ("<ol type=I><li>a<li>b</ol>", ["I. a", "II. b"]),
        ("<ol reversed start=2><li>a<li>b</ol><ol reversed><li>c</ol>", ["2. a", "1. b", "c"]),
        ("<ol><li>a<li hidden>b<li>c</ol><ol hidden><li>d</ol><li>e", ["1. a", "2. c", "e"]),
        ("<nav><ol><li>Home<li>News</ol></nav>", ["Home", "News"]),
        ("<ol class=breadcrumb><li>Home</ol><ol style='list-style:none'><li>a</ol>", ["Home", "a"]),
        ("<ol><li><li>a</ol></ol><li>b", ["2. a", "b"]),
    ],
)  # fmt: skip
def test_numbers_stand_before_the_words(markup: str, words: list[str]) -> None:
    """Only where a page shows them."""
    blocks = [b for b in read(markup).blocks if isinstance(b, TextBlock)]
    assert [str(b) for b in blocks] == words


def test_places_stay() -> None:
    """The line of the words, and what a link says, without the number."""
    mention, block = read("<ol>\n<li>\n  <a href=a.png>The mast</a> of spruce</ol>").blocks
    assert isinstance(block, TextBlock)
    assert [(line.text, line.first) for line in block.lines] == [("1. The mast of spruce", 3)]
    assert isinstance(mention, Mention)
    assert (mention.descriptions[0], mention.offset, mention.size) == ("The mast", 4, 8)
