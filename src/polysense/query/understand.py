"""What a query asks: its words, wherever they are in it, and its parts as encoders can take them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from polysense.errors import BadQuery, MissingDependency, Unreadable
from polysense.ingest.jobs import parser_for
from polysense.read.file.text import count_words
from polysense.read.language.detect import detect_language
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Part, Query

MAX_PARTS, MAX_CHARACTERS = 8, 2_000
"""A file given as a query is asked by its first parts; words past this many characters add nothing.
"""

MIN_WORDS_READ = 5
"""Words read in a picture or sound from which on it is asked by them."""

_NATIVE = frozenset({"image", "audio", "3d"})


@dataclass(frozen=True, slots=True)
class Question:
    """A query, understood. asked is what was given; parts what is put to encoders; words what is
    put to the lexical index.
    """

    query: Query
    parts: Query
    words: str
    language: str
    warnings: tuple[str, ...] = ()

    @property
    def has_words_read(self) -> bool:
        """Whether words enough to ask with were read in the files given."""
        return sum(count_words(str(p.data)) for p in self.parts if "from" in p.meta) >= MIN_WORDS_READ


def understand(items: Iterable[Part | str], kit: Kit) -> Question:
    """Read the words in pictures and sounds, and take documents, clips, tables and code apart as
    indexing would.

    Raises BadQuery where nothing is asked.
    """
    query = tuple(Part("text", a) if isinstance(a, str) else a for a in items)
    parts: list[Part] = []
    warnings: list[str] = []
    for part in query:
        if part.modality == "text" and isinstance(part.data, str):
            parts += [replace(part, data=_without_unstorable(part.data))] if _without_unstorable(part.data).strip() else []
        else:
            parts += _encoder_parts(part, kit, warnings)
    # quotes are syntax to an index
    words = "\n".join(str(p.data) for p in parts if p.modality == "text")[:MAX_CHARACTERS].replace(
        '"', " "
    )
    if not parts:
        raise BadQuery("the query is empty" if not warnings else "; ".join(warnings))
    return Question(query, tuple(parts), words, detect_language(words), tuple(warnings))


def _without_unstorable(text: str) -> str:
    """Without what no index holds: NUL, lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()[:MAX_CHARACTERS]


def _encoder_parts(part: Part, kit: Kit, warnings: list[str]) -> list[Part]:
    opened_parts = [part] if part.modality in _NATIVE else list(_parse_part(part, kit))[:MAX_PARTS]
    result: list[Part] = []
    for piece in opened_parts:
        result.append(piece)
        extractor = kit.text_extractor(piece.modality) if piece.modality != "text" else None
        if extractor is None:
            continue
        try:
            lines = [str(p.data) for p in extractor.convert(piece) if p.modality == "text"]
        except MissingDependency as e:
            warnings.append(f"{e}. {e.hint}")
            continue
        if lines:
            result.append(Part("text", "\n".join(lines)[:MAX_CHARACTERS], meta={"from": piece.modality}))
    return result


def _parse_part(part: Part, kit: Kit) -> Iterable[Part]:
    if isinstance(part.data, str):
        return [Part("text", part.data[:MAX_CHARACTERS])]
    asset = as_asset(part)
    parser = parser_for(kit, asset)
    if parser is None:
        raise Unreadable(
            f"nothing here reads {asset.mime} ({asset.name})", "Ask with a file of a common type."
        )
    return _chunk_parts(c for c in parser.parse(asset) if isinstance(c, Chunk))


def _chunk_parts(chunks: Iterable[Chunk]) -> Iterable[Part]:
    for chunk in chunks:
        if chunk.part is not None:
            yield chunk.part
        if chunk.text:
            yield Part("text", chunk.text[:MAX_CHARACTERS], meta={"from": chunk.modality})


def as_asset(part: Part) -> Asset:
    """The file of a part as an asset that a parser can read; bytes are written to a temporary file
    first.
    """
    from polysense.read.file.mime import modality_of, sniff

    path = part.data if isinstance(part.data, Path) else _temporary_file(part)
    mime = part.mime or sniff(path, part.name)
    return Asset(
        content_id(path), str(path), mime, modality_of(mime), path.stat().st_size, path=path
    )


def content_id(content: Path | bytes) -> str:
    """The id of an asset of that content: its hash, 32 hex digits."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()[:32]
    with content.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()[:32]


def _temporary_file(part: Part) -> Path:
    import atexit
    import tempfile

    if not isinstance(part.data, bytes):
        raise BadQuery(f"cannot ask with {part!r}", "Give a path, bytes, or words.")
    with tempfile.NamedTemporaryFile(suffix=Path(part.name).suffix, delete=False) as f:
        f.write(part.data)
    path = Path(f.name)
    atexit.register(path.unlink, missing_ok=True)
    return path
