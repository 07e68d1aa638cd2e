"""By rule and by model: the same questions, both ways, and which of them is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from polysense import Library, kit
from polysense.evaluate.cases import Case
from polysense.evaluate.grid import Cell, Trial, measure
from polysense.evaluate.ways import (
    modalities_by_models,
    models_of_cells,
    taken_way,
    ways_json,
    ways_page,
    with_models_of,
)
from polysense.protocols import Generator
from polysense.read.image.decode import png
from polysense.types import Asset, Evidence, Origin, Part, Query

NO_ENCODERS = ["-minilm", "-photo", "-conse", "-sound", "-speaker", "-shape", "-use"]
CASE = Case("text", (Part("text", "?"),), Asset("1", "/a", "text/plain", "text", 1), frozenset("1"))


class Painter(Generator):
    """Pictures as a model would make them, of the seed alone."""

    accepts = frozenset({"text"})
    emits = "image"
    cost = 0.2
    origin: Origin = "generated"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        noise = np.random.default_rng(len(evidence)).integers(0, 255, (64, 64, 3))
        meta = {"evidence": [evidence[0].n]}
        yield Part("image", png(noise.astype(np.uint8)), mime="image/png", meta=meta)


def cell(origin: Origin, output: str = "image", *, good: bool = True) -> Cell:
    return Cell("text", output, (Trial(CASE, output, good, good, 0.5, origin, False, "way", 1.0),))


def test_both_ways_of_a_library(tmp_path: Path) -> None:
    """The rule draws a page, the model a picture; sounds, which no model makes, stay by rule."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "mill.txt").write_text("The mill stands by the river and has 31 paddles.")
    own = kit(encoders=NO_ENCODERS)
    profile = replace(own, generators={**own.generators, "painter": Painter()})
    assert modalities_by_models(profile) == {"image"}
    by_models = with_models_of(own, profile)
    assert not any(
        g.emits == "image" and g.origin != "generated" for g in by_models.generators.values()
    )
    pages: list[list[Cell]] = []
    for each in (own, by_models):
        with Library(tmp_path / "kb", kit=each) as kb:
            kb.index(tmp_path / "files")
            (asset,) = kb.assets()
            words = Part("text", "How many paddles has the mill by the river?")
            case = Case("text", (words,), asset, frozenset({asset.id}))
            pages.append(measure(kb, each, [case], ["image", "audio"], lambda t: None))
    (rule, _), (model, model_sound) = pages
    assert rule.usual is not None
    assert rule.usual.origin == "composed"
    assert model.usual is not None
    assert model.usual.origin == "generated"
    assert "painter" in model.usual.route
    assert model_sound.usual is not None
    assert model_sound.usual.origin == "composed"
    assert models_of_cells(pages[1]) == 1
    page = "\n".join(ways_page(*pages, "A painter of noise."))
    assert "A painter of noise." in page
    assert "In 1 of 2 cells a model made something sound of the right evidence" in page
    assert [w["taken"] for w in ways_json(*pages)] == [
        "model: asked before what is composed",
        "rule: no model makes it",
    ]


def test_which_is_taken() -> None:
    """The thing itself before a model, a model before what is composed, a rule before nothing."""
    nothing = Cell("text", "image", ())
    model = cell("generated")
    assert taken_way(cell("retrieved"), model).startswith("rule: the thing itself")
    assert taken_way(cell("composed"), model).startswith("model")
    assert taken_way(nothing, model) == "model: no rule makes it"
    assert taken_way(cell("composed"), nothing) == "rule: no model makes it"
    assert taken_way(nothing, nothing) == "neither"
    unsound = cell("generated", good=False)
    assert taken_way(cell("composed"), unsound) == "rule: what the model makes is not sound"
