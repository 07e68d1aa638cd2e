"""EPUB books."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

from polysense.errors import Encrypted, Unreadable
from polysense.protocols import Parser
from polysense.read.document import prose
from polysense.read.document.html import blocks
from polysense.read.file import archive
from polysense.read.file.references import link_words
from polysense.types import Asset, Chunk, Link, Part, Span

if TYPE_CHECKING:
    import zipfile

MAX_CHAPTER = 32 << 20
"""Bytes of one chapter, or of the package file."""

_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_PROTECTED = ("adobe.com/adept", "readium.org/2014/01/lcp", "apple.com", "xmlenc#aes")


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package file tells: chapters in reading order, pictures, metadata."""

    chapters: tuple[str, ...]
    pictures: frozenset[str]
    cover: str
    title: str
    meta: Mapping[str, str]


class EpubParser(Parser):
    """Reads books chapter by chapter, each word with its line in the chapter's file, and their
    pictures with what is said of them.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"application/epub+zip"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages, tables and pictures in reading order. Raises Encrypted for books with copy
        protection, TooLarge, Unreadable.
        """
        path = asset.path or Path(asset.uri)
        lost: list[str] = []
        with archive.open_zip(path) as container:
            book = _book(container, asset.name)
            seen: set[str] = set()
            if book.cover:
                yield _picture(asset, book.cover, link_words("Cover", book.title))
                seen.add(book.cover)
            for chapter in book.chapters:
                try:
                    page = blocks.read(blocks.decode(_member(container, chapter, asset.name)))
                except Unreadable:
                    lost.append(chapter)
                    continue
                yield from _chapter(asset, book, chapter, page, seen)
        if lost:
            raise Unreadable(
                f"{asset.name}: {len(lost)} of its chapters cannot be read: {', '.join(lost[:20])}"
            )


def _chapter(
    asset: Asset, book: _Book, chapter: str, page: prose.Document, seen: set[str]
) -> Iterator[Chunk | Link]:
    """A picture that several chapters show is told once, where it comes first."""
    folder = posixpath.dirname(chapter)

    def inner(ref: str) -> Span | None:
        member = posixpath.normpath(posixpath.join(folder, unquote(ref.split("#")[0])))
        return Span(node=member) if member in book.pictures else None

    document = prose.Document(page.blocks, book.title, {**book.meta, **page.meta})
    for found in prose.compose(asset, document, chapter, inner):
        if isinstance(found, Link):
            continue  # nothing outside the book
        if found.modality == "image":
            if found.span.node in seen:
                continue
            seen.add(found.span.node or "")
        yield found


def _picture(asset: Asset, member: str, context: str) -> Chunk:
    span = Span(node=member)
    return Chunk(
        asset, span, "image", Part("image", asset.path, mime=asset.mime, span=span), context=context
    )


def _member(container: zipfile.ZipFile, name: str, book: str) -> bytes:
    """The bytes of a member, whatever it claims to hold. Raises Unreadable."""
    try:
        with container.open(name) as member:
            data = member.read(MAX_CHAPTER + 1)
    except Exception as e:  # zipfile and its decoders raise anything on broken members
        raise Unreadable(f"{name} in {book} cannot be read: {e}") from e
    if len(data) > MAX_CHAPTER:
        raise Unreadable(f"{name} in {book} holds more than {MAX_CHAPTER >> 20} MiB")
    return data


def _tree(container: zipfile.ZipFile, name: str, book: str) -> Any:
    """An XML member without entities or anything from outside, its names without namespaces."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        root = etree.fromstring(_member(container, name, book), parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise Unreadable(f"{name} in {book} is broken: {e}") from e
    if root is None:
        raise Unreadable(f"{name} in {book} is broken")
    return root


def _book(container: zipfile.ZipFile, name: str) -> _Book:
    names = frozenset(container.namelist())
    if "META-INF/encryption.xml" in names:
        said = _member(container, "META-INF/encryption.xml", name).decode("utf-8", "replace")
        if any(mark in said for mark in _PROTECTED):
            raise Encrypted(f"{name} is copy-protected", "Index a copy without protection.")
    package = _package(container, names, name)
    root, folder = _tree(container, package, name), posixpath.dirname(package)
    items: dict[str, tuple[str, str, str]] = {}
    for item in root.iterfind(".//{*}manifest/{*}item"):
        member = posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        if member in names:
            items[item.get("id", "")] = (
                member,
                item.get("media-type", ""),
                item.get("properties", ""),
            )
    spine = [
        items[ref][0]
        for r in root.iterfind(".//{*}spine/{*}itemref")
        if (ref := r.get("idref", "")) in items
    ]
    chapters = dict.fromkeys(
        spine or [member for member, mime, _ in items.values() if mime in _PAGES]
    )
    cover = next(
        (
            m
            for m, mime, said in items.values()
            if "cover-image" in said.split() and mime.startswith("image/")
        ),
        "",
    )
    for tag in root.iterfind(".//{*}metadata/{*}meta[@name='cover']"):
        member, mime, _ = items.get(tag.get("content", ""), ("", "", ""))
        cover = cover or (member if mime.startswith("image/") else "")
    told = {key: _said(root, key) for key in ("title", "creator", "language", "date", "publisher")}
    meta = {
        "author": told["creator"],
        "lang": told["language"],
        "date": told["date"],
        "publisher": told["publisher"],
    }
    pictures = frozenset(member for member, mime, _ in items.values() if mime.startswith("image/"))
    return _Book(
        tuple(chapters), pictures, cover, told["title"], {k: v for k, v in meta.items() if v}
    )


def _package(container: zipfile.ZipFile, names: frozenset[str], book: str) -> str:
    """The package file's name. Raises Unreadable where there is none."""
    if "META-INF/container.xml" in names:
        for file in _tree(container, "META-INF/container.xml", book).iterfind(".//{*}rootfile"):
            if file.get("full-path", "") in names:
                return str(file.get("full-path"))
    found = min((name for name in names if name.endswith(".opf")), default="")
    if not found:
        raise Unreadable(f"{book} is no EPUB book: it has no package file")
    return found


def _said(root: Any, key: str) -> str:
    found = (
        " ".join("".join(tag.itertext()).split())
        for tag in root.iterfind(f".//{{*}}metadata/{{*}}{key}")
    )
    return ", ".join(filter(None, found))[:300]
