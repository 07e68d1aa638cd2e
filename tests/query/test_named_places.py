"""Pages and sections as places to look in, and words that only look like one."""

from __future__ import annotations

import pytest

from polysense.query.named_places import named_places
from polysense.question import Pages

PLACES: list[tuple[str, Pages, str]] = [
    ("Quote pages 8 and 11", ((8, 8), (11, 11)), ""),
    ("Compare slides 2, 4 and 7-9 of deck.pptx", ((2, 2), (4, 4), (7, 9)), ""),
    ("What changed between page 6 and page 9?", ((6, 6), (9, 9)), ""),
    ("Welche Maße stehen auf den Seiten 14 und 16?", ((14, 14), (16, 16)), ""),
    ("Was bedeutet die Skizze auf S. 31?", ((31, 31),), ""),
    ("Traduis les pages 5 à 7", ((5, 7),), ""),
    ("¿Qué muestran las páginas 10 y 12?", ((10, 10), (12, 12)), ""),
    ("第8页和第11页有什么区别？", ((8, 8), (11, 11)), ""),
    ("第2、4页的表格", ((2, 2), (4, 4)), ""),
    ("最后一页有签名吗？", ((-1, -1),), ""),
    ("Which voltage is given on the first slide?", ((1, 1),), ""),
    ("Explain chapter 7", (), "7"),
    ("What is chapter 9 about?", (), "9"),
    ("Which gloves does section 4.1 ask for?", (), "4.1"),
    ("What is listed in appendix C of the survey?", (), "C"),
    ("What stands in appendix b?", (), "b"),
    ("Que montre l'annexe D ?", (), "D"),
    ("Was verlangt § 12.3 von Mietern?", (), "12.3"),
    ("第五章的结论是什么？", (), "5"),
    ("第六节介绍了哪些工具？", (), "6"),
]


@pytest.mark.parametrize(("words", "pages", "section"), PLACES)
def test_places(words: str, pages: Pages, section: str) -> None:
    """All that are named, each page of them, and no page between."""
    places = named_places(words)
    assert tuple(r for p in places for r in p.pages) == pages
    assert next((p.section for p in places if p.section), "") == section


@pytest.mark.parametrize(
    "words",
    [
        "Why does Word print the last page twice?",  # something done to a page
        "How can I rotate page 5?",
        "怎么旋转第5页？",
        "如何打印最后一页？",
        "Which firms left Chapter 7 liquidation last year?",  # other names
        "Who qualifies for section 8 vouchers?",
        "Wann wurde der Anhang B-Plan verworfen?",
        "Is PP 30 stronger than ABS?",
        "How many homes did the U.S. 1960 census count?",
        "Which prize did E. S. 42 win?",
        "Combien de chambres l'annexe a ?",  # a verb
        "Depuis quand l'annexe a fermé ?",
        "第二章程修订于哪年？",  # other words that begin with the same letter
        "第三节课几点开始？",
        "第一节车厢有几个座位？",
        "第一页面显示什么？",
        "Does the printer jam at every first page-feed?",
    ],
)
def test_what_only_looks_like_a_place(words: str) -> None:
    """Then everything is searched."""
    assert named_places(words) == []
