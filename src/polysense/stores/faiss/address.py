"""What stands in the address of a FAISS library: a folder, and which index its vectors are in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from polysense.errors import BadConfig
from polysense.stores.faiss.factory import Factory

_OPTIONS = ("index", "nprobe", "efSearch")
_HINT = "Write faiss://FOLDER, or faiss:///whole/path?index=IVF256,Flat&nprobe=32."


@dataclass(frozen=True, slots=True)
class Address:
    """The library's folder; the index (None: as it was chosen before, at first Flat); how many
    lists, or candidates of a graph, a search looks at (0: as fits the index).

    >>> Address.parse("kb?index=HNSW32").index.is_graph
    True
    """

    folder: Path
    index: Factory | None = None
    nprobe: int = 0
    ef_search: int = 0

    @classmethod
    def parse(cls, path: str) -> Address:
        """Read what follows faiss://. Raises BadConfig."""
        place, _, query = path.partition("?")
        folder = unquote(place)
        if not folder.strip("/"):
            raise BadConfig("a FAISS library needs a folder", _HINT)
        try:
            options = dict(parse_qsl(query, strict_parsing=bool(query)))
            numbers = {n: int(options[n]) for n in _OPTIONS[1:] if n in options}
        except ValueError as e:
            raise BadConfig(f"this is no address of a FAISS library: {e}", _HINT) from e
        if unknown := set(options) - set(_OPTIONS):
            raise BadConfig(
                f"a FAISS address has no {', '.join(sorted(unknown))}",
                f"Options: {', '.join(_OPTIONS)}.",
            )
        if any(n < 1 for n in numbers.values()):
            raise BadConfig("nprobe and efSearch count from 1", _HINT)
        index = Factory.parse(options["index"]) if "index" in options else None
        return cls(
            Path(folder).expanduser().absolute(),
            index,
            numbers.get("nprobe", 0),
            numbers.get("efSearch", 0),
        )
