"""Files that the words of a document name."""

from __future__ import annotations

import pytest

from polysense.read.file.name_mentions import MAX_STEMS, links_by_name
from polysense.read.file.references import FILE_STEM
from polysense.types import Asset, Chunk, Part, Span, TextSpan

ASSET = Asset("1", "/notes/trip.docx", "", "text", 1)


def chunk(text: str, **more: object) -> Chunk:
    return Chunk(ASSET, Span(page=2), "text", text=text, context="The trip", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("DSC00231 shows the tower, scan-0042 its door.", ["DSC00231", "scan-0042"]),
        ("(P1040231) and VID_20310412_101500", ["P1040231", "VID_20310412_101500"]),
        ("Error E15 in 2031, see IMG_0007.png and https://a.example/IMG_0008", []),
    ],
)
def test_what_may_be_a_name_without_its_ending(words: str, names: list[str]) -> None:
    """Letters and a number that a camera or a scanner counts by; no code, no year, no address."""
    assert FILE_STEM.findall(words) == names


def test_each_file_is_linked_with_the_line_that_names_it() -> None:
    """Under its heading, at its place; once; not what the document links to itself."""
    text = "Day one.\nDSC00231 shows the tower.\nharbour.jpg is from the boat, DSC00231 not."
    marks = (TextSpan(0, 8, Span(lines=(1, 1))), TextSpan(9, 34, Span(lines=(2, 2))))
    links = list(links_by_name([chunk(text, marks=marks)], []))
    assert [(link.target, link.words) for link in links] == [
        ("/notes/DSC00231", "The trip\nDSC00231 shows the tower."),
        ("/notes/harbour.jpg", "The trip\nharbour.jpg is from the boat"),
    ]
    assert links[0].span == Span(lines=(2, 2))
    own = ["/notes/pics/DSC00231.jpg", "/notes/harbour.jpg"]
    assert not list(links_by_name([chunk(text)], own))


def test_only_documents_name_files() -> None:
    """Code has its own rules, what was read in a picture is the picture's."""
    text = "DSC00231 shows the tower."
    part = Part("image", b"")
    for other in (chunk(text).with_(modality="code"), chunk(text, part=part)):
        assert not list(links_by_name([other], []))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "DSC00231 shows the mill, DSC00232 the church.",
            {"DSC00231": "DSC00231 shows the mill", "DSC00232": "DSC00232 the church."},
        ),
        (
            "The mill is in DSC00231 and the church in DSC00232.",
            {"DSC00231": "The mill is in DSC00231", "DSC00232": "and the church in DSC00232"},
        ),
        (
            "DSC00231, DSC00232\nDSC00232 shows the church. It is old.",
            {"DSC00231": "DSC00231", "DSC00232": "DSC00232 shows the church."},
        ),
    ],
)
def test_each_name_has_what_is_said_of_it(text: str, words: dict[str, str]) -> None:
    """Not what is said of another one in the same sentence; not a mere list, where more is said."""
    links = links_by_name([chunk(text)], [])
    assert {link.target[len("/notes/") :]: link.words.split("\n")[1] for link in links} == words


def test_a_list_of_numbers_names_no_files() -> None:
    """Orders and parts are counted like pictures; names with an ending stay."""
    ids = "\n".join(f"ORD{n} is paid" for n in range(10_000, 10_000 + MAX_STEMS + 1))
    links = list(links_by_name([chunk(f"{ids}\nmill.jpg shows the mill.")], []))
    assert [link.target for link in links] == ["/notes/mill.jpg"]
