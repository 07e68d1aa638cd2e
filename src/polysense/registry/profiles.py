"""Profiles: plug-ins that go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """Names of plug-ins that go together."""

    parsers: tuple[str, ...]
    encoders: tuple[str, ...]
    converters: tuple[str, ...]
    rerankers: tuple[str, ...]
    rewriters: tuple[str, ...]
    language_models: tuple[str, ...]
    generators: tuple[str, ...]


OFFLINE = Profile(
    parsers=(
        "text", "markdown", "html", "rest", "subtitles", "email", "epub", "notebook",
        "pdf", "docx", "pptx", "workbook", "image", "audio", "video", "mesh", "code",
        "table", "graph",
    ),
    encoders=("minilm", "photo", "conse", "sound", "speaker", "shape", "formula"),
    converters=(
        "ocr", "pocketsphinx", "views",
        "speech", "heightmap", "spectrogram3d", "text3d", "sketch", "flowchart",
    ),
    rerankers=(),
    rewriters=("history", "spelling", "decomposition"),
    language_models=(),
    generators=(
        "extractive", "table_answer", "describe",
        "picture", "page_image", "chart", "diagram", "waveform", "render",
        "audio_clip", "video_clip", "narrated_film",
        "model", "bar_chart3d", "graph3d",
        "table_rows", "table_aggregate", "form_fields", "transcript", "model_parts", "outline",
        "graph_edges", "inventory", "subgraph", "entity_graph",
        "function", "completion", "latex", "script", "webpage",
    ),
)  # fmt: skip
PROFILES: Mapping[str, Profile] = {"offline": OFFLINE}
