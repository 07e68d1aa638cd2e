"""What a page does not say."""

from __future__ import annotations

import pytest

from polysense.read.document.blocks import TextBlock
from polysense.read.document.html.blocks import read


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>ten</p><p hidden>ninety</p><p>more", ["ten", "more"]),
        ('<div style="display: none">a<div>b</div>c</div>d', ["d"]),
        ('<span style="color:red;visibility:hidden">a</span>b', ["b"]),
        ('<td style="font-size:0px"><div style="font-size:13px">a</div></td>', ["a"]),
        ('<body style="opacity:0"><p>a</p></body>', ["a"]),
        ('<div style="max-height:0;overflow:hidden">a</div><p>b', ["b"]),
        ('<ul><li>a<li style="display:none">b</ul><p>c', ["a", "c"]),
        ('<table><tr><td style="display:none">a</table><p>b', ["b"]),
        ("<select><option hidden>a</select><p>b", ["b"]),
        ("<ul><li hidden>a<ul><li>b</ul>c</li><li>d</ul>", ["d"]),
        ("<div hidden>a<p>b</div>c", ["c"]),
        ("<del><p>a</p><p>b</p></del>c", ["c"]),
        ("a</del></div>b", ["a", "b"]),
        ('<span style="mso-hide:all">preheader</span><p>b', ["b"]),
        ("<template><p>a</p></template><p>b</p>", ["b"]),
        ("<p hidden>a<p>b<div>c</div>", ["b", "c"]),
        ("<ul><li hidden>a<li>b</ul>", ["b"]),
        ("<table><tr><td hidden>a<td>b</tr></table>", ["b"]),
        ("The toll is <del>40</del> <ins>55</ins>", ["The toll is 55"]),
        ("was <s>20</s> <strike>30</strike> 75", ["was 75"]),
        ('<span style="text-decoration: line-through">20</span> 75', ["75"]),
        ("<p>a <s>never closed</p><p>b</p>", ["a", "b"]),
        ("<input hidden>words", ["words"]),
        ("古い<ruby>灯<rt>とう</rt>台<rt>だい</rt></ruby>守", ["古い灯台守"]),
        ("<ruby>灯<rp>(<rt>とう<rp>)</ruby>守", ["灯守"]),
        ("A ton has 10<sup>6</sup> grams", ["A ton has 10^6 grams"]),
        ("bought in 1887<sup>3</sup> for", ["bought in 1887 for"]),
        ("40 m<sup>2</sup>, E = mc<sup>2", ["40 m², E = mc^2"]),
        ('as said<sup><a href="#n">[4]</a></sup>.', ["as said."]),
    ],
)
def test_what_is_read(markup: str, expected: list[str]) -> None:
    """Hidden and struck words are left out, as are reading aids; raised ones are read as such."""
    blocks = [str(b) for b in read(markup).blocks if isinstance(b, TextBlock)]
    assert [line.strip() for b in blocks for line in b.split("\n") if line.strip()] == expected
