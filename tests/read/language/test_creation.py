"""Orders to make something new, told from questions and from what shows what is there."""

from __future__ import annotations

import pytest

from polysense.read.language.creation import asks_for_style, asks_to_create


@pytest.mark.parametrize(
    "words",
    [
        "Draw the lighthouse at night.",
        "Please could you paint the mill?",
        "Make a picture of the ferry",
        "Imagine the harbour in 1900",
        "Draw birds over water",
        "Zeichne den Leuchtturm",
        "Dessinez le phare",
        "Dibuja el faro",
        "请画一座灯塔",
        "生成一张图片",
    ],
)
def test_orders_to_make_something(words: str) -> None:
    """In five languages, politely or not."""
    assert asks_to_create(words)


@pytest.mark.parametrize(
    "words",
    [
        "Show me the lighthouse",
        "Who painted the mill?",
        "How do I make bread?",
        "What did she draw?",
        "a drawing of the mill",
        "Draw a chart of the tickets sold",
        "Make a table of all birds",
        "Create a collage of the photos",
        "Erstelle ein Balkendiagramm",
        "画一张柱状图",
        "Draw weight of the bow?",
        "Design load of the bridge",
        "设计速度是多少",
        "",
    ],
)
def test_what_asks_for_nothing_new(words: str) -> None:
    """Questions, and orders for what shows what is there."""
    assert not asks_to_create(words)


@pytest.mark.parametrize(
    ("words", "is_style"),
    [
        ("The house finch painted in the style of Van Gogh", True),
        ("Draw the mill in the style of Hokusai", True),
        ("the harbour as a watercolour", True),
        ("Der Hafen gemalt im Stil von Monet", True),
        ("le port peint dans le style de Monet", True),
        ("把灯塔画成水墨风格", True),
        ("Photos of houses in the style of Gaudí", False),
        ("Who painted the mill?", False),
        ("The mill is used as a museum", False),
        ("Can you show me the mill painted like a Van Gogh?", True),
        ("me as a cartoon", True),
        ("Who played as a child in the garden?", False),
        ("What began as a comic and became a film?", False),
        ("In which town was the hymn sung as a round?", False),
        ("Was the wall drawn as a line?", False),
        ("Wer wurde als Held gemalt wie ein König?", False),
        ("Qui est peint comme un roi ?", False),
        ("¿Quién fue pintado como un rey?", False),
        ("谁把灯塔画成水墨风格？", False),
    ],
)
def test_what_asks_for_a_style(words: str, is_style: bool) -> None:
    """A thing made otherwise than it is, not a thing that has a style."""
    assert asks_for_style(words) == is_style
