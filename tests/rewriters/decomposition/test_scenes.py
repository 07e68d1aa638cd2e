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
        ("讲讲水灾和大桥的故事", ["水灾", "大桥"]),
        ("给我讲一个猫、狗和鸟的故事", ["猫", "狗", "鸟"]),
        ("请讲一个共和国与和平的故事", ["共和国", "和平"]),
        ("和平和战争的故事", ["和平", "战争"]),
        ("关于灯塔和风暴的短片", ["灯塔", "风暴"]),
        ("和尚与老虎的故事", ["和尚", "老虎"]),
        ("The tale of the mill, the flood, and the new bridge, please",
         ["mill", "flood", "new bridge"]),
        ("Please tell us the story of the mill, then the flood and then the bridge",
         ["mill", "flood", "bridge"]),
        ("A film about the mill and about the flood", ["mill", "flood"]),
        ("Erzähl die Geschichte der Mühle und der Flut", ["Mühle", "Flut"]),
        ("Die Geschichte des Müllers, der Flut und eines Hundes", ["Müllers", "Flut", "Hundes"]),
        ("Eine Geschichte über Anna und über Ben", ["Anna", "Ben"]),
        ("L'histoire d'Anna et de Ben", ["Anna", "Ben"]),
        ("Story of the mill & the flood", ["mill", "flood"]),
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
        "Tell the story of how the mill and the bridge burned",
        "Tell the story of when the mill and the bridge burned",
        "Die Geschichte von wie und warum",
        "The story of the fight between the miller and the baker",
        "The story of Lusk and Sons",
        "讲一个和平的故事",
        "讲讲共和国的故事",
        "讲讲水灾和桥的故事",
        "谁讲灯塔和风暴的故事",
        "一个参与者的故事",
    ],
)
def test_one_thing_is_one_question(words: str) -> None:
    assert scenes(words) == ()
