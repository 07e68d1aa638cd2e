"""Which pictures and sounds have not been read for words yet, and why: a part of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from polysense.errors import PolysenseError
from polysense.ingest.catalogue_rows import without_surrogates
from polysense.ingest.database import Database
from polysense.results import Failure

MAX_ATTEMPTS = 3
"""How often the words of a picture or sound are sought in vain before that is final: a busy machine
is one reason, the file itself another. Judged.
"""

_NOT_TRIED_AGAIN = (
    "It is not tried again until its reader or the limits change: raise `seconds` or `memory_mb` "
    "under [limits] in polysense.toml."
)


class UnreadWords(Database):
    """The words that are still to be read, and those that were sought in vain."""

    def unread_failures(self) -> list[Failure]:
        """What could not be read of the words in pictures and sounds, at the last attempt."""
        sql = "SELECT uri, error, unread.hint FROM unread JOIN assets ON id = asset ORDER BY uri"
        return [Failure(*r) for r in self._rows(sql)]

    def assets_to_extract(self, extractors: str, setup: str = "") -> list[str]:
        """Ids of assets whose pictures and sounds have not been read for words by these readers;
        with a setup without those that were tried in vain with it often enough.
        """
        sql, values = "SELECT id FROM assets WHERE derived != ?", [extractors]
        if setup:
            sql += " AND id NOT IN (SELECT asset FROM attempts WHERE setup = ? AND number >= ?)"
            values += [setup, str(MAX_ATTEMPTS)]
        return [r["id"] for r in self._rows(f"{sql} ORDER BY size", values)]

    def record_extraction(self, assets: Sequence[str], extractors: str) -> None:
        """These assets have been read for words by these readers."""
        with self._writing() as db:
            db.executemany(
                "UPDATE assets SET derived = ? WHERE id = ?", [(extractors, a) for a in assets]
            )
            for table in ("unread", "attempts"):
                db.executemany(f"DELETE FROM {table} WHERE asset = ?", [(a,) for a in assets])

    def record_unread(self, errors: Mapping[str, PolysenseError], setup: str) -> None:
        """Asset id -> why its words could not be read with this setup of readers and limits; the
        next run tries again, until MAX_ATTEMPTS.
        """
        with self._writing() as db:
            for asset, error in errors.items():
                earlier = "SELECT number FROM attempts WHERE asset = ? AND setup = ?"
                tally = db.execute(earlier, [asset, setup]).fetchone()
                number = 1 + (tally["number"] if tally else 0)
                db.execute(
                    "INSERT OR REPLACE INTO attempts VALUES (?, ?, ?)", [asset, setup, number]
                )
                notes = [str(error), error.hint]
                if number >= MAX_ATTEMPTS:
                    notes = [f"{error} ({number} times)", _NOT_TRIED_AGAIN]
                values = [asset, *map(without_surrogates, notes)]
                db.execute("INSERT OR REPLACE INTO unread VALUES (?, ?, ?)", values)
