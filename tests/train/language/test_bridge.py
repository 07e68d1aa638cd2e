"""Questions of another language find what is indexed in the first one, which stays as it is."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.train.tiny import SILENT

from polysense import cli
from polysense.encoders.aligned.encoder import Aligned
from polysense.errors import BadConfig, BadQuery
from polysense.protocols import Encoder, Vectors
from polysense.train.align.settings import Side
from polysense.train.data.pairs import Pair
from polysense.train.language.bridge import bridge_language
from polysense.types import Part, Role, Space

WIDTH, TILT = 24, 3.0
WORDS = [
    "river", "mill", "harbour", "violin", "cathedral", "volcano", "orchid", "glacier", "bridge",
    "library", "comet", "tractor", "vaccine", "parliament", "carpet", "lighthouse", "beetle",
    "piano", "desert", "satellite", "bakery", "treaty", "walnut", "canal", "helmet", "whale",
    "festival", "copper", "stadium", "poem",
]  # fmt: skip
SUBJECTS = [f"{a}-{b}" for i, a in enumerate(WORDS) for b in WORDS[i + 1 : i + 6]]


class Tilted(Encoder):
    """Words by their subject; those of a Spanish question lie off by one same turn."""

    accepts = frozenset({"text"})
    languages = frozenset({"en"})
    space = Space("tilted", "1", WIDTH)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        turn = np.random.default_rng(0).normal(size=(WIDTH, WIDTH)) / np.sqrt(WIDTH)
        rows = []
        for part in parts:
            words = str(part.data)
            number = next((i for i, s in enumerate(SUBJECTS) if s in words.split()), len(SUBJECTS))
            row = np.random.default_rng(number).normal(size=WIDTH)
            row = row + TILT * row @ turn if words.startswith("¿") else row
            rows.append(row / np.linalg.norm(row))
        return np.array(rows, np.float32).reshape(-1, WIDTH)


SIDE = Side("tilted", Tilted())


def pairs(
    ask: Callable[[str], str] = "¿Cuándo se hizo el {} que está en la casa de la madre".format,
) -> list[Pair]:
    """A question of a subject and a passage about it."""
    return [
        Pair(Part("text", ask(s)), Part("text", f"The {s} was built long ago."), source=s)
        for s in SUBJECTS
    ]


def served(folder: Path) -> Aligned:
    return Aligned(load_encoder=lambda spec: SIDE.encoder, model=str(folder))


def test_questions_are_turned_and_nothing_else(tmp_path: Path) -> None:
    """The head is over Spanish questions alone: passages and English questions keep every byte; the
    space says that it reads both, and vectors that are kept are taken over.
    """
    result = bridge_language(pairs(), SIDE, tmp_path / "kb", progress=SILENT)
    assert result.language == "es"
    assert result.is_written
    assert result.gain.change.low > 0
    encoder = served(tmp_path / "kb")
    assert encoder.languages == {"en", "es"}
    spanish, passage = pairs()[0].first, pairs()[0].second
    english = Part("text", "When was the river-mill in the house built?")
    for part, role in ((passage, "document"), (english, "query"), (spanish, "document")):
        assert np.array_equal(encoder.encode([part], role), SIDE.encoder.encode([part], role))
    nearness = [
        float(e.encode([spanish], "query")[0] @ e.encode([passage])[0])
        for e in (SIDE.encoder, encoder)
    ]
    assert nearness[1] > nearness[0] + 0.1
    own = SIDE.encoder.encode([passage])
    assert np.array_equal(encoder.derive(own, "text"), own)


def test_what_gains_nothing_is_not_written(tmp_path: Path) -> None:
    """Passages of other questions teach nothing; and a second training like the first gains nothing
    over it.
    """
    own = pairs()
    order = np.random.default_rng(1).permutation(len(own))
    mixed = [Pair(p.first, own[i].second, p.source) for p, i in zip(own, order, strict=True)]
    result = bridge_language(mixed, SIDE, tmp_path / "mixed", progress=SILENT)
    assert not result.is_written
    assert not (tmp_path / "mixed" / "aligned.json").exists()
    assert (result.card_folder / "card.json").is_file()

    folder = tmp_path / "kb"
    assert bridge_language(own, SIDE, folder, progress=SILENT).is_written
    before = (folder / "aligned.json").read_bytes()
    again = bridge_language(own, SIDE, folder, progress=SILENT)
    assert not again.is_written
    assert again.card.metrics["over what"] == "the head that was there"
    assert (folder / "aligned.json").read_bytes() == before


def test_languages_are_added_one_by_one(tmp_path: Path) -> None:
    """A second head stands beside the first, whose graph keeps every byte."""
    folder = tmp_path / "kb"
    bridge_language(pairs(), SIDE, folder, progress=SILENT)
    [graph] = folder.glob("*.onnx")
    before = graph.read_bytes()
    german = pairs("¿Wann wurde {} in dem Haus von der Mutter gebaut und wie".format)
    bridge_language(german, SIDE, folder, language="de", progress=SILENT)
    assert graph.read_bytes() == before
    assert len(list(folder.glob("*.onnx"))) == 2
    assert served(folder).languages == {"de", "en", "es"}
    config = json.loads((folder / "aligned.json").read_text())
    assert sorted(config["towers"]["text"]["language_heads"]) == ["de", "es"]


def test_what_cannot_be_taught_is_told(tmp_path: Path) -> None:
    """Questions of no language that is told, things that are no words, another encoder's folder."""
    short = [Pair(Part("text", s), Part("text", s), s) for s in SUBJECTS]
    with pytest.raises(BadQuery, match="no language"):
        bridge_language(short, SIDE, tmp_path / "a", progress=SILENT)
    with pytest.raises(BadQuery, match="spanish"):
        bridge_language(pairs(), SIDE, tmp_path / "a", language="Spanish", progress=SILENT)
    picture = Pair(Part("image", b"x", mime="image/png"), Part("text", "y"), "z")
    with pytest.raises(BadQuery, match="both words"):
        bridge_language([picture], SIDE, tmp_path / "a", language="es", progress=SILENT)
    bridge_language(pairs(), SIDE, tmp_path / "kb", progress=SILENT)
    other = Side("other", SIDE.encoder)
    with pytest.raises(BadConfig, match="not other's own"):
        bridge_language(pairs(), other, tmp_path / "kb", progress=SILENT)


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table, MiniLM, a line to put into polysense.toml; too little to gain says so, exit 1."""
    table = tmp_path / "questions.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "passage"])
        for pair in pairs():
            writer.writerow([pair.first.data, pair.second.data])
    args = [str(table), "-o", str(tmp_path / "kb"), "--anyway", "--json"]
    assert cli.main(["train", "language", *args]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["language"] == "es"
    assert printed["encoder"] == f"aligned:model={tmp_path / 'kb'}"
    assert (tmp_path / "kb" / "language-es" / "card.json").is_file()
