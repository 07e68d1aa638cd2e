"""LaTeX as it is printed."""

from __future__ import annotations

import time

import pytest

from polysense.read.document.tex_source import printed_source


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        (r"5\% off % TODO", "5% off "),
        ("a\n\\begin{comment}\nb\n\\end{comment}\nc", "a\n\n\n\nc"),
        ("a \\iffalse\nb\n\\fi c", "a \n\n c"),
        ("a\n\\end{document}\nb\n", "a\n\\end{document}\n\n"),
        (r"\url{http://x/a%20b} \verb|50% x|", r"\url{http://x/a%20b} \verb|50% x|"),
        (
            "\\begin{verbatim}\n% kept\n\\end{verbatim}",
            "\\begin{verbatim}\n% kept\n\\end{verbatim}",
        ),
        (r"line \\% comment", r"line \\"),
        ("\\begin{alltt}50% of it\\end{alltt} 5\\%", "\\begin{alltt}50% of it\\end{alltt} 5%"),
        (r"\lstinline|a % b| tail % c", r"\lstinline|a % b| tail "),
        (r"\mintinline{c}{a % b} tail", r"\mintinline{c}{a % b} tail"),
        (r"\lstinline[language=C]{5 % 2} tail", r"\lstinline[language=C]{5 % 2} tail"),
    ],
)
def test_comments(source: str, printed: str) -> None:
    """They go, lines stay; a sign, code and addresses hold none."""
    assert printed_source(source) == printed


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        (r"M{\"u}ller, J{\'o}zef, na\"ive", "Müller, Józef, naïve"),
        (r"\v{S}koda, Gar\c con, \c{c}a, Erd\H{o}s", "Škoda, Garçon, ça, Erdős"),
        (r"Stra{\ss}e, Stra\ss e, \O{}rsted, \'{\i}", "Stra{ß}e, Straße, Ørsted, í"),
        (r"A \& B, \#1, a\_b, \$20", "A & B, #1, a_b, $20"),
        (r"cammin\\i fiori\\o mare\\\"o", r"cammin\\i fiori\\o mare\\ö"),
        (r"\verb|\'e 5\% \"o| \"o", r"\verb|\'e 5\% \"o| ö"),
        (r"\url{a\_b} a\_b", r"\url{a\_b} a_b"),
        (
            '\\begin{verbatim}\n\\"hello\\" \\c x 5\\%\n\\end{verbatim}',
            '\\begin{verbatim}\n\\"hello\\" \\c x 5\\%\n\\end{verbatim}',
        ),
        (r"\beta \cite{a} \vec{x} \bar{y} \hline", r"\beta \cite{a} \vec{x} \bar{y} \hline"),
    ],
)
def test_letters_and_signs(source: str, printed: str) -> None:
    """Commands of other kinds stay."""
    assert printed_source(source) == printed


def test_references_have_no_comments() -> None:
    """A per cent sign in an address is one."""
    assert printed_source("url = {http://x/%20}", has_comments=False) == "url = {http://x/%20}"


def test_code_that_nothing_ends_costs_little() -> None:
    """It goes on to the end of the file, and is gone through once."""
    source = "\\begin{verbatim} 5% a\n" * 10_000
    began = time.process_time()
    assert printed_source(source) == source
    assert time.process_time() - began < 5
