"""Weights in a folder, end to end on small models of the true architecture: what they say, how much
they read and write, where they end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from polysense import Library, registry
from polysense.errors import BadConfig, BadQuery, MissingDependency, ModelFailed
from polysense.llm.transformers.language_model import Transformers
from polysense.messages import Message, Usage
from polysense.results import Answer
from polysense.testing import check_language_model
from polysense.types import Part

from .tiny import ANSWER

pytest.importorskip("transformers", reason="needs the extra models")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own
QUESTION = [Message.of("system", "Be short."), Message.of("user", "When is high water?")]
PICTURE = Part("image", np.full((40, 60, 3), 90, np.uint8))


def words(model: Transformers, *chat: Message, **how: object) -> str:
    pieces = list(model.chat(chat or QUESTION, **how))  # type: ignore[arg-type]
    assert isinstance(pieces[-1], Usage)
    return "".join(str(p) for p in pieces[:-1])


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("polysense-transformers")]


def test_words_come_as_they_are_written_and_then_the_usage(reader: Path) -> None:
    """Token by token; the counts are the tokenizer's own, the one that ends it among them."""
    from transformers import AutoTokenizer

    pieces = list(Transformers(model=str(reader)).chat(QUESTION))
    assert pieces[:-1] == list(ANSWER)
    chat = [{"role": m.speaker, "content": m.text} for m in QUESTION]
    prompt = AutoTokenizer.from_pretrained(reader).apply_chat_template(
        chat, add_generation_prompt=True, return_dict=True
    )
    assert pieces[-1] == Usage(len(prompt["input_ids"]), len(ANSWER) + 1)
    assert not threads()


def test_the_contract(reader: Path) -> None:
    """The check that everybody's language model can be put to: two ask at once."""
    check_language_model(Transformers(model=str(reader)), QUESTION)


def test_the_config_tells_what_it_is(reader: Path, seer: Path) -> None:
    """Modalities and context, unless the settings tell."""
    model = Transformers(model=str(reader))
    assert (model.accepts, model.context, model.name) == ({"text"}, 4096, "tiny-reader")
    assert Transformers(model=str(seer)).accepts == {"text", "image"}
    assert Transformers(model=str(seer), accepts="text").accepts == {"text"}
    assert Transformers(model=str(reader), context=512).context == 512


def test_a_picture_is_looked_at(seer: Path) -> None:
    """It takes its tokens; words that are written like its place do not."""
    model = Transformers(model=str(seer))

    def length(*parts: Part | str) -> int:
        *_, usage = model.chat([Message.of("user", *parts)])
        assert isinstance(usage, Usage)
        return usage.input_tokens

    patches = 16
    template = len("<image>\n") - len("<image>")
    assert length(PICTURE, "What?") == length("What?") + patches + template
    assert length("<image>") > length("image")
    assert words(model, Message.of("user", PICTURE, "What <image> is it?")) == ANSWER


def test_one_that_sees_can_be_left_blind(seer: Path, reader: Path) -> None:
    """A picture is refused then, as by one that has no eyes."""
    for model in (Transformers(model=str(seer), accepts="text"), Transformers(model=str(reader))):
        assert words(model) == ANSWER
        with pytest.raises(BadQuery, match="takes no image"):
            words(model, Message.of("user", PICTURE, "What is it?"))


def test_accepts_that_it_cannot(reader: Path) -> None:
    """The setting is told that is wrong."""
    with pytest.raises(BadConfig, match="takes no image"):
        words(Transformers(model=str(reader), accepts="text+image"))


def test_an_answer_cut_off_is_none(reader: Path) -> None:
    """What came until then has come; that it is no whole answer is said."""
    pieces = Transformers(model=str(reader)).chat(QUESTION, most=5)
    assert "".join(str(next(pieces)) for _ in range(5)) == ANSWER[:5]
    with pytest.raises(ModelFailed, match="stopped at 5 tokens") as raises:
        next(pieces)
    assert "most" in raises.value.hint
    assert words(Transformers(model=str(reader)), most=len(ANSWER) + 1) == ANSWER


def test_too_long_a_prompt(reader: Path) -> None:
    """Nothing is cut from it in silence; neither is the answer where little room is left."""
    model = Transformers(model=str(reader), context=200)
    with pytest.raises(ModelFailed, match="reads 200 tokens, and was given") as raises:
        words(model, Message.of("user", "x" * 500))
    assert "higher context=" in raises.value.hint
    with pytest.raises(ModelFailed, match="before its end") as raises:
        words(model, Message.of("user", "x" * 165))
    assert "higher context=" in raises.value.hint


def test_a_reader_who_leaves_ends_it(reader: Path) -> None:
    """At once, and no thread is left behind; the next one is served."""
    model = Transformers(model=str(reader))
    pieces = model.chat(QUESTION)
    assert next(pieces) == ANSWER[0]
    begin = time.monotonic()
    pieces.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begin < 2
    assert not threads()
    assert words(model) == ANSWER


def test_a_reader_who_waits_stops_nobody(reader: Path) -> None:
    """Another is answered while the first has not read on."""
    model = Transformers(model=str(reader))
    pieces = model.chat(QUESTION)
    next(pieces)
    assert words(model) == ANSWER
    assert "".join(str(p) for p in pieces if isinstance(p, str)) == ANSWER[1:]


def test_without_a_template_it_is_asked_plainly(plain_reader: Path) -> None:
    """What it would go on to ask itself is no part of the answer."""
    assert words(Transformers(model=str(plain_reader))).strip() == ANSWER


def test_a_schema_is_kept_to(reader: Path) -> None:
    """By a model that was never taught JSON."""
    pytest.importorskip("llguidance")
    schema = {
        "type": "object",
        "properties": {
            "hour": {"type": "integer", "minimum": 0, "maximum": 23},
            "tide": {"enum": ["high", "low"]},
            "places": {"type": "array", "items": {"type": "boolean"}, "maxItems": 2},
        },
        "required": ["hour", "tide", "places"],
        "additionalProperties": False,
    }
    model = Transformers(model=str(reader))
    value = json.loads(words(model, schema=schema))
    assert set(value) == {"hour", "tide", "places"}
    assert value["hour"] in range(24)
    assert value["tide"] in ("high", "low")
    assert all(isinstance(v, bool) for v in value["places"])
    assert words(model) == ANSWER


def test_a_schema_that_cannot_be_kept_to(reader: Path) -> None:
    """It is told, and nothing is written."""
    pytest.importorskip("llguidance")
    with pytest.raises(BadQuery, match="schema"):
        words(Transformers(model=str(reader)), schema={"type": "no such type"})


def test_a_schema_without_its_package(reader: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install is said."""
    monkeypatch.setitem(sys.modules, "llguidance.hf", None)
    with pytest.raises(MissingDependency, match="llguidance"):
        words(Transformers(model=str(reader)), schema={"type": "object"})


def test_what_goes_wrong_within_is_told(seer: Path, tmp_path: Path) -> None:
    """In a line, as a failure of the model."""
    copy = tmp_path / "broken"
    copy.mkdir()
    for file in seer.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    config = json.loads((copy / "processor_config.json").read_text())
    config["patch_size"] = 16  # more or fewer places than there are features
    (copy / "processor_config.json").write_text(json.dumps(config))
    with pytest.raises(ModelFailed, match="broken failed: ") as raises:
        words(Transformers(model=str(copy)), Message.of("user", PICTURE, "What?"))
    assert "\n" not in str(raises.value)


def ask(folder: Path, text: str, question: str, model: Path) -> Answer:
    (folder / "tides.md").write_text(text)
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        language_models=[f"transformers:model={model}"],
    )
    with Library(folder / "kb", kit=kit) as kb:
        kb.index(folder / "tides.md")
        return kb.ask(question)


def test_one_line_of_settings_is_enough(reader: Path, tmp_path: Path) -> None:
    """From a file to an answer in the model's words, with the place that bears it out."""
    if "transformers" not in registry.installed("language_models"):
        pytest.skip("this installation is older than the plug-in")
    text = "# Tides\n\nHigh water is at noon. Bells ring at seven.\n"
    answer = ask(tmp_path, text, "When is high water?", reader)
    (part,) = answer.parts
    assert (part.data, part.origin) == ("High water is at noon. [1]", "generated")
    assert answer.evidence[0].span.lines == (3, 3)
    assert not answer.warnings


def test_what_the_file_does_not_say_is_struck(reader: Path, tmp_path: Path) -> None:
    """The evidence is quoted in place of the model's words, and the reader is told."""
    if "transformers" not in registry.installed("language_models"):
        pytest.skip("this installation is older than the plug-in")
    answer = ask(tmp_path, "Maren Oake keeps the key of the mill.\n", "Who keeps the key?", reader)
    assert "Maren Oake" in str(answer.parts[0].data)
    assert {p.origin for p in answer.parts} != {"generated"}
    assert any("tiny-reader" in w for w in answer.warnings)


def test_nothing_heavy_is_imported_before_it_is_asked() -> None:
    """Settings that name it cost nothing."""
    code = (
        "import sys\nfrom polysense.llm.transformers.language_model import Transformers\n"
        "Transformers(model='/nowhere')\nprint('torch' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout.strip() == "False", result.stderr
