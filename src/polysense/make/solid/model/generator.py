"""The model asked for: as it is, larger, in another colour, or several of them in one scene."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from polysense.errors import NotFound, PolysenseError
from polysense.make.solid.model import edit_intent, scene
from polysense.make.solid.model.scene import Thing
from polysense.protocols import Generator
from polysense.read.language.analysis import split_identifiers, terms
from polysense.read.solid import decode
from polysense.types import Evidence, Modality, Origin, Part, Query

_MOST, _FACES = 12, 3_000_000
"""Things and faces of a scene."""


class Model(Generator):
    """Gives the best model, or its named node, as GLB; scaled or tinted where the words ask for it,
    a scene where they ask for several.

    meta["changes"] says what was changed, meta["missing"] what was asked for and is not in the
    scene.
    """

    accepts: frozenset[Modality] = frozenset({"3d"})
    emits: Modality = "3d"
    cost = 0.05
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One model. Raises NotFound where its file is gone, Unreadable where it is broken."""
        if not evidence:
            return
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        size, color = edit_intent.size(words), edit_intent.color(words)
        chosen, missing = _chosen(words, evidence)
        if (
            len(chosen) == 1
            and size is None
            and color is None
            and (same := _as_it_is(chosen[0], missing))
        ):
            yield same
            return
        changes: list[str] = []
        things, used = _things(chosen, missing)
        if len(things) > 1:
            things = scene.beside(_comparable(things, changes))
            changes.append(f"{len(things)} models set side by side on the ground")
        changes += dict.fromkeys(t.note for t in things if t.note)
        if size is not None:
            whole = _union(things)
            extent = np.ptp(whole.bounds, axis=0)
            length = float(extent.max() if size.axis < 0 else extent[size.axis])
            factor = size.metres / length if size.metres and length > 0 else size.factor
            things = _each(things, scene.scaled(whole, factor))
            changes.append(f"scaled by {factor:.4g}: {size.said}")
        if color is not None:
            things = [scene.tinted(t, color[0]) for t in things]
            changes.append(f"tinted {color[1]}")
        title = things[0].name if len(things) == 1 else "scene"
        extent = np.ptp(_union(things).bounds, axis=0)
        meta = {"evidence": used, "size_m": [round(float(x), 6) for x in extent]} | (
            {"changes": changes} if changes else {}
        )
        meta |= {"missing": missing} if missing else {}
        yield Part(
            "3d",
            scene.written(things, title),
            "model/gltf-binary",
            f"{_stem(title)}.glb",
            meta=meta,
        )


@dataclass(frozen=True, slots=True)
class _Choice:
    """A piece of evidence, its model, and how many of it are wanted."""

    e: Evidence
    part: Part
    count: int = 1

    @property
    def name(self) -> str:
        """Its node's, else its file's."""
        stem = self.e.hit.chunk.asset.name
        while "." in stem and stem.rsplit(".", 1)[1].lower() in (
            "glb",
            "gltf",
            "obj",
            "stl",
            "ply",
            "off",
            "3mf",
        ):
            stem = stem.rsplit(".", 1)[0]
        return self.part.span.node or stem or "model"


def _chosen(words: str, evidence: Sequence[Evidence]) -> tuple[list[_Choice], list[str]]:
    """What is to be shown, in the order in which it was asked for, and what of it is not there."""
    held = [c for e in evidence if (c := _choice(e, words)) is not None]
    if not held:
        raise NotFound(
            f"{evidence[0].hit.chunk.asset.name} is not there any more",
            "Put it back, or run `polysense index` again.",
        )
    if len(_distinct(held)) == 1 and sum(n for n, _ in edit_intent.items(words)) < 2:
        return held[:1], []
    if not edit_intent.several(words):
        return held[:1], []
    asked = edit_intent.items(words)
    chosen, missing = [], []
    for count, what in asked:
        named = [
            (edit_intent.fits(what, (c.name, c.e.hit.chunk.asset.name)), -i, c)
            for i, c in enumerate(held)
        ]
        fit, _, best = max(named, key=lambda n: n[:2])
        if fit > 0:
            chosen.append(replace(best, count=count))
        else:
            missing.append(what)
    return (chosen, missing) if chosen else (_distinct(held)[:_MOST], missing)


def _choice(e: Evidence, words: str) -> _Choice | None:
    """The whole model, unless the words name the node that was found: who asks for a chair wants no
    leg of it.
    """
    chunk = e.hit.chunk
    part = e.part if e.part.modality == "3d" else chunk.part
    if part is None or part.modality != "3d":
        if chunk.asset.path is None:
            return None
        part = Part("3d", chunk.asset.path, chunk.asset.mime, chunk.asset.name, chunk.span)
    if isinstance(part.data, Path) and not part.data.is_file():
        return None
    whole = replace(part, span=replace(part.span, node=None))
    node = e.span.node or part.span.node
    try:
        named = node not in (None, decode.WHOLE, decode.load(whole).root) and _names(
            words, str(node), chunk.asset.name
        )
    except PolysenseError:  # told when it is read, unless others make a scene without it
        named = False
    return _Choice(e, replace(part, span=replace(part.span, node=node)) if named else whole)


def _names(words: str, node: str, file: str) -> bool:
    """Whether words say a word of a node's name that its file's name does not say already."""
    own, others, said = (set(terms(s) + terms(split_identifiers(s))) for s in (node, file, words))
    return bool((own - others) & said)


def _distinct(held: Sequence[_Choice]) -> list[_Choice]:
    """Each file once: of a model and its parts, what was found first."""
    return list({c.e.hit.chunk.asset.id + c.e.hit.uri: c for c in reversed(held)}.values())[::-1]


def _as_it_is(c: _Choice, missing: Sequence[str]) -> Part | None:
    """The file's own bytes, where it is whole and GLB already."""
    if not scene.is_glb(c.part) or c.part.span.node:
        return None
    whole = decode.load(c.part)
    raw = c.part.data.read_bytes() if isinstance(c.part.data, Path) else c.part.data
    meta = {
        "evidence": [c.e.n],
        "size_m": [round(float(x), 6) for x in whole.extents],
        **({"missing": list(missing)} if missing else {}),
    }
    name = c.e.hit.chunk.asset.name
    return Part(
        "3d",
        raw,
        "model/gltf-binary",
        name if name.lower().endswith(".glb") else f"{_stem(name)}.glb",
        meta=meta,
    )


def _things(chosen: Sequence[_Choice], missing: list[str]) -> tuple[list[Thing], list[int]]:
    """The models read, each as often as it is wanted; of a scene, what cannot be read or is too
    much is missing.
    """
    things: list[Thing] = []
    used: list[int] = []
    faces = 0
    for c in chosen:
        try:
            thing = scene.opened(c.part, c.name)
        except PolysenseError:
            if len(chosen) == 1:
                raise
            missing.append(c.name)
            continue
        for n in range(c.count):
            faces += thing.faces
            if things and (faces > _FACES or len(things) == _MOST):
                missing.append(c.name)
                break
            things.append(replace(thing, name=c.name if c.count == 1 else f"{c.name} {n + 1}"))
            used.append(c.e.n)
    if not things:
        raise NotFound(
            "none of the models can be read", "Run `polysense index` again: they may have changed."
        )
    return things, sorted(set(used))


def _comparable(things: Sequence[Thing], changes: list[str]) -> list[Thing]:
    """Of models from files without units, those that would dwarf or vanish among the others brought
    to their size.
    """
    extents = np.array([float(np.ptp(t.bounds, axis=0).max()) for t in things])
    known = [x for x, t in zip(extents, things, strict=True) if not t.note]
    usual = float(np.median(known if known else extents))
    kept = []
    for t, extent in zip(things, extents, strict=True):
        odd = t.note and usual > 0 and extent > 0 and not 1 / 40 < extent / usual < 40
        kept.append(scene.scaled(t, usual / float(extent)) if odd else t)
        if odd:
            changes.append(f"{t.name}, whose file says no unit, brought to the others' size")
    return kept


def _union(things: Sequence[Thing]) -> Thing:
    return Thing("", tuple(p for t in things for p in t.pieces))


def _each(things: Sequence[Thing], whole: Thing) -> list[Thing]:
    """The pieces of a whole given back to the things that they are of."""
    at, made = 0, []
    for t in things:
        made.append(replace(t, pieces=whole.pieces[at : at + len(t.pieces)]))
        at += len(t.pieces)
    return made


def _stem(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "model"
