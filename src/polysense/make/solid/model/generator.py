"""The model asked for: as it is, larger, in another colour, or several of them in one scene."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from polysense.errors import NotFound, PolysenseError
from polysense.make.question_text import question_text
from polysense.make.solid.model import edit_intent, scene
from polysense.make.solid.model.scene import SceneObject
from polysense.protocols import Generator
from polysense.read.file.parts import missing_file
from polysense.read.language.analysis import split_identifiers, terms
from polysense.read.solid import decode
from polysense.types import Evidence, Modality, Origin, Part, Query

_MAX_OBJECTS, _MAX_FACES = 12, 3_000_000
"""Objects and faces of a scene at most, what a viewer still turns. Judged, not measured."""

_MAX_SIZE_RATIO = 40
"""A model without units that is so many times larger or smaller than the others is brought to their
size: millimetres taken as metres are a thousand. Judged, not measured.
"""

_FILE_ENDINGS = ("glb", "gltf", "obj", "stl", "ply", "off", "3mf")


class Model(Generator):
    """Gives the best model, or its named node, as GLB, changed as the words ask.

    It is scaled or tinted, or a scene of several. meta["changes"] says what was changed,
    meta["missing"] what was asked for and is not in the scene.
    """

    accepts: frozenset[Modality] = frozenset({"3d"})
    emits: Modality = "3d"
    cost = 0.05
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One model. Raises NotFound where its file is gone, Unreadable where it is broken."""
        if not evidence:
            return
        question = question_text(query)
        size, color = edit_intent.requested_size(question), edit_intent.requested_color(question)
        choices, missing = _choose_models(question, evidence)
        if (
            len(choices) == 1
            and size is None
            and color is None
            and (original := _original_file(choices[0], missing))
        ):
            yield original
            return
        changes: list[str] = []
        objects, evidence_numbers = _load_objects(choices, missing)
        if len(objects) > 1:
            objects = scene.arrange_side_by_side(_match_sizes(objects, changes))
            changes.append(f"{len(objects)} models set side by side on the ground")
        changes += dict.fromkeys(t.note for t in objects if t.note)
        if size is not None:
            combined = _merge_objects(objects)
            extent = np.ptp(combined.bounds, axis=0)
            length = float(extent.max() if size.axis < 0 else extent[size.axis])
            factor = size.metres / length if size.metres and length > 0 else size.factor
            objects = _split_pieces(objects, scene.scale(combined, factor))
            changes.append(f"scaled by {factor:.4g}: {size.phrase}")
        if color is not None:
            objects = [scene.tint(t, color[0]) for t in objects]
            changes.append(f"tinted {color[1]}")
        title = objects[0].name if len(objects) == 1 else "scene"
        extent = np.ptp(_merge_objects(objects).bounds, axis=0)
        meta = {"evidence": evidence_numbers, "size_m": [round(float(x), 6) for x in extent]} | (
            {"changes": changes} if changes else {}
        )
        meta |= {"missing": missing} if missing else {}
        yield Part(
            "3d",
            scene.to_glb(objects, title),
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
        while "." in stem and stem.rsplit(".", 1)[1].lower() in _FILE_ENDINGS:
            stem = stem.rsplit(".", 1)[0]
        return self.part.span.node or stem or "model"


def _choose_models(question: str, evidence: Sequence[Evidence]) -> tuple[list[_Choice], list[str]]:
    """The models asked for, in the order of the words, and what of them is not there."""
    candidates = [c for e in evidence if (c := _choice(e, question)) is not None]
    if not candidates:
        raise missing_file(evidence[0].hit.chunk.asset.name)
    if (
        len(_one_per_file(candidates)) == 1
        and sum(n for n, _ in edit_intent.requested_items(question)) < 2
    ):
        return candidates[:1], []
    if not edit_intent.wants_several(question):
        return candidates[:1], []
    items = edit_intent.requested_items(question)
    choices, missing = [], []
    for count, what in items:
        scores = [
            (edit_intent.name_match(what, (c.name, c.e.hit.chunk.asset.name)), -i, c)
            for i, c in enumerate(candidates)
        ]
        fit, _, best = max(scores, key=lambda n: n[:2])
        if fit > 0:
            choices.append(replace(best, count=count))
        else:
            missing.append(what)
    return (choices, missing) if choices else (_one_per_file(candidates)[:_MAX_OBJECTS], missing)


def _choice(e: Evidence, question: str) -> _Choice | None:
    """The whole model, unless the words name the node: who asks for a chair wants no leg of it."""
    chunk = e.hit.chunk
    part = e.part if e.part.modality == "3d" else chunk.part
    if part is None or part.modality != "3d":
        if chunk.asset.path is None:
            return None
        part = Part("3d", chunk.asset.path, chunk.asset.mime, chunk.asset.name, chunk.span)
    if isinstance(part.data, Path) and not part.data.is_file():
        return None
    whole_model = replace(part, span=replace(part.span, node=None))
    node = e.span.node or part.span.node
    try:
        names_node = node not in (
            None,
            decode.WHOLE_NODE,
            decode.load(whole_model).root,
        ) and _names_node(question, str(node), chunk.asset.name)
    except PolysenseError:  # raised when it is read, unless others make a scene without it
        names_node = False
    return _Choice(
        e, replace(part, span=replace(part.span, node=node)) if names_node else whole_model
    )


def _names_node(question: str, node: str, file: str) -> bool:
    """Whether words say a word of a node's name that its file's name does not say already."""
    node_terms, file_terms, question_terms = (
        set(terms(s) + terms(split_identifiers(s))) for s in (node, file, question)
    )
    return bool((node_terms - file_terms) & question_terms)


def _one_per_file(choices: Sequence[_Choice]) -> list[_Choice]:
    """Each file once: of a model and its parts, what was found first."""
    return list({c.e.hit.chunk.asset.id + c.e.hit.uri: c for c in reversed(choices)}.values())[::-1]


def _original_file(c: _Choice, missing: Sequence[str]) -> Part | None:
    """The file's own bytes, where it is whole and GLB already."""
    if not scene.is_glb(c.part) or c.part.span.node:
        return None
    mesh = decode.load(c.part)
    raw = c.part.data.read_bytes() if isinstance(c.part.data, Path) else c.part.data
    meta = {
        "evidence": [c.e.n],
        "size_m": [round(float(x), 6) for x in mesh.extents],
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


def _load_objects(
    choices: Sequence[_Choice], missing: list[str]
) -> tuple[list[SceneObject], list[int]]:
    """The models read, each as often as it is wanted, and the numbers of their evidence.

    What of a scene cannot be read, or is too much, is added to `missing`.
    """
    objects: list[SceneObject] = []
    evidence_numbers: list[int] = []
    faces = 0
    for c in choices:
        try:
            scene_object = scene.load_object(c.part, c.name)
        except PolysenseError:
            if len(choices) == 1:
                raise
            missing.append(c.name)
            continue
        for n in range(c.count):
            faces += scene_object.faces
            if objects and (faces > _MAX_FACES or len(objects) == _MAX_OBJECTS):
                missing.append(c.name)
                break
            objects.append(
                replace(scene_object, name=c.name if c.count == 1 else f"{c.name} {n + 1}")
            )
            evidence_numbers.append(c.e.n)
    if not objects:
        raise NotFound(
            "none of the models can be read", "Run `polysense index` again: they may have changed."
        )
    return objects, sorted(set(evidence_numbers))


def _match_sizes(objects: Sequence[SceneObject], changes: list[str]) -> list[SceneObject]:
    """Models without units that would dwarf the others, or vanish, brought to their size."""
    extents = np.array([float(np.ptp(t.bounds, axis=0).max()) for t in objects])
    measured = [x for x, t in zip(extents, objects, strict=True) if not t.note]
    usual_extent = float(np.median(measured if measured else extents))
    results = []
    for t, extent in zip(objects, extents, strict=True):
        is_odd = (
            t.note
            and usual_extent > 0
            and extent > 0
            and not 1 / _MAX_SIZE_RATIO < extent / usual_extent < _MAX_SIZE_RATIO
        )
        results.append(scene.scale(t, usual_extent / float(extent)) if is_odd else t)
        if is_odd:
            changes.append(f"{t.name}, whose file says no unit, brought to the others' size")
    return results


def _merge_objects(objects: Sequence[SceneObject]) -> SceneObject:
    return SceneObject("", tuple(p for t in objects for p in t.pieces))


def _split_pieces(objects: Sequence[SceneObject], combined: SceneObject) -> list[SceneObject]:
    """The pieces of the combined object given back to those that they are of."""
    start, results = 0, []
    for t in objects:
        results.append(replace(t, pieces=combined.pieces[start : start + len(t.pieces)]))
        start += len(t.pieces)
    return results


def _stem(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "model"
