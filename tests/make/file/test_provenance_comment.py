"""Two short lines of comment say what made a file and of what, and are read back."""

from __future__ import annotations

import pytest

from polysense.make.file.provenance_comment import COMMENTS, add_comment, read_comment

NAMES = ["Bücher -- <tides> & 'moon'.csv", "a | b; c [1].md", "x */ y\n\u2028z.csv", "潮汐.pdf"]


@pytest.mark.parametrize("mime", COMMENTS)
@pytest.mark.parametrize("model", ["", "a model -- of: words"])
def test_what_is_written_is_read(mime: str, model: str) -> None:
    """Whatever a file is called: its name neither ends the comment nor the line."""
    claim = {
        "claim_generator": "polysense/0.1.0",
        "origin": "generated" if model else "composed",
        "route": "table -> code (script)",
        "actions": [{"softwareAgent": {"name": model}} if model else {}],
        "ingredients": [
            {"title": name, "place": place, "hash": f"{n}a2c96436398bd1d"}
            for n, name in enumerate(NAMES)
            for place in ("B2:B9", "L5, David")
        ],
    }
    code = add_comment("body\n", mime, claim)
    *comment, body = code.splitlines()
    prefix, suffix = COMMENTS[mime]
    assert (len(comment), body) == (2, "body")
    assert all(line.startswith(prefix) and line.endswith(suffix) for line in comment)
    assert all(line[len(prefix) :].count(suffix.strip() or "\n") <= 1 for line in comment)
    lines = read_comment(code)
    assert (lines["version"], lines["route"]) == ("0.1.0", "table -> code (script)")
    assert [(t, p) for t, p, _ in lines["files"]] == [
        (name, place) for name in NAMES for place in ("B2:B9", "L5, David")
    ]
    assert lines["files"][0][2] == "0a2c96436398"


def test_lines_are_short() -> None:
    """Of one file each is shorter than a screen."""
    source = {"title": "sales.xlsx", "place": "Sales!D2:D9", "hash": "0a" * 16}
    claim = {
        "claim_generator": "polysense/0.1.0",
        "origin": "composed",
        "route": "table -> code (script)",
        "actions": [{}],
        "ingredients": [source],
    }
    assert max(map(len, add_comment("", "text/x-python", claim).splitlines())) < 80
    assert read_comment("# polysense is a library\nprint(1)\n") == {}
