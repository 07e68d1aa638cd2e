"""A story of several things is asked for thing by thing."""

from __future__ import annotations

import pytest

from polysense.rewriters.decomposition.scenes import scenes


@pytest.mark.parametrize(
    ("words", "things"),
    [
        (
            "Tell the story of the lighthouse, the storm, the boat and the dog",
            ["lighthouse", "storm", "boat", "dog"],
        ),
        ("a short film about the tart, the narwhal and the red panda.", ["tart", "narwhal", "red panda"]),
        ("Show me a slideshow of the mill and the weir", ["mill", "weir"]),
        ("Erzähle die Geschichte von Anna und Ben", ["Anna", "Ben"]),
        ("Raconte-moi l'histoire du moulin et de la rivière", ["moulin", "rivière"]),
        ("Cuenta la historia de Ana, Luis y Marta", ["Ana", "Luis", "Marta"]),
        ("讲述灯塔、风暴和小船的故事", ["灯塔", "风暴", "小船"]),
    ],
)  # fmt: skip
def test_each_thing_has_a_scene(words: str, things: list[str]) -> None:
    assert [q.thing for q in scenes(words)] == things


@pytest.mark.parametrize(
    "words",
    [
        "The story of the mill",
        "Who tells the story of Anna and Ben?",
        "What is the film about the mill and the weir?",
        "How long is the video of the lock and the bridge?",
        "The story of how the mill burned down in the night and who had left the lamp there",
    ],
)
def test_one_thing_is_one_question(words: str) -> None:
    assert scenes(words) == ()
