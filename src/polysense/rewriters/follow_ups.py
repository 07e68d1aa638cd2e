"""Follow-up questions in languages with spaces between words, made whole from the one before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polysense.question import Exchange
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.rewriters.comparisons import MEASURES
from polysense.rewriters.grammars import GRAMMARS, Grammar
from polysense.rewriters.noun_phrases import CAPITAL, NAME, NounPhrases, is_name, is_plural

MAX_FRAGMENT = 6
"""Words of an ellipsis: more are a sentence of their own. Judged."""

MAX_WORDS = 14
"""Words of a question whose pronouns stand for something before it; in longer ones and in several
sentences they seldom do. Judged on the conversations of CAsT 2021.
"""

MAX_ACRONYM = 5
"""Letters of a name that is written in capitals; judged."""

_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_CONJUNCTION = re.compile(r"^(?:and|but|so|und|aber|et|mais|y|pero)\b[\s,]+(?=\S)", re.I)
"""What joins a whole sentence to what was said before."""
_PARTICIPLE_TEXT = (
    "wrote:written drew:drawn gave:given took:taken broke:broken stole:stolen chose:chosen "
    "ate:eaten drove:driven saw:seen did:done began:begun sang:sung grew:grown threw:thrown "
    "knew:earlier wore:worn swam:swum rode:ridden spoke:spoken flew:flown tore:torn hid:hidden "
    "forgot:forgotten"
)
_PARTICIPLES = dict(pair.split(":") for pair in _PARTICIPLE_TEXT.split())
_PARTICIPLE = (
    r"\w+ed|made|built|done|sold|bought|found|written|drawn|kept|held|put|set|born|taken|like|for"
)


def whole_question(words: str, before: Exchange, language: str) -> str:
    """The question with what it left to the one before; as it is where it left nothing.

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
    follow_up = _FollowUp(words, before, language if language in GRAMMARS else "en")
    return follow_up.of_event() or follow_up.ellipsis() or follow_up.with_names() or words


_NO_NOUNS = frozenset(["one", "ones", "few", "other", "others", "first", "second", "third", "last"])
"""Words that name nothing by themselves: the biggest one."""


class _FollowUp:
    """A question and the one before it, in the grammar of a language."""

    def __init__(self, words: str, before: Exchange, language: str) -> None:
        self.words, self.language = words, language
        self.answer = re.split(r"(?<=[.!?])\s|\n", before.answer.strip())[0]
        self.grammar: Grammar = GRAMMARS[language]
        self.earlier = _last_question(before.question)
        self.wh, self.aux, self.predicate = self._split_head()
        self.nouns = NounPhrases(language, self.aux)
        self.asks_who = bool(re.fullmatch(self.grammar.who, self.wh, re.I))

    @property
    def _start(self) -> int:
        """Where in the question before its things may be named."""
        return len(self.wh) or len(self.earlier) - len(self.predicate)

    def _split_head(self) -> tuple[str, str, str]:
        """Of the question before: what asks, its auxiliary, the rest."""
        g = self.grammar
        asking = rf"(?:(?:{g.prepositions})\s+)?(?:{g.wh})\b"
        more = rf"(?:\s+(?!(?:{g.aux}|{g.determiners})\b)[\w-]+){{0,3}}?"
        m = re.match(rf"({asking}{more})\s+({g.aux})\b\s*(.*)", self.earlier, re.I) or re.match(
            rf"({asking})()\s*(.*)", self.earlier, re.I
        )
        if m:
            return m[1], m[2], m[3]
        m = re.match(rf"()({g.aux})\b\s*(.*)", self.earlier, re.I)  # "Did Ines Falk mend it?"
        return ("", m[2], m[3]) if m else ("", "", self.earlier)

    def of_event(self) -> str:
        """ "When was that?" and "When?": the question before, asked for something else."""
        g, bare = self.grammar, self.words.strip("¿¡ ").rstrip("?!. ")
        bare = re.sub(rf"^(?:{g.conjunctions})", "", bare, flags=re.I).strip()
        m = re.fullmatch(
            rf"(?P<wh>(?:(?:{g.prepositions})\s+)?"
            rf"(?:(?:{g.which}|{g.how})\s+(?!(?:{g.aux})\b)[\w-]+|{g.wh}))"
            rf"(?:\s+(?P<frame>{g.at_events}))?(?:\s+(?:exactly|then|genau))?",
            bare,
            re.I,
        )
        if not m or not self.wh:
            return ""
        wh, frame = m["wh"], m["frame"] or ""
        if re.search(r"\bit$", frame) and not wh.lower().startswith("when"):
            return ""  # "Where is it?"
        if re.match(g.of_things, wh, re.I):  # "What is that?", "How tall is it?" ask of a thing
            return self._of_thing(wh, bool(frame))
        if self.aux and not self.asks_who:
            wh = self._by_whom(wh) if re.fullmatch(g.who, wh, re.I) else wh
            return _sentence(f"{wh} {self.aux} {self.predicate}")
        return _sentence(self._passive(wh)) if self.asks_who else ""

    def _of_thing(self, wh: str, has_frame: bool) -> str:
        """ "How tall?", where nothing but that is said."""
        thing = self.thing()
        if has_frame or not thing or " " not in wh or self.language != "en":
            return ""
        return _sentence(f"{wh} is {thing}") if wh.lower().startswith("how") else ""

    def _by_whom(self, wh: str) -> str:
        return "by whom" if self.language == "en" else wh

    def _passive(self, wh: str) -> str:
        """ "mended the mill wheel" asked for when: "When was the mill wheel mended?" In other
        languages than English, who did it comes behind the verb.
        """
        verb, _, rest = self.predicate.partition(" ")
        verb, rest = (self.aux, self.predicate) if self.aux else (verb, rest)
        name = self.person()
        if self.language != "en":
            return f"{wh} {verb} {name} {rest}"
        if self.aux:
            return f"{wh} {self.aux} {name} {rest}"
        if not re.match(rf"(?:{self.grammar.determiners})\s|{CAPITAL}", rest):
            return f"{wh} was it that {name or 'someone'} {self.predicate}"
        be = "is" if verb.endswith("s") and not verb.endswith("ss") else "was"
        return f"{wh} {be} {rest} {_PARTICIPLES.get(verb.lower(), verb)}"

    def ellipsis(self) -> str:
        """ "And in 2022?", "What about the Heron?": the question before with the new part in it."""
        g, bare = self.grammar, self.words.strip("¿¡ ").rstrip("?!. ")
        conjunction = re.match(g.conjunctions, bare, re.I)
        new = (bare[conjunction.end() :] if conjunction else bare).strip(" ,")
        if not re.search(rf"\b(?:{g.aux})\b", new, re.I):  # "How many in 2022?"
            same = re.match(rf"(?:{g.wh})\s+(?:many|much)\s+(?=(?:{g.prepositions})\b)", new, re.I)
            new = new[same.end() :] if same else new
        pronouns = rf"\b(?:{g.wh}|{g.aux}|{g.persons}|{g.things}|{g.possessives})\b"
        if not new or len(new.split()) > MAX_FRAGMENT or re.search(pronouns, new, re.I):
            return ""
        is_fragment = re.match(
            rf"(?:{g.prepositions}|{g.determiners})\s|{CAPITAL}|\d", new, re.I
        ) and self.words.rstrip().endswith("?")
        if not self.earlier or not (conjunction or is_fragment):
            return ""
        return _sentence(self._substitute(new))

    def _substitute(self, new: str) -> str:
        earlier, g = self.earlier, self.grammar
        year, old_year = _YEAR.search(new), _YEAR.search(earlier)
        if year and old_year:
            return earlier[: old_year.start()] + year.group() + earlier[old_year.end() :]
        preposition = re.match(rf"({g.prepositions})\s+(.+)", new, re.I)
        if preposition:
            phrase = rf"\b{preposition[1]}\s+(?:{g.determiners})?\s*[\w-]+(?:\s+{CAPITAL}[\w-]*)*"
            same = list(re.finditer(phrase, earlier[len(self.wh) :], re.I))
            if same:
                at = len(self.wh) + same[-1].start(), len(self.wh) + same[-1].end()
                return earlier[: at[0]] + new + earlier[at[1] :]
            return f"{earlier} {new}"
        if new.split()[-1].lower() in MEASURES and self.wh.lower().startswith("how"):
            thing = self.thing()
            return f"what is {new} of {thing}" if thing else f"{earlier} {new}"
        counted = re.match(r"(?:how\s+many|which|what)\s+([\w-]+)", self.wh, re.I)
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
        return f"{article[0]}{new}" if article and not has_own and self.language == "en" else new

    def _span_like(self, new: str) -> tuple[int, int] | None:
        """Where the thing of the same kind stands in the question before: one that ends in the
        same word, else one that is a name where the new one is, else the last.
        """
        spans = list(self.nouns.spans(self.earlier, self._start))
        if not spans:
            return None
        last, is_name = new.split()[-1].lower(), bool(re.search(CAPITAL, new))

        def likeness(span: tuple[int, int]) -> tuple[bool, bool, int]:
            old = self.earlier[slice(*span)]
            return (
                old.split()[-1].lower() == last,
                bool(re.search(CAPITAL, old)) == is_name,
                span[0],
            )

        return max(spans, key=likeness)

    def with_names(self) -> str:
        """Pronouns as what they stand for."""
        g = self.grammar
        is_long = len(re.findall(r"[.!?;]\s", self.words)) or len(self.words.split()) > MAX_WORDS
        if is_long or re.search(g.empty, self.words, re.I):
            return ""  # it has said itself what it is on
        for pattern, name, form in self._pronouns():
            m = re.search(pattern, self.words) if name else None
            if m and not self._has_own_antecedent(m.start()):
                before, behind = self.words[: m.start()], self.words[m.end() :]
                result = f"{_CONJUNCTION.sub('', before)}{form.format(name)}{behind}"
                return f"{result[:1].upper()}{result[1:]}"
        return self._with_subject()

    def _pronouns(self) -> Iterator[tuple[str, str, str]]:
        """(pattern, what it stands for, how that is written)."""
        g, end = self.grammar, r"(?=\s*(?:[?.!,]|$))"
        person, thing = self.person(), self.thing()
        either = person if self.asks_who else thing or person
        if self.language == "fr":
            yield r"-(?:t-)?(?:elles?|ils?)\b", either, " {}"
        if self.language == "en":
            one, many = ("" if is_plural(thing) else thing), (thing if is_plural(thing) else "")
            many = many or (person if self.asks_who else "")
            yield r"\bher\b(?=\s+(?!(?:in|on|at|from|to|by|for|with|when|and)\b)\w)", person, "{}'s"
            yield r"\b(?:[Hh]is)\b(?=\s+\w)", person, "{}'s"
            yield r"\b(?:[Ii]ts)\b(?=\s+\w)", one, "{}'s"
            yield r"\b(?:[Tt]heir)\b(?=\s+\w)", many, "{}'"
            yield r"\b(?:[Ss]he|[Hh]e|[Hh]im|[Hh]er)\b", person, "{}"
            yield r"\b(?:[Ii]t)\b", one, "{}"
            yield r"\b(?:[Tt]hey|[Tt]hem)\b(?!['’])", many, "{}"
            verb = rf"(?=\s*(?:[?.!,]|$|(?:{g.aux}|{g.prepositions})\b))"
            yield rf"\b(?:[Tt]hat|[Tt]his){verb}", thing, "{}"
            yield rf"\b(?:that|this)(?=\s+(?:{_PARTICIPLE})\b)", thing, "{}"
            yield rf"\b(?:that|this|the\s+same)\s+(?:{self._nouns()})\b", thing, "{}"
            yield rf"(?<!is )(?<!are )(?<!was )\bthere{end}", self.place(), "in {}"
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

    def _nouns(self) -> str:
        """The nouns of the question before, for "that boat"."""
        words = [w for w in re.findall(r"[a-z]{3,}", self.earlier) if w not in FUNCTION_WORDS["en"]]
        return "|".join(words) or "(?!)"

    def _with_subject(self) -> str:
        """A Spanish question without a subject gets the one that is meant: "¿Dónde vivía?" """
        name = self.person() if self.asks_who else self.thing()
        g = self.grammar
        asking = rf"(?:(?:{g.prepositions})\s+)?(?:{g.wh})\s+\w+"
        m = re.fullmatch(rf"(¿?\s*(?:y\s+)?{asking})\s*\?", self.words, re.I)
        return f"{m[1]} {name}?" if self.language == "es" and m and name else ""

    def _has_own_antecedent(self, at: int) -> bool:
        """Whether a thing or person is named before the pronoun, in the question itself."""
        text = self.words[:at]
        first = re.match(r"\W*\w+", text)
        return any(True for _ in self.nouns.spans(text, first.end() if first else 0))

    def person(self) -> str:
        """Who "she" is: whom the question before asked for, else whom it was about; "" where that
        is not plain.
        """
        if self.asks_who and (name := self._new_name()):
            return name
        spans = (self.earlier[a:b] for a, b in self.nouns.spans(self.earlier, self._start))
        names = [name for name in spans if NAME.search(name)]
        return names[0] if len(names) == 1 else self.thing()

    def thing(self) -> str:
        """What "it" is: what the question before asked for by "which", else what it was about; ""
        where that is not plain. Of "the weight of the Heron" it is the Heron.
        """
        if re.match(self.grammar.which, self.wh, re.I) and (name := self._new_name()):
            return name
        spans = list(self.nouns.spans(self.earlier, self._start))
        if not spans:
            return self._bare_noun()
        start, end = spans[0]
        if len(spans) > 1 and not self._is_subject(start):
            return ""
        for begin, stop in spans[1:]:  # the bell of Sankt Orrin
            if not re.fullmatch(r"\s+(?:of|de|von|del|du)\s+(?:la\s+)?", self.earlier[end:begin]):
                break
            if self.earlier[start:end].split()[-1].lower() in MEASURES:
                start = begin
            end = stop
        of = re.match(r"\s+of\s+", self.earlier[end:]) if self.language == "en" else None
        if of:  # the causes of breast cancer
            end = self.nouns.end_of_noun(self.earlier, end + of.end())
        last = self.earlier[start:end].split()[-1].lower()
        return "" if last in _NO_NOUNS or last.endswith("est") else self.earlier[start:end]

    def _is_subject(self, start: int) -> bool:
        """Whether what stands there is what the question is on: right behind the auxiliary, or the
        verb of "who".
        """
        before = self.earlier[len(self.earlier) - len(self.predicate) : start].split()
        return len(before) <= (0 if self.aux else 1)

    def _bare_noun(self) -> str:
        """ "What is breast cancer?": a thing that has no article."""
        m = re.match(r"(?:what|who|how\s+\w+)\b", self.wh, re.I)
        if self.language != "en" or not m or self.aux.lower() not in ("is", "are", "was", "were"):
            return ""
        end = self.nouns.end_of_noun(self.predicate, 0)
        return self.predicate[:end]

    def place(self) -> str:
        """Where "there" is."""
        m = re.search(
            rf"\b(?:in|at|on|near)\s+((?:the\s+)?{NAME.pattern}|the\s+[\w-]+)", self.answer
        )
        return m[1] if m and self.wh.lower().startswith("where") else self.thing()

    def _new_name(self) -> str:
        """The first name in the answer that is not in the question."""
        earlier = self.earlier.lower()
        function_words = FUNCTION_WORDS[self.language]
        for m in NAME.finditer(self.answer):
            words = m.group().split()
            while words and words[0].lower() in function_words:
                words = words[1:]
            name = re.sub(r"['’]s$", "", " ".join(words).rstrip(".,'’"))
            if name.isupper() and len(name) > MAX_ACRONYM:
                continue  # a heading
            if is_name(name) and name.lower() not in earlier:
                return name
        return ""


def _last_question(text: str) -> str:
    """The last sentence that asks, of what was typed before: "I see. How tall is it?" """
    sentences = [s for s in re.split(r"(?<=[.!?])\s+", text.strip()) if s.strip(" ?!.")]
    asking = [s for s in sentences if s.rstrip().endswith("?")]
    return ((asking or sentences or [""])[-1]).strip(" ?!.¿¡")


def _sentence(words: str) -> str:
    words = " ".join(words.split())
    return f"{words[:1].upper()}{words[1:]}?"
