"""PICa: captions and examples in one prompt, to a model that sees nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from polysense import Library, registry
from polysense.errors import BadConfig
from polysense.ingest.workers import Limits
from polysense.make.text.pica import MAX_CONTEXTS, Pica
from polysense.read.image.decode import png
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

from ...generate.scripted import Scripted
from ...llm.server import Server, running

ASK = (Part("text", "What colour is the boat at the quay?"),)
PROMPT = """Answer by the contexts.

Context: a red house
Context: a blue house
Q: Where is the letter box?
A: NO ANSWER

Context: a boat on a lake
Q: What colour is the boat?
A: It is white [1].

Context: a hen
Q: How many hens are there?
A: There is one hen [1].
"""


def picture(n: int, caption: str) -> Evidence:
    asset = Asset(f"{n:032x}", f"/{n}.png", "image/png", "image", 1)
    part = Part("image", b"...")
    return Evidence(n, Hit(Chunk(asset, Span(), "image", part, context=caption), 1.0), part, Span())


EVIDENCE = [picture(1, "a green boat\nat the quay"), picture(2, ""), picture(3, "a gull")]


@pytest.fixture
def prompt(tmp_path: Path) -> str:
    path = tmp_path / "my.txt"
    path.write_text(PROMPT)
    return str(path)


def test_contract() -> None:
    """As anybody's generator."""
    check_generator(Pica(language_model=Scripted("It is green [1].")), EVIDENCE, ASK[0].data)


def test_the_prompt(prompt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word: the instructions, the examples nearest to the question as turns, the nearest
    last, the captions in a fence with their numbers, what is asked.
    """
    monkeypatch.setattr("secrets.token_hex", lambda n: "0")
    model = Scripted("A: It is green [1].")
    (part,) = Pica(language_model=model, examples=2, prompt=prompt).generate(ASK, EVIDENCE)
    assert (part.data, part.meta["usage"]) == ("It is green [1].", [100, 20])
    assert [(m.speaker, m.text) for m in model.messages] == [
        ("system", "Answer by the contexts."),
        ("user", "<contexts-0>\n[1] a hen\n</contexts-0>\nQ: How many hens are there?\nA:"),
        ("assistant", "There is one hen [1]."),
        (
            "user",
            "<contexts-0>\n[1] a boat on a lake\n</contexts-0>\nQ: What colour is the boat?\nA:",
        ),
        ("assistant", "It is white [1]."),
        (
            "user",
            "<contexts-0>\n[1] a green boat at the quay\n[3] a gull\n</contexts-0>\n"
            "Q: What colour is the boat at the quay?\nA:",
        ),
    ]


def test_its_own_examples_are_whole() -> None:
    """Of the package's prompt; none where none are wanted, and no more captions than are read."""
    for examples, count in ((4, 10), (0, 2), (99, 14)):
        model = Scripted("It is green [1].")
        many = [picture(n, f"a boat {n}") for n in range(1, MAX_CONTEXTS + 3)]
        list(Pica(language_model=model, examples=examples).generate(ASK, many))
        assert len(model.messages) == count
        assert f"[{MAX_CONTEXTS}] a boat" in model.messages[-1].text
        assert f"[{MAX_CONTEXTS + 1}]" not in model.messages[-1].text


def test_nothing_without_captions_or_words() -> None:
    """The model is not asked."""
    model = Scripted("It is green [1].")
    assert list(Pica(language_model=model).generate(ASK, [picture(1, "")])) == []
    assert list(Pica(language_model=model).generate((Part("image", b"x"),), EVIDENCE)) == []
    assert not model.messages


def test_an_example_that_is_not_whole_is_told(tmp_path: Path) -> None:
    """With the file, and what it wants."""
    path = tmp_path / "my.txt"
    path.write_text("Be short.\n\nContext: a hen\nA: One.")
    with pytest.raises(BadConfig, match=r"my\.txt: an example is not whole") as raises:
        list(Pica(language_model=Scripted("x"), prompt=str(path)).generate(ASK, EVIDENCE))
    assert "Q:" in raises.value.hint


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.mark.slow
def test_a_library_answers_with_it(server: Server, tmp_path: Path) -> None:
    """One line of settings: what documents say of a picture is its caption, the answer is the
    model's, cited and checked.
    """
    pytest.importorskip("openai", reason="needs the extra llm")
    files = tmp_path / "in"
    files.mkdir()
    (files / "boat.png").write_bytes(png(np.full((64, 64, 3), 90, np.uint8)))
    (files / "harbour.md").write_text("# Harbour\n\n![A green boat lies at the quay.](boat.png)\n")
    server.replies["blind"] = "The boat at the quay is green [1]. Its owner is Marta Dulic [1]."
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        generators=["pica"],
        language_models=[f"openai:model=blind,base_url={server.url}"],
    )
    with Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)) as kb:
        kb.index(files)
        answer = kb.ask("What colour is the boat at the quay?")
    assert answer.text == "The boat at the quay is green. [1]"
    assert answer.parts[0].origin == "generated"
    assert "green boat" in server.last_words
    assert any("Marta" in w for w in answer.warnings)
