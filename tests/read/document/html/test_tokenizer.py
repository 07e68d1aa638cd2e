"""Tag soup to tags and characters, at a bounded cost."""

from __future__ import annotations

import time

import pytest

from polysense.read.document.html.tokenizer import BoundedTokenizer

N = 60_000
HOSTILE = {
    "tags": "<a " * N,
    "tags, an end": "<a b='" * N + ">",
    "quoted ends": "<a b='> \"" * (N // 10),
    "ends of tags": "</a" * N,
    "questions": "<?a" * N,
    "sections": "<![CDATA[>" * N,
    "comments": "<!-- >" * N,
    "fields": "<textarea>" * N,
}


class Recorder(BoundedTokenizer):
    def __init__(self, markup: str, first_line: int = 1) -> None:
        super().__init__(markup, first_line)
        self.text: list[tuple[int, str]] = []
        self.tags: list[tuple[int, str]] = []

    def handle_data(self, data: str) -> None:
        self.text.append((self.line, data))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((self.line, tag))


def tokenize(markup: str, first_line: int = 1) -> Recorder:
    recorder = Recorder(markup, first_line)
    recorder.read_all()
    return recorder


def test_lines_are_those_of_the_source() -> None:
    """Of a fragment, from where it begins."""
    recorder = tokenize("<p>A\n<b>c", 7)
    assert recorder.tags == [(7, "p"), (8, "b")]
    assert recorder.text == [(7, "A\n"), (8, "c")]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_markup_costs_little(hostile: str) -> None:
    """Work grows with the page, not with its square; what stands before is read."""
    began = time.process_time()
    assert tokenize("Begin " + HOSTILE[hostile]).text[0][1].startswith("Begin ")
    assert time.process_time() - began < 20


def test_what_follows_a_tag_without_end_is_read() -> None:
    """As characters; so is what XHTML marks as such, but no other declaration."""
    assert "".join(text for _, text in tokenize("A\n&lt; b <i &amp; c").text) == "A\n< b <i & c"
    assert [text for _, text in tokenize("<![CDATA[a < b]]><![if x]>c").text] == ["a < b", "c"]


def test_a_field_of_text_has_characters() -> None:
    """No tags; one that never ends is none. Lines are counted on."""
    recorder = tokenize("<textarea rows=1>\n<b>bold</b> &amp; x</TEXTAREA>\n<b>y</b><textarea><i>z")
    assert [tag for _, tag in recorder.tags] == ["textarea", "b", "textarea", "i"]
    assert recorder.tags[1] == (3, "b")
    assert recorder.text[0] == (1, "\n<b>bold</b> & x")
    assert recorder.text[-1] == (3, "z")


@pytest.mark.parametrize(
    "beginning",
    [
        '<script>var d = $("<textarea>").html(x)</script>',
        "<!-- <textarea> -->",
        "<style>/* <textarea> */</style>",
        "<div title='<textarea>'></div>",
        "<textarea/>",
    ],
)
def test_what_is_no_field_hides_nothing(beginning: str) -> None:
    """A field that a script, a comment or a value names does not reach to the next one."""
    recorder = tokenize(f"{beginning}<p>Body</p><textarea>Field</textarea>")
    assert "p" in [tag for _, tag in recorder.tags]
    assert [text for _, text in recorder.text if text][-2:] == ["Body", "Field"]
