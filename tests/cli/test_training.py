"""`polysense train`, as a user runs it: a table of pairs, a space, a search by it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.train.tiny import COLOURS, picture

from polysense import cli


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with pictures of colours and a table of what they show."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("POLYSENSE_LIBRARY", raising=False)
    (tmp_path / "photos").mkdir()
    rows = ["image,text"]
    for i in range(10):
        for k, colour in enumerate(COLOURS):
            place = ("top", "left")[i % 2]
            name = f"photos/{k}{i}.png"
            (tmp_path / name).write_bytes(bytes(picture(colour, place, 100 * k + i).data))
            rows.append(f"{name},a {colour} field")
    (tmp_path / "pairs.csv").write_text("\n".join(rows))
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str]:
    code = cli.main(list(args))
    return code, capsys.readouterr().out


def test_from_a_table_to_a_search(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Align, index with the space and without encoding a picture again, search, compare."""
    align = ("train", "align", "pairs.csv", "--from", "photo", "--before", "-", "--head", "ridge")
    # a photo encoder sees little in plain fields: what is tested is the way, not the gain
    code, out = run(capsys, *align, "-o", "one", "--anyway", "--json")
    result = json.loads(out)
    assert code == 0
    assert result["encoder"] == "aligned:model=one"
    assert result["metrics"]["over what"] == "chance"
    run(capsys, *align, "-o", "two", "--seed", "4", "--anyway")
    code, out = run(capsys, "train", "compare", "one", "two")
    assert "They were measured on different pairs" in out
    assert "seed: 0 -> 4" in out

    off = "-use;-sound;-speaker;-shape;-conse"
    monkeypatch.setenv("POLYSENSE_ENCODERS", off)
    monkeypatch.setenv("POLYSENSE_CONVERTERS", "-ocr")
    assert run(capsys, "index", "photos")[0] == 0
    monkeypatch.setenv("POLYSENSE_ENCODERS", f"{off};aligned:model=one")
    encoded: list[int] = []
    from polysense.encoders.photo import Photo

    original = Photo.encode
    monkeypatch.setattr(
        Photo, "encode", lambda self, parts, role="document": (
            encoded.append(len(parts)), original(self, parts, role)
        )[1],
    )  # fmt: skip
    assert run(capsys, "index", "photos")[0] == 0
    assert not encoded  # made of the vectors that were there
    _, out = run(capsys, "search", "a red field", "--using", "dense('aligned-one')", "--json")
    hits = json.loads(out)["hits"]
    assert len(hits) == 10
    assert {h["why"][0]["space"] for h in hits} == {"aligned-one"}
    assert np.isfinite([h["score"] for h in hits]).all()


def test_wrong_use_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither pairs nor --mine; a head that is none; a folder without a card."""
    assert cli.main(["train", "align", "--from", "photo"]) == 2
    assert cli.main(["train", "align", "pairs.csv", "--from", "photo", "--head", "tree"]) == 2
    assert cli.main(["train", "compare", "a", "b"]) == 1
    assert "holds no finished training" in capsys.readouterr().err
