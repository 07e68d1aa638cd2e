"""polysense: index any file, ask with any modality, get a cited answer.

from polysense import Library, Image

with Library("kb") as kb:
    kb.index("docs/", "talk.mp4", "chair.glb")
    print(kb.ask("What does this error mean?", Image("shot.png")))
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polysense.errors import PolysenseError
    from polysense.events import GenerationStep
    from polysense.generate.agent.budget import Budget
    from polysense.ingest.workers import Limits
    from polysense.library import Library
    from polysense.read.file.parts import Audio, Code, Graph, Image, Mesh, Table, Text, Video, part
    from polysense.registry import Kit, kit
    from polysense.results import Answer, IndexReport, Turn
    from polysense.types import Asset, Chunk, Evidence, Hit, Part, Ranking, Route, Space, Span, Step

_NAMES_BY_MODULE = {
    "polysense.errors": ("PolysenseError",),
    "polysense.generate.agent.budget": ("Budget",),
    "polysense.library": ("Library",),
    "polysense.read.file.parts": (
        "Audio", "Code", "Graph", "Image", "Mesh", "Table", "Text", "Video", "part",
    ),
    "polysense.ingest.workers": ("Limits",),
    "polysense.registry": ("Kit", "kit"),
    "polysense.results": ("Answer", "IndexReport", "Turn"),
    "polysense.events": ("GenerationStep",),
    "polysense.types": (
        "Asset", "Chunk", "Evidence", "Hit", "Part", "Ranking", "Route", "Space", "Span", "Step",
    ),
}  # fmt: skip
_MODULES = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names}

__all__ = [
    "Answer", "Asset", "Audio", "Budget", "Chunk", "Code", "Evidence", "GenerationStep", "Graph",
    "Hit", "Image", "IndexReport", "Kit", "Library", "Limits", "Mesh", "Part", "PolysenseError",
    "Ranking", "Route", "Space", "Span", "Step", "Table", "Text", "Turn", "Video", "kit", "part",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Names are imported when first used, so that `polysense --help` imports nothing."""
    if name not in _MODULES:
        raise AttributeError(f"module 'polysense' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
