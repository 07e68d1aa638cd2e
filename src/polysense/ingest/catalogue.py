"""What is where: places, assets, links and failures of one library, in SQLite beside the store.

A place is written here only after its chunks are in the store: what the catalogue says is done, is
done. `Catalogue.was_interrupted` tells of a run that was cut off; then `sweep` in
`polysense.ingest.sync` makes store and catalogue agree again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from polysense.ingest.catalogue_rows import (
    asset_from_row,
    copy_links,
    record_place,
    resolve_bare_names,
    uri_range,
    without_surrogates,
)
from polysense.ingest.indexed_file import IndexedFile
from polysense.ingest.scan import File
from polysense.ingest.unread import UnreadWords
from polysense.ingest.uris import enclosing_uris, folded_uri
from polysense.registry.parser_table import lookup
from polysense.results import Failure
from polysense.types import Asset

CATALOGUE = "catalogue.db"
"""The catalogue's name in a library's folder."""

RETRY = -1
"""In the place of a file's time: read it again, though it is as it was."""

MAX_SIBLINGS = 200
"""Files of one folder that belong together at most: more are a collection. Judged, not measured."""

MAX_MENTION_CHARACTERS = 2000
"""Of all that other files say of an asset, as much goes into its chunks; judged, not measured."""

_ANY_OF = "(SELECT value FROM json_each(?))"
"""Any number of values as one: a statement takes 32,766 at most."""

_LINKS_WITH_PLACES = (
    "FROM links l JOIN places h ON h.uri = l.home AND h.asset = l.source "
    "JOIN places p ON p.uri = l.target"
)
"""Links of documents that still lie where the link was read, with the places that they lead to."""


class Catalogue(UnreadWords):
    """One file; any process may read while one writes."""

    def place_states(self) -> dict[str, tuple[int, int, str, str]]:
        """Every place: uri -> size, mtime_ns, asset id, state of the sidecars.

        The asset id of an archive is "".
        """
        return {
            r["uri"]: (r["size"], r["mtime_ns"], r["asset"], r["beside"])
            for r in self._rows("SELECT * FROM places")
        }

    def failures(self) -> dict[str, tuple[int, int, Failure]]:
        """uri -> size, mtime_ns and failure of files that gave nothing."""
        return {
            r["uri"]: (r["size"], r["mtime_ns"], Failure(r["uri"], r["error"], r["hint"]))
            for r in self._rows("SELECT * FROM failures")
        }

    def partial_failures(self) -> list[Failure]:
        """What could not be read of files that were indexed in part."""
        rows = self._rows("SELECT uri, lost, hint FROM assets WHERE lost != '' ORDER BY uri")
        return [Failure(r["uri"], r["lost"], r["hint"]) for r in rows]

    def assets(self, where: str = "1") -> list[Asset]:
        """Every asset, by uri.

        `where` is over the columns of the assets table, and is never a user's.
        """
        return [
            asset_from_row(r)
            for r in self._rows(f"SELECT * FROM assets WHERE {where} ORDER BY uri")
        ]

    def asset(self, id: str) -> Asset | None:
        """One asset by its id."""
        return next(
            map(asset_from_row, self._rows("SELECT * FROM assets WHERE id = ?", [id])), None
        )

    def assets_named(self, words: str, limit: int) -> list[Asset]:
        """Assets whose uri has these words in it, in any case and Unicode form, by uri."""
        rows = self._rows(
            "SELECT * FROM assets WHERE instr(folded_uri(uri), ?) > 0 ORDER BY uri LIMIT ?",
            [folded_uri(words), limit],
        )
        return [asset_from_row(r) for r in rows]

    def asset_at(self, uri: str) -> str | None:
        """The id of the asset at a place; None for what is not there, and for archives."""
        rows = self._rows("SELECT asset FROM places WHERE uri = ? AND asset != ''", [uri])
        return rows[0]["asset"] if rows else None

    def assets_of_one_name(self, assets: Sequence[str]) -> list[Asset]:
        """These assets, and those in the same folder that are named alike but for the ending."""
        stems = set()
        for r in self._rows(
            f"SELECT uri FROM assets WHERE id IN {_ANY_OF}", [json.dumps(list(assets))]
        ):
            folder, slash, name = r["uri"].rpartition("/")
            stems.add(folder + slash + (name.rpartition(".")[0] or name))
        rows = {
            r["id"]: r
            for stem in sorted(stems)
            for r in self._rows(
                "SELECT * FROM assets WHERE uri = ? OR (uri >= ? AND uri < ?)",
                [stem, *uri_range(stem + ".")],
            )
        }
        return [asset_from_row(r) for r in rows.values()]

    def places(self, assets: Sequence[str]) -> dict[str, list[str]]:
        """Asset id -> every uri with that content, in order."""
        uris: dict[str, list[str]] = {}
        sql = f"SELECT asset, uri FROM places WHERE asset IN {_ANY_OF} ORDER BY uri"
        for r in self._rows(sql, [json.dumps(list(assets))]):
            uris.setdefault(r["asset"], []).append(r["uri"])
        return uris

    def siblings(self, uri: str, limit: int = MAX_SIBLINGS) -> list[Asset]:
        """Assets in the same folder, that of `uri` too; none where they are more than `limit`."""
        folder = uri.rpartition("/")[0] + "/"
        places = (
            "SELECT asset FROM places WHERE uri >= ? AND uri < ? "
            "AND instr(substr(uri, ?), '/') = 0 LIMIT ?"
        )
        rows = self._rows(
            f"SELECT * FROM assets WHERE id IN ({places}) ORDER BY uri",
            [*uri_range(folder), len(folder) + 1, limit + 1],
        )
        return [] if len(rows) > limit else [asset_from_row(r) for r in rows]

    def linked_assets(self, asset: str) -> list[str]:
        """Ids of the assets that one mentions, or that mention it."""
        outgoing = f"SELECT p.asset {_LINKS_WITH_PLACES} WHERE l.source = ?"
        incoming = f"SELECT l.source {_LINKS_WITH_PLACES} WHERE p.asset = ?"
        rows = self._rows(f"{outgoing} UNION {incoming} ORDER BY 1", [asset, asset])
        return [r[0] for r in rows if r[0] != asset]

    def mentions_of(self, asset: str) -> list[tuple[str, str]]:
        """(id of the file, its words) of each mention of an asset, in their order there."""
        sql = f"SELECT l.source, l.words {_LINKS_WITH_PLACES} WHERE p.asset = ? AND l.source != ?"
        rows = self._rows(f"{sql} ORDER BY l.source, l.rowid", [asset, asset])
        return [(r["source"], r["words"]) for r in rows]

    def files_mentioned(self, asset: str) -> list[tuple[str, str]]:
        """(id of a file, the words about it) of each mention of another in an asset, in order."""
        sql = f"SELECT p.asset, l.words {_LINKS_WITH_PLACES} WHERE l.source = ? AND p.asset != ?"
        rows = self._rows(f"{sql} ORDER BY l.rowid", [asset, asset])
        return [(r["asset"], r["words"]) for r in rows]

    def uris_under(self, prefix: str) -> list[str]:
        """The places at a path, inside that folder, or inside that archive."""
        inside = [*uri_range(prefix.rstrip("/") + "/"), *uri_range(prefix + "!/")]
        condition = "uri = ? OR (uri >= ? AND uri < ?) OR (uri >= ? AND uri < ?)"
        tables = [f"SELECT uri FROM {table} WHERE {condition}" for table in ("places", "failures")]
        rows = self._rows(" UNION ".join(tables), [prefix, *inside, prefix, *inside])
        return [r["uri"] for r in rows]

    def mentions(self) -> dict[str, str]:
        """Asset id -> the words with which other files mention it, at any of its places."""
        words_by_asset: dict[str, dict[str, None]] = {}
        sql = f"SELECT p.asset, l.words {_LINKS_WITH_PLACES} ORDER BY p.asset, l.source, l.rowid"
        for r in self._rows(sql):
            words_by_asset.setdefault(r["asset"], {})[r["words"]] = None
        return {
            asset: "\n".join(words)[:MAX_MENTION_CHARACTERS]
            for asset, words in words_by_asset.items()
        }

    def stored_mentions(self) -> dict[str, str]:
        """Asset id -> the linked words that its chunks carry now."""
        return {r["id"]: r["linked"] for r in self._rows("SELECT id, linked FROM assets")}

    def counts(self) -> dict[str, int]:
        """How many assets, places and failures."""
        tables = ("assets", "places", "failures")
        return {t: int(self._rows(f"SELECT count(*) AS n FROM {t}")[0]["n"]) for t in tables}

    def begin_writing(self, assets: Iterable[str]) -> None:
        """Chunks of these are about to be written into the store."""
        with self._writing() as db:
            db.executemany("INSERT OR IGNORE INTO pending VALUES (?)", [(a,) for a in assets])

    def pending(self) -> set[str]:
        """Assets whose chunks were to be written, and which have no line: cut off in between."""
        return {r["asset"] for r in self._rows("SELECT asset FROM pending")}

    def record_indexed(self, files: Iterable[IndexedFile]) -> None:
        """Say that these are in the store. One transaction."""
        with self._writing() as db:
            for d in files:
                a, failure = d.asset, d.partial_failure or Failure("", "", "")
                record_place(db, d.file, a.id, d.sidecar_state)
                if not a.id:
                    continue  # an archive: its members have places of their own
                row = [
                    a.id,
                    a.uri,
                    a.mime,
                    a.modality,
                    a.size,
                    a.meta.get("created", ""),
                    a.meta.get("modified", ""),
                ]
                row += [d.mentions, *map(without_surrogates, (failure.error, failure.hint))]
                columns = "id, uri, mime, modality, size, created, modified, linked, lost, hint"
                values = ", ".join("?" * len(row))
                db.execute(f"INSERT OR REPLACE INTO assets ({columns}) VALUES ({values})", row)
                db.execute("DELETE FROM pending WHERE asset = ?", [a.id])
                db.execute("DELETE FROM links WHERE source = ?", [a.id])
                links = [
                    (
                        a.id,
                        without_surrogates(link.target),
                        without_surrogates(link.words),
                        d.file.uri,
                    )
                    for link in d.links
                ]
                db.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", links)

    def add_locations(self, files: Iterable[tuple[File, str, str]]) -> None:
        """Further places of known contents: (file, asset id, state of its sidecar files)."""
        with self._writing() as db:
            for f, asset, sidecar_state in files:
                record_place(db, f, asset, sidecar_state)
                copy_links(db, asset, f.uri)

    def record_failures(self, failures: Iterable[tuple[File, Failure]]) -> None:
        """Files that give nothing now, whatever they held before.

        They are tried again when they change.
        """
        with self._writing() as db:
            rows = [
                (
                    without_surrogates(f.uri),
                    f.size,
                    f.mtime_ns,
                    without_surrogates(e.error),
                    without_surrogates(e.hint),
                )
                for f, e in failures
            ]
            db.executemany("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?)", rows)
            db.executemany("DELETE FROM places WHERE uri = ?", [(r[0],) for r in rows])

    def resolve_bare_names(self) -> None:
        """Let links by a name alone, which lead nowhere, lead to the one file of that name."""
        with self._writing() as db:
            resolve_bare_names(db)

    def record_mentions(self, words: Mapping[str, str]) -> None:
        """Asset id -> the linked words that its chunks carry from now on."""
        with self._writing() as db:
            db.executemany(
                "UPDATE assets SET linked = ? WHERE id = ?", [(w, a) for a, w in words.items()]
            )

    def move(self, assets: Iterable[Asset]) -> None:
        """The first place of each of these is now its uri."""
        with self._writing() as db:
            db.executemany(
                "UPDATE assets SET uri = ? WHERE id = ?", [(a.uri, a.id) for a in assets]
            )

    def forget_places(self, uris: Sequence[str]) -> None:
        """Forget places, their failures, and where their links lead; assets stay until `forget`."""
        with self._writing() as db:
            for column in ("places WHERE uri", "failures WHERE uri", "links WHERE home"):
                db.executemany(f"DELETE FROM {column} = ?", [(u,) for u in uris])

    def orphans(self) -> list[str]:
        """Ids of assets without a place."""
        return [
            r["id"]
            for r in self._rows("SELECT id FROM assets WHERE id NOT IN (SELECT asset FROM places)")
        ]

    def relocated_assets(self) -> list[Asset]:
        """Assets that lie no more where they were first found."""
        return self.assets(
            "NOT EXISTS (SELECT 1 FROM places p WHERE p.uri = assets.uri AND p.asset = assets.id)"
        )

    def forget(self, assets: Sequence[str]) -> None:
        """Forget assets and their links."""
        with self._writing() as db:
            db.executemany("DELETE FROM assets WHERE id = ?", [(a,) for a in assets])
            for table in ("pending", "unread", "attempts"):
                db.executemany(f"DELETE FROM {table} WHERE asset = ?", [(a,) for a in assets])
            db.executemany("DELETE FROM links WHERE source = ?", [(a,) for a in assets])

    def use_readers(self, readers: str, by_type: Mapping[str, str] | None = None) -> None:
        """Files are read with these from now on; by_type says which reads a mime type or ending.

        If not before, what could not be read, whole or in part, is read again; so is what another
        reader has read.
        """
        if any(
            r["value"] == readers
            for r in self._rows("SELECT value FROM state WHERE key = 'readers'")
        ):
            return
        partial_ids = [r["id"] for r in self._rows("SELECT id FROM assets WHERE lost != ''")]
        uris = [
            *self.failures(),
            *(uri for places in self.places(partial_ids).values() for uri in places),
            *self._read_by_others(by_type or {}),
        ]
        # the archives that they are in, too
        self.mark_stale({above for uri in uris for above in enclosing_uris(uri)})
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO state VALUES ('readers', ?)", [readers])
            if by_type is not None:
                types = json.dumps(dict(by_type), sort_keys=True)
                db.execute("INSERT OR REPLACE INTO state VALUES ('reader of', ?)", [types])

    def _read_by_others(self, by_type: Mapping[str, str]) -> list[str]:
        """The places whose content was last read by a parser that does not read it any more."""
        rows = self._rows("SELECT value FROM state WHERE key = 'reader of'")
        if not rows:
            return []
        old: dict[str, str] = json.loads(rows[0]["value"])
        places = self._rows(
            "SELECT p.uri, a.mime FROM places p JOIN assets a ON a.id = p.asset ORDER BY p.uri"
        )
        archives = self._rows("SELECT uri FROM places WHERE asset = ''") if old != by_type else []
        # members that nobody read have no place: their archives are opened again
        return [r["uri"] for r in archives] + [
            r["uri"]
            for r in places
            if lookup(old, r["uri"], r["mime"]) != lookup(by_type, r["uri"], r["mime"])
        ]

    def mark_stale(self, uris: Iterable[str]) -> None:
        """Whatever is at these places is read again, unless it is indexed before."""
        rows = [(RETRY, uri) for uri in uris]
        with self._writing() as db:
            for table in ("places", "failures"):
                db.executemany(f"UPDATE {table} SET mtime_ns = ? WHERE uri = ?", rows)

    @property
    def was_interrupted(self) -> bool:
        """Whether a run began and did not end."""
        return bool(self._rows("SELECT 1 FROM state WHERE key = 'running'"))

    def assets_of_scans(self) -> dict[str, int]:
        """Documents of which every page is a picture: asset id -> how many pictures it had when
        that was seen.
        """
        rows = self._rows("SELECT value FROM state WHERE key = 'scans'")
        scans: dict[str, int] = json.loads(rows[0]["value"]) if rows else {}
        return scans

    def record_scans(self, scans: Mapping[str, int]) -> None:
        """These are all there are."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO state VALUES ('scans', ?)", [json.dumps(scans)])

    def set_running(self, running: bool) -> None:
        """A run begins, or has ended."""
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO state VALUES ('running', '1')"
                if running
                else "DELETE FROM state WHERE key = 'running'"
            )
