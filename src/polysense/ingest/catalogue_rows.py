"""What the catalogue's tables hold, as rows and back."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from polysense.ingest.scan import File
from polysense.read.file.references import FILE_STEM
from polysense.types import Asset


def uri_range(prefix: str) -> tuple[str, str]:
    """The first text with a beginning, and the first after all of those: an index finds them."""
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)


def record_place(db: sqlite3.Connection, file: File, asset: str, sidecar_state: str) -> None:
    """A file lies there, with that content; what failed there before is done with."""
    db.execute("DELETE FROM failures WHERE uri = ?", [file.uri])
    db.execute(
        "INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?, ?)",
        [file.uri, asset, file.size, file.mtime_ns, sidecar_state],
    )


def copy_links(db: sqlite3.Connection, source: str, place: str) -> None:
    """The links of a document from one more place of it.

    They lead to what lies beside it there, else to where they led.
    """
    rows = db.execute(
        "SELECT target, words, home FROM links WHERE source = ? ORDER BY rowid", [source]
    ).fetchall()
    if any(r["home"] == place for r in rows):
        return
    here = os.path.dirname(place)
    links = []
    for target, words, first in (tuple(r) for r in rows if r["home"] == rows[0]["home"]):
        new_target = (
            os.path.normpath(os.path.join(here, os.path.relpath(target, os.path.dirname(first))))
            if target
            else ""
        )
        links.append(
            (
                source,
                new_target if "!/" in place or os.path.exists(new_target) else target,
                words,
                place,
            )
        )
    db.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", links)


def without_surrogates(text: str) -> str:
    """Without lone surrogates, which no database holds."""
    return text.encode("utf-8", "replace").decode()


def asset_from_row(r: sqlite3.Row) -> Asset:
    """The asset of a row of assets joined with one place of it."""
    path = None if "!/" in r["uri"] else Path(r["uri"])
    meta = {"created": r["created"], "modified": r["modified"]}
    return Asset(
        id=r["id"],
        uri=r["uri"],
        mime=r["mime"],
        modality=r["modality"],
        size=r["size"],
        meta=meta,
        path=path,
    )


def resolve_bare_names(db: sqlite3.Connection) -> None:
    """Let links by a file's name alone, where no such file lies beside the document, lead to the
    one place that has this name, if just one has. What may be the name of a picture or a recording
    without its ending (IMG_0014) leads to one with any ending, beside the document first.
    """
    links = db.execute(
        "SELECT DISTINCT l.target, l.home FROM links l LEFT JOIN places p ON p.uri = l.target "
        "WHERE p.uri IS NULL AND l.target != ''"
    ).fetchall()
    bare = [
        (r["target"], r["home"])
        for r in links
        if os.path.dirname(r["target"]) == os.path.dirname(r["home"])
    ]
    if not bare:
        return
    names = {os.path.basename(target) for target, _ in bare}
    stems = {name for name in names if FILE_STEM.fullmatch(name)}
    places: dict[str, list[str]] = {}
    for r in db.execute("SELECT uri FROM places"):
        name = os.path.basename(r["uri"])
        stem = os.path.splitext(name)[0]
        for own_name in {name} & names | {stem} & stems:
            places.setdefault(own_name, []).append(r["uri"])
    matches = []
    for target, home in bare:
        own = places.get(os.path.basename(target), [])
        neighbours = [uri for uri in own if os.path.dirname(uri) == os.path.dirname(home)]
        if len(candidates := neighbours or own) == 1:
            matches.append((candidates[0], target, home))
    db.executemany("UPDATE links SET target = ? WHERE target = ? AND home = ?", matches)
