"""Headers of delimited files that hold triples: subject, relation, object."""

from __future__ import annotations

_SUBJECT_NAMES = {"subject", "subj", "s", "head", "source", "entity", "entity1", "from"}
_RELATION_NAMES = {
    *("relation", "relationship", "rel", "predicate", "pred", "property"),
    *("p", "r", "edge", "verb"),
}
_OBJECT_NAMES = {"object", "obj", "o", "tail", "target", "entity2", "to", "value"}


def has_triple_columns(header: str) -> bool:
    """Whether a file's first line, cut at any usual delimiter, names the columns of triples."""
    return any(
        triple_columns([c.strip().strip("\"'") for c in header.split(delimiter)]) is not None
        for delimiter in ",\t;|"
    )


def triple_columns(header: list[str]) -> tuple[int, int, int] | None:
    """Which columns hold subject, relation and object, where a header of three columns says so.

    >>> triple_columns(["head", "relation", "tail"]), triple_columns(["name", "age", "town"])
    ((0, 1, 2), None)
    """
    names = [h.strip().lower() for h in header]
    if len(names) != 3:
        return None
    columns = [
        [i for i, n in enumerate(names) if n in kind]
        for kind in (_SUBJECT_NAMES, _RELATION_NAMES, _OBJECT_NAMES)
    ]
    if any(len(indices) != 1 for indices in columns):
        return None
    return columns[0][0], columns[1][0], columns[2][0]
