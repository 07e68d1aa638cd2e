"""What there is to know of a modality, declared once; every list of modalities asks here.

A modality is a word ("image"). What a package says of one of its own is a value of this kind,
named by an entry point of the group `polysense.modalities`:

    [project.entry-points."polysense.modalities"]
    thermal = "polysense_thermal:THERMAL"

Functions are named by text, "module:function", and are imported when they are called: a
declaration imports nothing. A modality without a declaration works too; it is only not offered on
the page, nor measured by the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from polysense.types import Modality

GROUP = "polysense.modalities"

_LINES = "M5 6h14M5 10h14M5 14h14M5 18h9"
_CASES, _CHECKS = "polysense.evaluate.cases", "polysense.evaluate.validity"
_CARRIED, _EXPORT = "polysense.evaluate.faithfulness", "polysense.make.file.export"
_NOTE = "polysense.make.file.provenance"

_CODE_NOUNS = (
    "function method class struct interface module macro index trigger procedure endpoint "
    "handler hook decorator constant variable enum trait "
    "funktion methode klasse modul konstante "
    "fonction méthode classe fonctions función método clase módulo funzione metodo "
    "函数 函數 方法 类 類 模块 模組 索引 接口 变量 變量"
)
_CODE_PLACE_VERBS = (
    "handled implemented defined declared computed calculated parsed validated called raised "
    "thrown caught initialised initialized configured logged retried cached serialised "
    "serialized deserialised encoded decoded escaped rounded instantiated overridden "
    "implementiert definiert berechnet behandelt aufgerufen deklariert "
    "implémenté implémentée défini définie calculé calculée géré gérée "
    "implementado implementada definido definida calculado calculada "
    "实现 實現 处理 處理 定义 定義 计算 計算"
)

_PICTURES = (
    "photo photos photograph photographs picture pictures foto fotos bild bilder bildern "
    "照片 图片 圖片"
)
_RECORDINGS = (
    "recording recordings aufnahme aufnahmen tonaufnahme tonaufnahmen "
    "enregistrement enregistrements grabación grabaciones 录音 錄音 音频 音頻"
)
_FILMS = "video videos clip clips vidéo vidéos vídeo vídeos 视频 視頻"

TOKENS, SOUND_TOKENS, CLIP_TOKENS = 600, 750, 2_048
"""Tokens of a picture: LLaVA-1.5 has 576 for each; of thirty seconds of sound: Qwen2-Audio has 750;
of a clip, which is eight small pictures: Video-LLaVA and GPT-4o have some 256 for each. A model may
have more: LLaVA-1.5 has 576 for the smallest picture. Judged, where a model does not say.
"""


@dataclass(frozen=True, slots=True)
class ModalityDescription:
    """A modality, for all who list them.

    title, title_zh   its name on the page, in English and Chinese
    icon              the path of its sign, SVG in a box of 24 by 24
    is_encoded_whole  a file of it in a query is put to encoders as it is; else it is parsed
    is_shown          an answer in words shows the thing itself beside them
    endings           of files that a part can be written as, the usual one first
    usual_ending      where it is none of them
    writer            (data, its ending, ending wanted) -> the bytes of such a file; where there is
                      none, a part is written as it is
    provenance        (mime, writer, reader): how a file of that type carries where it came from;
                      writer (data, note) -> data, reader (data) -> note, either may be ""
    query_maker       (chunk, asset) -> a query that this asset answers, or None: how the grid asks
    file_question     what words beside such a file would ask; "": they are not tried together
    checker           (part) -> None; raises InvalidPart where a part made is not sound
    likeness          modality of evidence -> (part, evidence's part, evidence) -> 0..1: how much of
                      the evidence is in a part of this modality
    copy_measure      as in likeness: how surely two files hold the same sound or film, in whatever
                      encoding; "": only those of one content are the same
    words_reader      (part, extractors) -> the words in a part made; else an extractor reads them
    nouns             what is asked for by name in it ("which function ..."), in any language; such
                      a question is answered from it before other modalities
    place_verbs       what is asked the place of in it ("where is ... handled")
    medium            what one calls such a thing that shows something ("which photo shows ...",
                      "a recording of ..."), in any language
    tokens            about how many one takes of a language model that is given it as it is

    >>> describe("image").endings[0], describe("image").is_encoded_whole, describe("smell").title
    ('.png', True, 'smell')
    """

    name: Modality
    title: str = ""
    title_zh: str = ""
    icon: str = _LINES
    is_encoded_whole: bool = False
    is_shown: bool = False
    endings: tuple[str, ...] = ()
    usual_ending: str = ""
    writer: str = ""
    provenance: tuple[tuple[str, str, str], ...] = ()
    query_maker: str = ""
    file_question: str = ""
    checker: str = ""
    likeness: tuple[tuple[Modality, str], ...] = ()
    copy_measure: str = ""
    words_reader: str = ""
    nouns: tuple[str, ...] = ()
    place_verbs: tuple[str, ...] = ()
    medium: tuple[str, ...] = ()
    tokens: int = TOKENS

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", self.title or self.name)
        object.__setattr__(self, "title_zh", self.title_zh or self.title)
        usual = self.usual_ending or next(iter(self.endings), ".bin")
        object.__setattr__(self, "usual_ending", usual)


_BUILT_IN = (
    ModalityDescription(
        "text",
        title_zh="文字",
        endings=(".txt", ".md"),
        query_maker=f"{_CASES}:sentence",
        checker=f"{_CHECKS}:check_text",
        words_reader=f"{_CARRIED}:plain_words",
    ),
    ModalityDescription(
        "image",
        title_zh="图片",
        icon="M4 5h16v14H4zM8.5 10.5a1.5 1.5 0 1 0 0-.1M4 17l5-4 3 2 4-4 4 4",
        is_encoded_whole=True,
        is_shown=True,
        endings=(".png", ".jpg", ".jpeg", ".webp", ".gif", ".tiff", ".bmp"),
        writer=f"{_EXPORT}:write_image",
        provenance=(
            ("image/png", f"{_NOTE}:write_png", f"{_NOTE}:read_png"),
            ("image/jpeg", f"{_NOTE}:write_jpeg", f"{_NOTE}:read_jpeg"),
            ("image/svg+xml", f"{_NOTE}:write_svg", ""),
        ),
        query_maker=f"{_CASES}:picture",
        file_question="What is this a picture of?",
        medium=tuple(_PICTURES.split()),
        checker=f"{_CHECKS}:check_image",
        likeness=(
            ("image", f"{_CARRIED}:picture"),
            ("video", f"{_CARRIED}:frame"),
            ("3d", f"{_CARRIED}:outline"),
        ),
    ),
    ModalityDescription(
        "audio",
        title_zh="声音",
        icon="M5 10v4M9 7v10M13 4v16M17 8v8M21 11v2",
        is_encoded_whole=True,
        is_shown=True,
        endings=(".wav", ".mp3", ".ogg", ".flac", ".m4a"),
        writer=f"{_EXPORT}:write_audio",
        provenance=(
            ("audio/wav", f"{_NOTE}:write_wav", f"{_NOTE}:read_wav"),
            ("audio/x-wav", f"{_NOTE}:write_wav", f"{_NOTE}:read_wav"),
            *(
                (f"audio/{kind}", "", f"{_NOTE}:read_tags")
                for kind in ("mpeg", "ogg", "flac", "mp4")
            ),
        ),
        query_maker=f"{_CASES}:recording",
        medium=tuple(_RECORDINGS.split()),
        checker=f"{_CHECKS}:check_audio",
        likeness=(("audio", f"{_CARRIED}:sound"), ("video", f"{_CARRIED}:sound")),
        copy_measure=f"{_CARRIED}:sound",
        tokens=SOUND_TOKENS,
    ),
    ModalityDescription(
        "video",
        title_zh="视频",
        icon="M4 6h16v12H4zM10 9.5v5l4.5-2.5z",
        is_shown=True,
        endings=(".mp4", ".mkv", ".mov"),
        writer=f"{_EXPORT}:write_video",
        provenance=(("video/mp4", f"{_NOTE}:write_mp4", f"{_NOTE}:read_tags"),),
        query_maker=f"{_CASES}:clip",
        file_question="Which clip is this from?",
        medium=tuple(_FILMS.split()),
        checker=f"{_CHECKS}:check_video",
        likeness=(
            ("image", f"{_CARRIED}:best_moment"),
            ("video", f"{_CARRIED}:clip"),
            ("audio", f"{_CARRIED}:sound"),
            ("3d", f"{_CARRIED}:best_moment"),
        ),
        copy_measure=f"{_CARRIED}:same_film",
        words_reader=f"{_CARRIED}:subtitle_words",
        tokens=CLIP_TOKENS,
    ),
    ModalityDescription(
        "code",
        title_zh="代码",
        icon="M9 8l-4 4 4 4M15 8l4 4-4 4",
        usual_ending=".txt",
        query_maker=f"{_CASES}:function",
        checker=f"{_CHECKS}:check_code",
        words_reader=f"{_CARRIED}:plain_words",
        nouns=tuple(_CODE_NOUNS.split()),
        place_verbs=tuple(_CODE_PLACE_VERBS.split()),
    ),
    ModalityDescription(
        "3d",
        title_zh="三维",
        icon="M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12 4 7.5",
        is_encoded_whole=True,
        is_shown=True,
        endings=(".glb", ".obj", ".stl", ".ply", ".off"),
        writer=f"{_EXPORT}:write_model",
        provenance=(("model/gltf-binary", f"{_NOTE}:write_glb", f"{_NOTE}:read_glb"),),
        query_maker=f"{_CASES}:model",
        medium=("3d model", "3d models", "3d-modell", "mesh", "三维模型", "3D模型"),
        checker=f"{_CHECKS}:check_model",
        likeness=(("3d", f"{_CARRIED}:shape"), ("image", f"{_CARRIED}:front_view")),
        words_reader=f"{_CARRIED}:model_words",
    ),
    ModalityDescription(
        "table",
        title_zh="表格",
        icon="M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
        is_shown=True,
        endings=(".csv", ".tsv", ".xlsx", ".parquet", ".jsonl"),
        writer=f"{_EXPORT}:write_table",
        query_maker=f"{_CASES}:rows",
        checker=f"{_CHECKS}:check_table",
        words_reader=f"{_CARRIED}:cell_words",
    ),
    ModalityDescription(
        "graph",
        title_zh="图谱",
        icon="M7 7a2 2 0 1 0 0-.1M17 9a2 2 0 1 0 0-.1M11 18a2 2 0 1 0 0-.1"
        "M8.5 8.3l2 7.2M15.5 10.5l-3.5 5.5M9 7.2l6 1.3",
        endings=(".graphml", ".jsonld", ".mmd", ".ttl"),
        writer=f"{_EXPORT}:write_graph",
        provenance=(("application/graphml+xml", f"{_NOTE}:write_graphml", ""),),
        checker=f"{_CHECKS}:check_graph",
        words_reader=f"{_CARRIED}:label_words",
    ),
)
"""Ours, in the order in which they are listed."""

BUILT_IN = tuple(m.name for m in _BUILT_IN)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What an installed package declares: a description, or why it is not used."""

    name: str
    package: str
    description: ModalityDescription | None
    problem: str = ""


@cache
def declarations() -> tuple[Declaration, ...]:
    """Those of other packages, by package and name."""
    points = sorted(entry_points(group=GROUP), key=lambda e: (_package(e), e.name))
    names = set(BUILT_IN)
    result = []
    for entry in points:
        declaration = _declaration(entry, names)
        names |= {entry.name} if declaration.description else set()
        result.append(declaration)
    return tuple(result)


def _declaration(entry: EntryPoint, names: set[str]) -> Declaration:
    if entry.name in names:
        return Declaration(entry.name, _package(entry), None, "it is declared already")
    try:
        value = entry.load()
    except Exception as e:  # noqa: BLE001 - somebody's module may fail in any way, and must not stop all others
        return Declaration(entry.name, _package(entry), None, f"{type(e).__name__}: {e}")
    if not isinstance(value, ModalityDescription) or value.name != entry.name:
        problem = f"{entry.value} is no ModalityDescription of {entry.name!r}"
        return Declaration(entry.name, _package(entry), None, problem)
    return Declaration(entry.name, _package(entry), value)


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else ""


def all_modalities() -> Mapping[Modality, ModalityDescription]:
    """Every modality that is declared, by its name: ours first, then those of other packages."""
    others = (d.description for d in declarations() if d.description is not None)
    return {m.name: m for m in (*_BUILT_IN, *others)}


def describe(modality: Modality) -> ModalityDescription:
    """A modality; one that nobody declares is described by its name alone."""
    return all_modalities().get(modality) or ModalityDescription(modality)


def modality_of_ending(suffix: str) -> Modality:
    """What a file of that ending holds, of those that can be written; "" for any other.

    Of two that write such files, the one listed first.
    """
    return next((m.name for m in all_modalities().values() if suffix in m.endings), "")


def function(path: str) -> Callable[..., Any]:
    """The function that a description names, "module:function"."""
    module, _, name = path.partition(":")
    result: Callable[..., Any] = getattr(import_module(module), name)
    return result
