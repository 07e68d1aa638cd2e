"""What a library was built with: schema, models, revisions, dimensions.

Opening it with other models is refused, never mixed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from polysense.errors import ForeignLibrary, LibraryError, ModelMismatch
from polysense.stores.rows import SCHEMA
from polysense.types import Calibration, ScoreRange, Space

FILE = "manifest.json"

EARLIER_STORES = ("lancedb", "milvus")
"""The stores of libraries whose manifests name none: the first of them, where nobody says which."""

UNFINISHED = "copying.json"
"""In a library's folder, a file that says of what it is a copy: until the copy is whole."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The spaces of a library, and the schema of its rows: a newer one is refused."""

    spaces: tuple[Space, ...] = ()
    schema: int = SCHEMA
    calibrations: Mapping[str, Calibration] = field(default_factory=dict)
    """By space: what the scores of encoders that declare nothing mean. Those of before there were
    ranges are read as they are, and measured on the library when it is next indexed.
    """
    store: str = EARLIER_STORES[0]
    """The name of the store that keeps the chunks."""

    def check(self, spaces: Iterable[Space]) -> None:
        """Raises ModelMismatch where a space of the library is now another model's."""
        by_name = {s.name: s for s in self.spaces}
        for space in spaces:
            old = by_name.get(space.name)
            if old is not None and old != space:
                raise ModelMismatch(
                    f"space {space.name!r} was built with revision {old.revision} "
                    f"({old.dim} dimensions); the model configured now is revision "
                    f"{space.revision} ({space.dim} dimensions)",
                    f"Run `polysense reindex --space {space.name}` to encode everything again, "
                    "or configure the model it was built with.",
                )

    def with_spaces(self, spaces: Iterable[Space]) -> Manifest:
        """These spaces added, or put in the place of those with the same name."""
        merged = {s.name: s for s in (*self.spaces, *spaces)}
        return replace(self, spaces=tuple(merged[n] for n in sorted(merged)))

    def without_calibrations(self, spaces: Iterable[str]) -> Manifest:
        """Nothing measured of these spaces: their models may have changed."""
        names = set(spaces)
        others = {name: c for name, c in self.calibrations.items() if name not in names}
        return replace(self, calibrations=others)


def load(folder: Path, store: str = "") -> Manifest | None:
    """The manifest in a library's folder, or None.

    Raises ForeignLibrary for what is not one, is from a newer polysense, or is kept by another
    store than the one named; LibraryError for a copy that is not whole.
    """
    path = folder / FILE
    if (folder / UNFINISHED).is_file():
        raise LibraryError(
            f"{folder} is a copy of a library that is not whole yet",
            "Run the same `polysense copy` again: it goes on where it stopped.",
        )
    try:
        raw = json.loads(path.read_text("utf-8"))
        is_ours, schema = raw.get("kind") == "polysense", int(raw["schema"])
        is_newer = is_ours and schema > SCHEMA
        manifest = Manifest(schema=schema) if is_newer else _manifest(raw, schema, store)
    except FileNotFoundError:
        return None
    except NotADirectoryError as e:
        raise ForeignLibrary(f"{folder} is a file, not a folder") from e
    except OSError as e:
        raise LibraryError(
            f"cannot read {path}: {e.strerror}", "Check that you may read the library's folder."
        ) from e
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise ForeignLibrary(f"{path} is not a polysense manifest") from e
    if not is_ours:
        raise ForeignLibrary(f"{path} belongs to something else")
    if is_newer:
        raise ForeignLibrary(
            f"{folder} was written by a newer polysense (schema {schema})",
            "Upgrade polysense: pip install -U polysense.",
        )
    if store and store != manifest.store:
        raise ForeignLibrary(
            f"the library in {folder} is kept by {manifest.store}, not by {store}",
            f"Open it as {manifest.store}://{folder}, or give another folder.",
        )
    return manifest


def _manifest(raw: Mapping[str, Any], schema: int, store: str) -> Manifest:
    spaces = tuple(Space(**s) for s in raw["spaces"])
    calibrations = {k: _calibration(c) for k, c in raw.get("calibrations", {}).items()}
    earlier = store if store in EARLIER_STORES else EARLIER_STORES[0]
    return Manifest(spaces, schema, calibrations, str(raw.get("store", earlier)))


def _calibration(raw: Mapping[str, Any]) -> Calibration:
    ranges = tuple(ScoreRange(*r) for r in raw.get("ranges", ()))
    return Calibration(raw["min_score"], raw["confident_score"], ranges, raw.get("chunks", 0))


def save(folder: Path, manifest: Manifest) -> None:
    """Write it whole or not at all. Raises OSError."""
    raw = {
        "kind": "polysense",
        "schema": manifest.schema,
        "store": manifest.store,
        "spaces": [asdict(s) for s in manifest.spaces],
        "calibrations": {name: asdict(c) for name, c in manifest.calibrations.items()},
    }
    temporary = folder / f"{FILE}.{os.getpid()}"
    try:
        temporary.write_text(json.dumps(raw, indent=1), "utf-8")
        temporary.replace(folder / FILE)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
