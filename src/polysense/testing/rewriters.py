"""The check of rewriters."""

from __future__ import annotations

from collections.abc import Sequence

from polysense.protocols import Rewriter, Store
from polysense.question import LINK, Exchange, Question, Rewrite
from polysense.testing.rules import (
    LOCK_HINT,
    check_members,
    check_names,
    class_name,
    require,
    run_twice,
)


def check_rewriter(
    rewriter: Rewriter, question: Question, history: Sequence[Exchange], store: Store
) -> None:
    """Check a rewriter on a question that it rewrites, with what was asked before, and a store."""
    plugin = class_name(rewriter)
    check_members(rewriter, Rewriter)
    if rewriter.languages is not None:
        check_names(rewriter.languages, f"{plugin}.languages")
    result, again = run_twice(lambda: rewriter.rewrite(question, history, store))
    require(
        result == again,
        f"{plugin}: rewriting twice, in two threads at once, gives different questions",
        LOCK_HINT,
    )
    require(
        result is not None,
        f"{plugin}.rewrite leaves {question.typed_words!r} as it is",
        "Check it on a question that it rewrites.",
    )
    _check_rewrite(rewriter, result)


def _check_rewrite(rewriter: Rewriter, rewrite: object) -> None:
    plugin = class_name(rewriter)
    require(
        isinstance(rewrite, Rewrite),
        f"{plugin}.rewrite gave a {type(rewrite).__name__}, not a Rewrite",
    )
    if not isinstance(rewrite, Rewrite):
        return
    require(bool(rewrite.why.strip()), f"{plugin}.rewrite does not say why")
    questions, texts = rewrite.sub_questions, rewrite.search_texts
    require(
        bool(rewrite.words.strip() or rewrite.terms or questions or texts),
        f"{plugin}.rewrite changes nothing",
        "Give None where a question is best left as it is.",
    )
    words = (*(q.words for q in questions), *rewrite.terms, *(t.words for t in texts))
    require(all(w.strip() for w in words), f"{plugin}.rewrite gave an empty question or term")
    require(all(t.weight > 0 for t in texts), f"{plugin}.rewrite gave a text that weighs nothing")
    require(
        not (rewrite.words and getattr(rewriter, "is_addition", False)),
        f"{plugin} declares is_addition, and changes the words",
    )
    require(
        not questions or LINK not in questions[0].words,
        f"{plugin}: the first sub-question has {LINK}, and no answer comes before it",
    )
    require(
        not rewrite.is_chain or all(LINK in q.words for q in questions[1:]),
        f"{plugin}: a sub-question of a chain does not say where the answer before it stands",
        f"Write {LINK} there.",
    )
