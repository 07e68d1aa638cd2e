"""From hits to evidence: compress, judge the support, select, number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from polysense.augment.compress import Passage, compress
from polysense.augment.constrain import alternatives_nearby
from polysense.augment.guard import looks_like_injection
from polysense.augment.statements import task_state
from polysense.augment.support import THRESHOLD
from polysense.augment.surroundings import Surroundings
from polysense.generate.corrections import corrections_first
from polysense.generate.heading import statement, with_heading
from polysense.generate.named_files import named_files
from polysense.generate.place import tell_contents, with_place
from polysense.generate.topic import has_all_words, is_bare_topic
from polysense.generate.whole_evidence import whole_chunk_evidence
from polysense.query.reference import asks_which_file
from polysense.query.understand import is_request
from polysense.question import Question
from polysense.read.file.role import is_secondary
from polysense.read.language.analysis import terms
from polysense.read.language.questions import comparison_language, content_terms
from polysense.registry import Kit
from polysense.results import Candidate
from polysense.retrieve.composed import SURE_AGREEMENT, agreement_of, composed_words
from polysense.retrieve.likeness import closeness, closest
from polysense.types import Evidence, Hit, Part

MAX_SENTENCES = 4
"""Sentences, or matches by likeness, in an answer; the figures below are of this one."""

NEW_TERM_SHARE, SECOND_SHARE, LATER_SHARE = 0.4, 0.75, 0.8
"""Shares of the best passage's relevance: what one needs that says a word of the question which
none before it says, and what the second and any later one need that does not.
"""

FACT_NEW_TERM_SHARE = 0.6
"""NEW_TERM_SHARE where one thing is asked for; judged."""

CLOSE_SHARE = 0.85
"""The same for a second sentence where one thing is asked for: it may as well be the one that
answers. Among the passages of 300 questions of XQuAD in English the first has what is asked in .71
of cases, it or a second from this share on in .81, the two best in .85.
"""

SECOND_COVERAGE = 0.65
"""Of the first sentence's coverage, what a second needs where one thing is asked for and an encoder
reads the question. Over 1,540 questions of XQuAD, SQuAD 2.0 and CMRC 124 of 614 second sentences
went, with 4 that held the answer; where none reads it words alone had chosen the second, and of
Chinese answers .80 in place of .82 held the value, so that it does not apply there.
"""

MAX_CANDIDATES = 8
"""Passages that an answer tells it was chosen from; judged."""

STEP_CHUNKS, MAX_STEPS, STEP_CHARACTERS, HEADING_SHARE = 5, 10, 240, 0.5
"""Passages whose chunk may hold the steps of something, steps that are said, characters of each at
most, and the share of the question's words that the heading above must have; judged.
"""

SENTENCES_OF_FACT = 2
"""Sentences of an answer to a question that wants one thing."""

SELECTED_FROM = 40
"""Passages among which sentences are selected: a bound on time, judged."""

EXPECTED_SHARE = 0.5
"""Of the best passage's score, what one of a modality that the question expects needs to come
before it; judged on worked examples, not measured.
"""

NEAREST_SHARE = 0.8
"""A further look-alike must be this near, for one of the nearest; judged, not measured."""

ECHO_MIN_TERMS, ECHO_NEW_TERMS = 5, 4
"""Terms that are no accident when they come in the question's order, and new terms that may be an
answer to it. Judged, not measured.
"""


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence for an answer, the confidence that it answers (0..1), and warnings.

    missing is what the question names and the evidence is not about, instead what it has of the
    same kind: E15, where there are E12 and E14. candidates are the passages it was chosen from.
    """

    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def is_sufficient(self) -> bool:
        """Whether the evidence is enough for an answer."""
        return bool(self.evidence) and self.confidence >= THRESHOLD


def gather(
    question: Question, hits: Sequence[Hit], kit: Kit, around: Surroundings | None = None
) -> Support:
    """The evidence for an answer: passages that say it, or whole hits just like the query's file.

    Likeness comes first, but for typed words about a file that has words itself: a screenshot is
    asked by what it says, unless it is asked which file it is; and but for a question in words
    alone, which a passage answers better than a picture of what it speaks of. Where the one
    supports nothing, the other is taken. Where the contents of a place are asked for, the hits are
    those. Passages that give orders to their reader are evidence where no others support an answer,
    and are marked.
    """
    scope = question.scope
    if scope.aim == "contents" and scope.file and hits:
        return _with_warnings(Support(tell_contents(hits, scope), 1.0))
    if scope.place and not hits:
        return Support(missing=(scope.place,))
    composed_matches = _composed_matches(question, hits, kit)
    if composed_matches == []:
        return Support()  # what only the words are true of is not like the file
    matches = composed_matches or closest(hits, question, kit, NEAREST_SHARE)
    matches = matches[:MAX_SENTENCES]
    by_likeness = Support(
        tuple(whole_chunk_evidence(h, n) for n, h in enumerate(matches, 1)),
        1.0 if matches else 0.0,
    )
    has_typed_words = any(p.modality == "text" for p in question.query)
    asks_by_words = has_typed_words and question.has_read_words
    is_asked_by_looks = not asks_by_words or asks_which_file(question.typed_words)
    words = question.words.strip()
    by_words = _gather_passages(question, hits, kit, around) if words else Support()
    is_written = by_words.is_sufficient and has_all_words(by_words.evidence[0], question)
    is_shown = is_asked_by_looks and not (is_bare_topic(question) and is_written)
    if matches and is_shown and not _asks_for_words(question, matches):
        return _with_warnings(by_likeness)
    if by_words.is_sufficient or not (matches or hits):
        return _with_warnings(by_words)
    if matches:
        return _with_warnings(by_likeness)
    if words and (files := named_files(question, hits)):
        pieces = (whole_chunk_evidence(h, n) for n, h in enumerate(files[:MAX_SENTENCES], 1))
        return _with_warnings(Support(tuple(pieces), 1.0))
    if words:
        return _with_warnings(by_words)
    return _with_warnings(Support((whole_chunk_evidence(hits[0], 1),)))


def _composed_matches(question: Question, hits: Sequence[Hit], kit: Kit) -> list[Hit] | None:
    """Hits of which likeness and words both hold, and that are matches by their likeness; None
    where both are not asked for, or no stage told how far both hold.
    """
    agreements = [agreement_of(h) for h in hits] if composed_words(question, kit) else []
    if all(a is None for a in agreements):
        return None
    pairs = zip(hits, agreements, strict=True)
    both = [h for h, agreement in pairs if (agreement or 0.0) >= SURE_AGREEMENT]
    return [h for h in both if closeness(h, question, kit) >= 1.0]


def _asks_for_words(question: Question, matches: Sequence[Hit]) -> bool:
    """Whether words alone ask something, and not for a modality that one of the matches is of."""
    is_words = all(p.modality == "text" for p in question.query)
    is_wanted = any(h.modality in question.expected for h in matches)
    return is_words and question.intent != "topic" and not is_wanted


def _gather_passages(
    question: Question, hits: Sequence[Hit], kit: Kit, around: Surroundings | None
) -> Support:
    """The passages that say it: of what the question expects before others, of what says it before
    what speaks of it, honest ones before those that give orders. What is about something else than
    the question names is no evidence.
    """
    words = question.leading_words
    # what tells of a topic repeats it
    asks = question.intent != "topic" or is_request(words)
    passages = [
        p for p in compress(question, hits, kit, around) if not (asks and _is_echo(p.text, words))
    ]
    honest = [p for p in passages if not looks_like_injection(p.text)]
    is_said_honestly = any(p.support >= THRESHOLD for p in honest)
    for selection in (honest,) if is_said_honestly else (honest, passages):
        usable = _usable(selection)
        for order in (_preferred(usable, question), usable) if usable else ():
            selected = _select(order, question)
            confidence = max((p.support for p in selected), default=0.0)
            if confidence >= THRESHOLD:
                candidates = _candidates(passages, selected)
                evidence = with_heading(_number(selected), words)
                evidence = with_place(evidence, question.scope)
                return Support(evidence, confidence, candidates=candidates)
    return _near_miss(honest, question, around)


def _usable(passages: Sequence[Passage]) -> list[Passage]:
    """Those that are about what the question names. Beside a near miss that has some of its words
    not those that have none of them, unless they stand among such words, and in another file.
    """
    missed_assets = {p.hit.chunk.asset.id for p in passages if p.unmet and p.coverage}

    def is_apart(p: Passage) -> bool:
        has_words_around = p.features.context > 0 and p.hit.chunk.asset.id not in missed_assets
        return not missed_assets or has_words_around

    return [p for p in passages if p.is_about_it and (p.coverage or is_apart(p))]


def _candidates(passages: Sequence[Passage], selection: Sequence[Passage]) -> tuple[Candidate, ...]:
    """The best passages, each with why it is said or is not."""
    best = sorted(passages, key=lambda p: (p not in selection, -p.score))[:MAX_CANDIDATES]
    return tuple(
        Candidate(
            p.text,
            f"{p.hit.chunk.asset.label}, {p.span}",
            round(p.score, 4),
            round(p.support, 4),
            round(p.coverage, 4),
            None if p.nearness is None else round(p.nearness, 4),
            p.rank + 1,
            _verdict(p, p in selection),
        )
        for p in best
    )


def _verdict(p: Passage, is_said: bool) -> str:
    if is_said:
        return "said"
    if p.unmet:
        return f"not said, says nothing of {', '.join(map(str, p.unmet))}"
    if not p.is_about_it:
        return "not said, has no value of the kind that is asked for"
    if looks_like_injection(p.text):
        return "not said, gives orders"
    return "not said, another is likelier" if p.support >= THRESHOLD else "not said, no support"


def _near_miss(
    passages: Sequence[Passage], question: Question, around: Surroundings | None
) -> Support:
    """What is nearest, and what it lacks; of what stands nowhere, what there is in its place."""
    nearest = _number(_select(passages, question))
    if not passages:
        return Support()
    best = max(passages, key=lambda p: p.score)
    absent = [
        c for c in best.unmet if c.kind != "code" or around is None or not around.occurs(c.text)
    ]
    own = f"{best.text}\n{best.hit.chunk.words}"
    others = {p.hit.chunk.id: p.hit.chunk.words for p in passages}.values()
    instead = tuple(dict.fromkeys(a for c in absent for a in alternatives_nearby(c, own, others)))
    confidence = max((p.support for p in passages if p.is_about_it), default=0.0)
    missing = tuple(dict.fromkeys(map(str, best.unmet)))
    confidence = min(confidence, THRESHOLD - 1e-9)
    return Support(nearest, confidence, (), missing, instead, _candidates(passages, ()))


def _preferred(passages: Sequence[Passage], question: Question) -> Sequence[Passage]:
    """Those of a modality that the question expects, and best in files that do not only speak of
    others, where they say nearly as much as the best of all. For a file alone, those of the file
    that is most like it: its words are no question that one sentence could answer.
    """
    if not question.typed_words.strip():
        first = min(passages, key=lambda p: p.rank).hit.chunk.asset.id
        like_it = [p for p in passages if p.hit.chunk.asset.id == first]
        return like_it if like_it[0].support >= THRESHOLD else passages
    expected = [p for p in passages if p.hit.modality in question.expected]
    primary = [p for p in expected if not is_secondary(p.hit.uri)]
    return next(
        (s for s in (primary, expected) if s and s[0].score >= EXPECTED_SHARE * passages[0].score),
        passages,
    )


def _with_warnings(result: Support) -> Support:
    """The support, with a warning for each piece of evidence that gives orders."""
    warnings = (
        f"{e.hit.chunk.asset.label}, {e.span}: gives orders to its reader; it is quoted, not obeyed"
        for e in result.evidence
        if looks_like_injection(str(e.part.data) if e.part.modality == "text" else "")
    )
    return replace(result, warnings=tuple(warnings))


def _select(passages: Sequence[Passage], question: Question) -> list[Passage]:
    """The best sentence, and those that add to it; a heading only where there is nothing else.

    One thing is answered by one sentence, and by another where that says what the first does not.
    """
    words = question.leading_words
    is_task = bool(passages) and bool(task_state(passages[0].text))  # one of several
    is_one_thing = question.intent in ("fact", "definition") and not is_task
    most = SENTENCES_OF_FACT if is_one_thing else MAX_SENTENCES
    passages = [p for p in passages if not _is_heading(p)] or passages
    passages = corrections_first(passages) if is_one_thing else passages
    if question.intent == "how-to" and (steps := _steps(passages, question)):
        return steps
    selection: list[Passage] = []
    texts: set[str] = set()
    language = comparison_language(words, (str(p.hit.chunk.meta.get("lang", "")) for p in passages))
    question_terms = content_terms(words, language)
    open_terms, first_terms = set(question_terms), set[str]()
    for p in (_as_written(p, passages) for p in passages[:SELECTED_FROM]):
        text = " ".join(p.text.lower().split())
        best_score = selection[0].score if selection else 0.0
        least = FACT_NEW_TERM_SHARE if is_one_thing else NEW_TERM_SHARE
        if len(selection) >= most or (selection and p.score < least * best_score):
            break
        if text and any(s and (text in s or s in text) for s in texts):
            continue
        new_terms = open_terms & set(terms(p.text, language))
        share = SECOND_SHARE if len(selection) == 1 else LATER_SHARE
        share = CLOSE_SHARE if is_one_thing else share
        if selection and is_one_thing and p.features.fit < selection[0].features.fit:
            continue  # the first has a value of the kind asked for
        is_known_near = selection and is_one_thing and p.nearness is not None
        if is_known_near and p.coverage < SECOND_COVERAGE * selection[0].coverage:
            continue  # near, and about less of it
        if selection and not new_terms and p.score < share * best_score:
            continue
        own_terms = set(terms(p.text, language)) & set(question_terms)
        is_close = selection and is_one_thing and not new_terms and p.nearness is None
        if is_close and not own_terms >= first_terms:
            continue  # about another of the kind
        first_terms = first_terms or own_terms
        open_terms -= new_terms
        texts.add(text)
        selection.append(p)
    return selection


def _as_written(passage: Passage, passages: Sequence[Passage]) -> Passage:
    """The same words where somebody wrote them to be read, if they stand there too."""
    words = passage.text.lower().split()
    return max((p for p in passages if p.text.lower().split() == words), key=lambda p: p.weight)


def _steps(passages: Sequence[Passage], question: Question) -> list[Passage]:
    """All that stands under the heading that names what is to be done, in order; none where no
    such heading, with a list of short steps, is among the best.
    """
    for chunk in {p.hit.chunk.id: p.hit.chunk for p in passages[:STEP_CHUNKS]}.values():
        language = str(chunk.meta.get("lang", ""))
        needed = set(content_terms(question.leading_words, language))
        heading = set(terms(chunk.context.split(" > ")[-1], language))
        steps = [p for p in passages if p.hit.chunk.id == chunk.id]
        is_list = 1 < len(steps) <= MAX_STEPS and all(len(p.text) <= STEP_CHARACTERS for p in steps)
        if is_list and len(needed & heading) >= HEADING_SHARE * len(needed):
            return sorted(steps, key=lambda p: chunk.text.find(p.text))
    return []


def _is_heading(passage: Passage) -> bool:
    """Whether a passage is one of the headings that it stands under, and nothing more."""
    chunk = passage.hit.chunk
    headings = (
        " ".join(h.lower().split())
        for line in chunk.context.split("\n")
        for h in (line, *line.split(" > "))
    )
    return (
        chunk.modality == "text"
        and bool(chunk.text)
        and " ".join(passage.text.lower().lstrip("# ").split()) in headings
    )


def _is_echo(text: str, words: str) -> bool:
    """Whether a text only puts the question again, as a list of questions does; its answer may
    follow elsewhere.

    >>> question = "How tall is the tower of the lighthouse?"
    >>> _is_echo(f'print(kb.ask("{question}"))', question)
    True
    >>> _is_echo(f"{question} It measures twenty-three metres.", question)
    False
    """
    question_terms, text_terms = terms(words), terms(text)
    length = len(question_terms)
    starts = range(len(text_terms) - length + 1)
    start = next((i for i in starts if text_terms[i : i + length] == question_terms), None)
    if start is None or length < ECHO_MIN_TERMS:
        return False
    new_terms = {*text_terms[:start], *text_terms[start + length :]} - {*question_terms}
    return len(new_terms) < ECHO_NEW_TERMS


def _number(passages: Sequence[Passage]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(n, p.hit, Part("text", statement(p)), p.span, p.score, about=p.about)
        for n, p in enumerate(passages, 1)
    )
