"""Lines of N-Triples (https://www.w3.org/TR/n-triples)."""

from __future__ import annotations

import re

_TERM = r'(<[^<>\s]*>|_:\S+?|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^<>\s]*>)?)'
_STATEMENT = re.compile(rf"\s*{_TERM}\s*{_TERM}\s*{_TERM}\s*\.\s*(?:#.*)?")


def parse(line: str) -> tuple[str, str, str, bool] | None:
    """Subject, relation, object, and whether that is a literal; None where a line is no statement.

    >>> parse('<http://e/a> <http://e/name> "Zo\\\\u00EB"@en .')
    ('http://e/a', 'http://e/name', 'Zoë', True)
    """
    match = _STATEMENT.fullmatch(line)
    if not match or match[1][0] == '"' or match[2][0] != "<":
        return None
    subject, relation, value = (_unescape_term(term) for term in match.groups())
    return subject, relation, value, match[3][0] == '"'


def _unescape_term(term: str) -> str:
    """A term without its marks; escapes resolved (RDF 1.1 N-Triples, 2.4)."""
    term = term[1:-1] if term[0] == "<" else term[1 : term.rindex('"')] if term[0] == '"' else term
    escapes = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}

    def resolve(m: re.Match[str]) -> str:
        code = int(m[1] or m[2], 16) if m[1] or m[2] else -1
        return escapes.get(m[3], m[3]) if code < 0 else chr(code) if code < 0x110000 else "�"

    if "\\" not in term:
        return term
    return re.sub(r"\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))", resolve, term)
