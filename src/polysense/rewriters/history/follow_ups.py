"""Follow-up questions in languages with spaces between words, made whole from the one before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.question import Exchange
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.rewriters.decomposition.comparisons import MEASURES
from polysense.rewriters.history.antecedents import Antecedents
from polysense.rewriters.history.mentions import NOTHING_NAMED, Mentions, is_person
from polysense.rewriters.history.noun_phrases import CAPITAL, is_plural
from polysense.rewriters.history.relational_nouns import with_owner

MAX_FRAGMENT = 6
"""Words of an ellipsis: more are a sentence of their own. Judged."""

MAX_WORDS = 14
"""Words of a question whose pronouns stand for something before it; in longer ones and in several
sentences they seldom do. Judged on the conversations of CAsT 2021.
"""

_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_CONJUNCTION = re.compile(r"^(?:and|but|so|und|aber|et|mais|y|pero)\b[\s,]+(?=\S)", re.I)
"""What joins a whole sentence to what was said before."""
_ALSO = re.compile(r"\s+(?:too|also|as\s+well|auch|aussi|también)$", re.I)
_PARTICIPLE_TEXT = (
    "wrote:written drew:drawn gave:given took:taken broke:broken stole:stolen chose:chosen "
    "ate:eaten drove:driven saw:seen did:done began:begun sang:sung grew:grown threw:thrown "
    "knew:known wore:worn swam:swum rode:ridden spoke:spoken flew:flown tore:torn hid:hidden "
    "forgot:forgotten"
)
_PARTICIPLES = dict(pair.split(":") for pair in _PARTICIPLE_TEXT.split())
_PARTICIPLE = (
    r"\w+ed|made|built|done|sold|bought|found|written|drawn|kept|held|put|set|born|taken|like|for"
)
_ARTICLE = re.compile(r"(?:the|an?|his|her|its|their)\b", re.I)
_NAME_SIGN = re.compile(rf"{CAPITAL}|\d")
_COUNT = re.compile(r"(?:and\s+)?how\s+many\s+(?P<rest>(?:are|were)\s+(?:there|left))[\s?.]*", re.I)
_END = r"(?=\s*(?:(?:today|now|then|currently|exactly)\s*)?(?:[?.!,]|$))"
"""Where a question ends, behind a word that says when."""
_OF_WHAT_IS_TOLD = "true|right|correct|so|all|possible|normal|ok|okay|it|enough|everything"
"""What "is that ...?" asks of what was said, not of a thing."""
_REMARK = re.compile(
    r"(?:(?:ok(?:ay)?|oh|ah+|hmm+|wow|cool|great|nice|good|interesting|really|i\s+see|thanks|thank\s+you"
    r"|got\s+it|never\s+mind|(?:that|it)['’]?s\s+(?:\w+\s+)?(?:interesting|cool|good|great|nice|sad|odd"
    r"|strange|funny|terrible|awful|amazing))[.!,]+\s+)+(?=\w)",
    re.I,
)
"""What is said of an answer before the next question."""
_NEIGHBOUR_YEARS = (
    (
        re.compile(
            r"(?:in\s+)?(?:the\s+)?(?:year\s+after(?:\s+that)?|(?:next|following)\s+year)", re.I
        ),
        1,
    ),
    (re.compile(r"(?:in\s+)?(?:the\s+)?(?:year\s+before(?:\s+that)?|previous\s+year)", re.I), -1),
)
_CHOICE = re.compile(
    r"(?:and\s+)?which(?:\s+one|\s+of\s+(?:them|these|those|the\s+two))?\s+(?P<rest>(?:is|was|has|had"
    r"|costs?|weighs?|takes?|took)\b[^,]*?)[?.\s]*",
    re.I,
)
"""Asks to choose, and does not say of what."""


def whole_question(
    words: str, before: Exchange, language: str, mentions: Mentions = NOTHING_NAMED
) -> str:
    """The question with what it left to the one before; as it is where it left nothing. mentions
    are what was named until then.

    >>> mended = Exchange("Who mended the mill wheel?", "Ines Falk mended the mill wheel.")
    >>> whole_question("Where did she live?", mended, "en")
    'Where did Ines Falk live?'
    >>> whole_question("When was that?", mended, "en")
    'When was the mill wheel mended?'
    >>> sold = Exchange("How many mugs were sold in 2021?", "312.")
    >>> whole_question("And in 2022?", sold, "en")
    'How many mugs were sold in 2022?'
    >>> whole_question("How tall is the lighthouse?", mended, "en")
    'How tall is the lighthouse?'
    """
    antecedents = Antecedents(before, language, mentions)
    remark = _REMARK.match(words) if language == "en" else None
    head = remark.group() if remark else ""
    follow_up = _FollowUp(words[len(head) :], antecedents)
    whole = (
        follow_up.of_event()
        or follow_up.ellipsis()
        or follow_up.choice()
        or follow_up.count()
        or follow_up.with_names()
        or follow_up.words
    )
    whole = follow_up.with_full_name(whole)
    if whole == follow_up.words:
        whole = follow_up.with_owner() or whole
    return f"{head}{whole}"


class _FollowUp:
    """A question and the one before it, in the grammar of a language."""

    def __init__(self, words: str, before: Antecedents) -> None:
        self.words, self.before = words, before
        self.language, self.grammar = before.language, before.grammar

    def of_event(self) -> str:
        """ "When was that?" and "When?": the question before, asked for something else."""
        g, bare = self.grammar, self.words.strip("¿¡ ").rstrip("?!. ")
        bare = re.sub(rf"^(?:{g.conjunctions})", "", bare, flags=re.I).strip()
        m = re.fullmatch(
            rf"(?P<wh>(?:(?:{g.prepositions})\s+)?"
            rf"(?:(?:{g.which}|{g.how}|what)\s+(?!(?:{g.aux})\b)[\w-]+|{g.wh}))"
            rf"(?:\s+(?P<frame>{g.at_events}))?(?:\s+(?:exactly|then|genau))?",
            bare,
            re.I,
        )
        if not m or not self.before.wh:
            return ""
        wh, frame = m["wh"], m["frame"] or ""
        if re.search(r"\bit$", frame) and not wh.lower().startswith("when"):
            return ""  # "Where is it?"
        asks_what = r"(?:what|which)\s+\w"
        if (
            self.before.aux
            and not frame
            and re.match(asks_what, wh, re.I)
            and re.match(asks_what, self.before.wh, re.I)
        ):
            return _sentence(f"{wh} {self.before.aux} {self.before.predicate}")  # "What dose?"
        if re.match(g.of_things, wh, re.I):  # "What is that?", "How tall is it?" ask of a thing
            return self._of_thing(wh, bool(frame))
        if self.before.aux and not self.before.asks_who:
            wh = self._by_whom(wh) if re.fullmatch(g.who, wh, re.I) else wh
            return _sentence(f"{wh} {self.before.aux} {self.before.predicate}")
        return _sentence(self._passive(wh)) if self.before.asks_who else ""

    def _of_thing(self, wh: str, has_frame: bool) -> str:
        """ "How tall?", where nothing but that is said."""
        thing = self.before.thing()
        if has_frame or not thing or " " not in wh or self.language != "en":
            return ""
        return _sentence(f"{wh} is {thing}") if wh.lower().startswith("how") else ""

    def _by_whom(self, wh: str) -> str:
        return "by whom" if self.language == "en" else wh

    def _passive(self, wh: str) -> str:
        """ "mended the mill wheel" asked for when: "When was the mill wheel mended?" In other
        languages than English, who did it comes behind the verb.
        """
        verb, _, rest = self.before.predicate.partition(" ")
        verb, rest = (self.before.aux, self.before.predicate) if self.before.aux else (verb, rest)
        name = self.before.person()
        if self.language != "en":
            return f"{wh} {verb} {name} {rest}"
        if self.before.aux:
            return f"{wh} {self.before.aux} {name} {rest}"
        if not re.match(rf"(?:{self.grammar.determiners})\s|{CAPITAL}", rest):
            return f"{wh} was it that {name or 'someone'} {self.before.predicate}"
        be = "is" if verb.endswith("s") and not verb.endswith("ss") else "was"
        return f"{wh} {be} {rest} {_PARTICIPLES.get(verb.lower(), verb)}"

    def ellipsis(self) -> str:
        """ "And in 2022?", "What about the Heron?": the question before with the new part in it."""
        g, bare = self.grammar, self.words.strip("¿¡ ").rstrip("?!. ")
        conjunction = re.match(g.conjunctions, bare, re.I)
        new = (bare[conjunction.end() :] if conjunction else bare).strip(" ,")
        new = _ALSO.sub("", new)
        if (one := re.match(r"(the\s+)ones?(?=\s)", new, re.I)) and self.before.thing():
            new = f"{one[1]}{self.before.thing().split()[-1]}{new[one.end() :]}"
        if not re.search(rf"\b(?:{g.aux})\b", new, re.I):  # "How many in 2022?"
            same = re.match(rf"(?:{g.wh})\s+(?:many|much)\s+(?=(?:{g.prepositions})\b)", new, re.I)
            new = new[same.end() :] if same else new
        pronouns = rf"\b(?:{g.wh}|{g.aux}|{g.persons}|{g.things}|{g.possessives})\b"
        if not new or len(new.split()) > MAX_FRAGMENT or re.search(pronouns, new, re.I):
            return ""
        is_fragment = re.match(
            rf"(?:{g.prepositions}|{g.determiners})\s|{CAPITAL}|\d", new, re.I
        ) and self.words.rstrip().endswith("?")
        if not self.before.earlier or not (conjunction or is_fragment):
            return ""
        return _sentence(self._substitute(new))

    def _substitute(self, new: str) -> str:
        earlier, g = self.before.earlier, self.grammar
        year, old_year = _YEAR.search(new), _YEAR.search(earlier)
        for pattern, distance in _NEIGHBOUR_YEARS:
            if old_year and pattern.fullmatch(new):
                other = str(int(old_year.group()) + distance)
                return earlier[: old_year.start()] + other + earlier[old_year.end() :]
        if year and old_year:
            return earlier[: old_year.start()] + year.group() + earlier[old_year.end() :]
        preposition = re.match(rf"({g.prepositions})\s+(.+)", new, re.I)
        if preposition:
            phrase = rf"\b{preposition[1]}\s+(?:{g.determiners})?\s*[\w-]+(?:\s+{CAPITAL}[\w-]*)*"
            same = list(re.finditer(phrase, earlier[len(self.before.wh) :], re.I))
            if same:
                at = len(self.before.wh) + same[-1].start(), len(self.before.wh) + same[-1].end()
                return earlier[: at[0]] + new + earlier[at[1] :]
            return f"{earlier} {new[:1].lower()}{new[1:]}"
        if new.split()[-1].lower() in MEASURES and self.before.wh.lower().startswith("how"):
            thing = self.before.thing()
            when = f" in {old_year.group()}" if old_year else ""
            return f"what is {new} of {thing}{when}" if thing else f"{earlier} {new}"
        counted = re.match(r"(?:how\s+many|which|what)\s+([\w-]+)", self.before.wh, re.I)
        if counted and re.fullmatch(r"[a-zà-þ-]+", new):  # "And bowls?"
            return f"{earlier[: counted.start(1)]}{new}{earlier[counted.end(1) :]}"
        bare = re.search(rf"\b(?:{g.prepositions})\s+(?!(?:{g.determiners})\b)[a-zà-þ-]+$", earlier)
        if bare and re.fullmatch(r"[a-zà-þ-]+", new):  # "in maths": "what about history?"
            return f"{earlier[: bare.start()]}{bare.group().split()[0]} {new}"
        span = self._span_like(new)
        if span is None:
            return f"{earlier} {new}"
        return (
            earlier[: span[0]] + self._with_article(new, earlier[slice(*span)]) + earlier[span[1] :]
        )

    def _with_article(self, new: str, old: str) -> str:
        """ "And Heron?" asked after "the Plover": as the one before."""
        article = re.match(rf"({self.grammar.determiners})\s+", old, re.I)
        has_own = re.match(rf"({self.grammar.determiners})\s+", new, re.I)
        own = re.search(r"['’]s?$", old) if self.language == "en" else None
        new = f"{new}'s" if own and not new.endswith("s") else f"{new}'" if own else new
        return f"{article[0]}{new}" if article and not has_own and self.language == "en" else new

    def _span_like(self, new: str) -> tuple[int, int] | None:
        """Where the thing of the same kind stands in the question before: one that ends in the
        same word, else one that is a name where the new one is, else the last.
        """
        spans = list(self.before.nouns.spans(self.before.earlier, self.before.start))
        if not spans:
            return None
        last, is_name = new.split()[-1].lower(), bool(re.search(CAPITAL, new))

        def likeness(span: tuple[int, int]) -> tuple[bool, bool, int]:
            old = self.before.earlier[slice(*span)]
            return (
                old.split()[-1].lower() == last,
                bool(re.search(CAPITAL, old)) == is_name,
                span[0],
            )

        return max(spans, key=likeness)

    def choice(self) -> str:
        """ "Which one is faster?": of the two things that were spoken of last."""
        m = _CHOICE.fullmatch(self.words.strip()) if self.language == "en" else None
        things = self.before.mentions.things[1::-1]
        if not m or len(things) < 2 or any(self.before.nouns.spans(m["rest"], 0)):
            return ""
        return f"Which {m['rest']}, {things[0]} or {things[1]}?"

    def count(self) -> str:
        """ "How many are there?": of the things that were spoken of."""
        m = _COUNT.fullmatch(self.words.strip()) if self.language == "en" else None
        group = re.sub(r"^(?:the|these|those)\s+", "", self._group(), flags=re.I)
        return f"How many {group} {m['rest']}?" if m and group else ""

    def _group(self) -> str:
        """What "they" are: the latest that are several."""
        things = (self.before.thing(whole=True), *self.before.mentions.things)
        return next((t for t in things if is_plural(t)), "") or self.before.mentions.group

    def with_owner(self) -> str:
        """ "the battery" as that of what was spoken of."""
        is_short = len(self.words.split()) <= MAX_WORDS and not re.search(r"[.!?;]\s", self.words)
        if self.language != "en" or not is_short or self.before.is_unclear():
            return ""
        mentions = self.before.mentions
        things = (self.before.thing(), *mentions.possible_things)
        things = tuple(t for t in things if t and not mentions.is_certain_person(t))
        names = (t for t in things if _NAME_SIGN.search(t) or not _ARTICLE.match(t))
        return with_owner(self.words, next(names, next(iter(things), "")))

    def with_full_name(self, words: str) -> str:
        """ "the bakery" as the Harlow bakery, where that was spoken of."""
        g = self.grammar
        is_bound = rf"(?!\s+(?:of|in|at|on|near|between|for)\s+(?!{g.wh}))"  # the bridge of sighs
        stops = rf"{g.prepositions}|{g.aux}|{g.wh}|{_PARTICIPLE}"
        ends = rf"{is_bound}(?=\s*(?:[?.!,]|$)|\s+(?:{stops})\b)"
        m = re.search(rf"\b(?:the|this|that)\s+[a-z][\w-]+{ends}", words)
        full = self.before.mentions.full_name(m.group()) if m and self.language == "en" else ""
        return f"{words[: m.start()]}{full}{words[m.end() :]}" if m and full else words

    def with_names(self) -> str:
        """Pronouns as what they stand for."""
        g = self.grammar
        is_long = len(re.findall(r"[.!?;]\s", self.words)) or len(self.words.split()) > MAX_WORDS
        if is_long or re.search(g.empty, self.words, re.I):
            return ""  # it has said itself what it is on
        for pattern, name, form in self._pronouns():
            m = re.search(pattern, self.words) if name else None
            if m and not self._has_own_antecedent(m.start()):
                before = _CONJUNCTION.sub("", self.words[: m.start()])
                behind = self._with_place(self.words[m.end() :])
                if form == "{}" and self.language == "en" and name == self.before.person():
                    before, behind = map(self._with_thing, (before, behind))
                result = f"{before}{form.format(name)}{behind}"
                return f"{result[:1].upper()}{result[1:]}"
        return self._with_subject()

    def _with_thing(self, words: str) -> str:
        """With "it" as what it is, beside a pronoun of a person: "Why did she sell it?" """
        thing = "" if self.before.is_unclear() else self._single_thing()
        is_thing = thing and not self.before.mentions.is_certain_person(thing)
        return re.sub(r"\b[Ii]t\b", lambda _: thing, words, count=1) if is_thing else words

    def _with_place(self, words: str) -> str:
        """With "there" as the place that it is."""
        place = self.before.place() if self.language == "en" else ""
        return re.sub(rf"(?<!is )\bthere{_END}", f"in {place}", words, count=1) if place else words

    def _pronouns(self) -> Iterator[tuple[str, str, str]]:
        """(pattern, what it stands for, how that is written)."""
        g, end = self.grammar, _END
        person, thing = self.before.person(), self.before.thing()
        either = person if self.before.asks_who else thing or person
        if self.language == "fr":
            yield r"-(?:t-)?(?:elles?|ils?)\b", either, " {}"
        if self.language == "en":
            new = self.before.new_thing()
            one = "" if self.before.is_unclear() else self._single_thing()
            many = self._group()
            yield r"\bher\b(?=\s+(?!(?:in|on|at|from|to|by|for|with|when|and)\b)\w)", person, "{}'s"
            yield r"\b(?:[Hh]is)\b(?=\s+\w)", person, "{}'s"
            yield r"\b(?:[Ii]ts)\b(?=\s+\w)", one, "{}'s"
            yield r"\b(?:[Tt]heir)\b(?=\s+\w)", many, "{}'" if many.endswith("s") else "{}'s"
            yield r"\b(?:[Ss]he|[Hh]e|[Hh]im|[Hh]er)\b", person, "{}"
            yield r"\b(?:[Ii]t)\b", one, "{}"
            yield r"\b(?:[Tt]hey|[Tt]hem)\b(?!['’])", many, "{}"
            verb = rf"(?=\s*(?:[?.!,]|$|(?:{g.aux}|{g.prepositions}|compare|differ)\b))"
            yield rf"\b(?:[Tt]hat|[Tt]his){verb}", self.before.thing(whole=True), "{}"
            yield rf"\b(?:that|this)(?=\s+(?:{_PARTICIPLE})\b)", thing, "{}"
            yield rf"(?<=^Is )(?:that|this)(?=\s+(?!(?:{_OF_WHAT_IS_TOLD})\b)\w+\s*\?)", thing, "{}"
            yield r"\b(?:that|this)\s+one\b", new or one, "{}"
            yield rf"\b(?:that|this|the\s+same)\s+(?:{self._nouns()})\b", thing, "{}"
            yield rf"(?<!is )(?<!are )(?<!was )\bthere{end}", self.before.place(), "in {}"
            return
        if self.language == "de":
            noun = rf"(?=\s+(?:[a-zäöüß]+\s+)?{CAPITAL})"
            yield rf"\b(?:[Ss]eine?[rsmn]?|[Ii]hre?[rsmn]?){noun}", either, "{}s"
            yield (
                r"(?<!\w )\b(?:er|sie|ihn|ihm|ihr|es)\b|(?<=\w )(?:er|sie|ihn|ihm|ihr|es)\b",
                either,
                "{}",
            )
            yield rf"\b(?:das|dies){end}", thing, "{}"
            return
        yield rf"\b(?:{g.persons}|{g.things})\b{end}", either, "{}"

    def _single_thing(self) -> str:
        """What "it" is: no person, if there is anything else."""
        thing, new = self.before.thing(), self.before.new_thing()
        mentions = self.before.mentions
        if new and (not thing or is_person(thing)):
            return new
        candidates = (thing or self.before.topic(), *mentions.possible_things)
        things = [t for t in candidates if t and not is_plural(t)]
        certain = mentions.is_certain_person
        return next((t for t in things if not certain(t)), next(iter(things), ""))

    def _nouns(self) -> str:
        """The nouns of the question before, for "that boat"."""
        words = [
            w
            for w in re.findall(r"[a-z]{3,}", self.before.earlier)
            if w not in FUNCTION_WORDS["en"]
        ]
        return "|".join(words) or "(?!)"

    def _with_subject(self) -> str:
        """A Spanish question without a subject gets the one that is meant: "¿Dónde vivía?" """
        name = self.before.person() if self.before.asks_who else self.before.thing()
        g = self.grammar
        asking = rf"(?:(?:{g.prepositions})\s+)?(?:{g.wh})\s+\w+"
        m = re.fullmatch(rf"(¿?\s*(?:y\s+)?{asking})\s*\?", self.words, re.I)
        return f"{m[1]} {name}?" if self.language == "es" and m and name else ""

    def _has_own_antecedent(self, at: int) -> bool:
        """Whether a thing or person is named before the pronoun, in the question itself: not what
        it says more of, as in "the speed limit on it".
        """
        text = self.words[:at]
        first = re.match(r"\W*\w+", text)
        spans = list(self.before.nouns.spans(text, first.end() if first else 0))
        says_more = rf"\s+(?:{self.grammar.prepositions})\s+"
        if len(spans) == 1 and re.fullmatch(says_more, text[spans[0][1] :], re.I):
            return False
        return bool(spans)


def _sentence(words: str) -> str:
    words = " ".join(words.split())
    return f"{words[:1].upper()}{words[1:]}?"
