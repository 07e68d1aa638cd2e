"""The names of FAISS's indexes ("IVF256,PQ16"), and what they need:
https://github.com/facebookresearch/faiss/wiki/The-index-factory
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from polysense.errors import BadConfig

ROWS_PER_CENTROID = 39
"""Vectors that k-means wants for each centroid before it warns: FAISS's own number."""

SCALAR_ROWS = 1000
"""Vectors from which the ranges of a scalar quantizer are learned; judged, not measured."""

_PREFIX = r"(?:(?P<opq>OPQ)\d+(?:_\d+)?|(?P<pca>PCA|PCAR|PCAW|PCAWR)(?P<out>\d+))"
_CODE = r"(?P<code>Flat|SQ8|SQ4|SQ6|SQfp16|PQ\d+(?:x(?P<bits>[1-9]|1[0-6]))?(?:np)?)"
_LISTS = r"IVF(?P<lists>[1-9]\d*)(?:_HNSW\d+)?"
_INDEX = re.compile(
    rf"(?:{_PREFIX},)?(?:{_LISTS},{_CODE}|(?P<graph>HNSW[1-9]\d*)(?:,Flat)?"
    rf"|(?P<plain>Flat|SQ8|SQ4|SQ6|SQfp16))"
)
_HINT = (
    "Write one of Flat (exact), HNSW32, IVF256,Flat, IVF256,SQ8 or IVF256,PQ16, with OPQ16 or "
    "PCA64 before it where vectors are turned or shortened first: ?index=OPQ16,IVF256,PQ16."
)


@dataclass(frozen=True, slots=True)
class Factory:
    """The name of an index, and what it tells: how many lists an inverted file has (0: it is none),
    whether it is a graph, whether its scores are not quite those of the vectors.
    """

    name: str = "Flat"
    lists: int = 0
    is_graph: bool = False
    is_lossy: bool = False
    training_rows: int = 0
    """Vectors below which it cannot be trained, and everything is compared."""

    @classmethod
    def parse(cls, name: str) -> Factory:
        """Read a name. Raises BadConfig for an index that this store does not search.

        >>> Factory.parse("IVF256,PQ16").training_rows
        9984
        """
        match = _INDEX.fullmatch(name)
        if match is None:
            raise BadConfig(f"{name!r} is no FAISS index that can be used here", _HINT)
        lists = int(match["lists"] or 0)
        code = match["code"] or match["plain"] or "Flat"
        is_product = code.startswith("PQ") or bool(match["opq"])
        centroids = max(lists, 2 ** int(match["bits"] or 8) if is_product else 0)
        return cls(
            name,
            lists,
            is_graph=bool(match["graph"]),
            is_lossy=code != "Flat" or bool(match["pca"] or match["opq"]),
            training_rows=max(
                ROWS_PER_CENTROID * centroids,
                SCALAR_ROWS if code.startswith("SQ") else 0,
                ROWS_PER_CENTROID * int(match["out"] or 0),
            ),
        )

    @property
    def is_exact(self) -> bool:
        """Whether every vector is compared."""
        return self.name == "Flat"


FLAT = Factory()
