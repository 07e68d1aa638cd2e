"""What a question and its answer were about: who "she", what "it", where "there" may be later."""

from __future__ import annotations

import re

from polysense.question import Exchange
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.values import CALENDAR
from polysense.rewriters.decomposition.comparisons import MEASURES
from polysense.rewriters.history.grammars import GRAMMARS, Grammar
from polysense.rewriters.history.mentions import Mentions, is_person
from polysense.rewriters.history.noun_phrases import NAME, NounPhrases, is_name, is_plural
from polysense.rewriters.history.relational_nouns import is_property

MAX_ANSWER = 600
"""Characters of an answer in which names are looked for: its first sentence. Judged."""

MAX_ACRONYM = 5
"""Letters of a name that is written in capitals; judged."""

_OPENING = re.compile(
    r"^\w[a-z ]{1,40},\s+"
    r"(?=(?:who|whose|what|which|where|when|why|how|is|are|was|were|do|does|did|can)\b)"
)
"""What stands before a question and names nothing: "More broadly," """
_IMPERATIVE = re.compile(
    r"(?:please\s+)?(?:show|tell|give|list|find|explain|describe|compare)\s+(?:me\s+|us\s+)?(?:about\s+)?",
    re.I,
)
_SUBJECT = re.compile(
    r"(?:(?:The|An?)\s+)?([A-Z][\w-]+(?:\s+[a-z][\w-]+){0,3}?)(?:\s+\([^)]*\))?"
    r"\s+(?:is|are|was|were|can|may|has|have|occurs?|refers?|means|causes?)\b"
)
MIN_NAMINGS = 2
"""How often an answer names what it is on, at least; judged."""
_COPULA = re.compile(
    rf"(?P<thing>{NAME.pattern}(?:\s+[a-z]+)?)\s+(?:is|was|are|were)\s+(?:a|an|the)\s+(?:[a-z-]+\s+){{0,2}}?"
    r"(?P<kind>[a-z]{3,})(?=\s+(?:that|which|who|in|of|on|by|from|for|made|caused|spread|written"
    r"|built|used|founded|located|with)\b|[.,;]|$)"
)
"""An answer that says what something is."""
_BE = frozenset(["is", "are", "was", "were"])
_NO_NOUNS = frozenset(["one", "ones", "few", "other", "others", "first", "second", "third", "last"])
"""Words that name nothing by themselves: the biggest one."""


def mentions_after(mentions: Mentions, exchange: Exchange, language: str) -> Mentions:
    """With what a whole question and its answer name, what they are most about as the latest.

    >>> exchange = Exchange("Who founded the Harlow bakery?", "Edith Marsh founded it.")
    >>> mentions_after(Mentions(), exchange, "en")
    Mentions(persons=('Edith Marsh',), things=('the Harlow bakery',))
    """
    own = Antecedents(exchange, language, Mentions())
    spans = list(own.nouns.spans(own.earlier, own.start))
    for start, end in reversed(spans):
        name = own.earlier[start:end]
        if not is_property(name.split()[-1]):  # the benefits, of what is named too
            mentions = mentions.with_thing(_owner(name))
    mentions = mentions.with_thing(own.answer_subject(spans))
    mentions = mentions.with_kind(*own.kind()).with_thing(own.topic())
    if own.aux.lower() in _BE and is_person(own.thing()):  # what was Ivo Lantos's first book?
        mentions = mentions.with_thing(own.new_thing(), is_certain=True)
    if own.asks_who:
        return mentions.with_thing(own.thing()).with_person(own.person())
    return mentions.with_thing(own.thing())


class Antecedents:
    """A question that was asked, in the grammar of its language, and what was named before it.

    earlier is its last sentence that asks; wh what asks in it, aux the auxiliary, predicate the
    rest.

    >>> exchange = Exchange("Who mended the mill wheel?", "Ines Falk did.")
    >>> before = Antecedents(exchange, "en", Mentions())
    >>> before.person(), before.thing(), before.wh
    ('Ines Falk', 'the mill wheel', 'Who')
    """

    def __init__(self, exchange: Exchange, language: str, mentions: Mentions) -> None:
        self.language = language if language in GRAMMARS else "en"
        self.mentions = mentions
        self.whole_answer = exchange.answer
        self.answer = re.split(r"(?<=[.!?])\s|\n", exchange.answer.strip()[:MAX_ANSWER])[0]
        self.grammar: Grammar = GRAMMARS[self.language]
        self.earlier = _last_question(exchange.question)
        self.wh, self.aux, self.predicate = self._split_head()
        evidence = "; ".join((self.answer, *mentions.things))
        self.nouns = NounPhrases(self.language, self.aux, evidence)
        who = rf"(?:(?:{self.grammar.prepositions})\s+)?(?:{self.grammar.who})"
        self.asks_who = bool(re.fullmatch(who, self.wh, re.I))

    @property
    def start(self) -> int:
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
        if m:
            return "", m[2], m[3]
        m = _IMPERATIVE.match(self.earlier)
        return "", "", self.earlier[m.end() if m else 0 :]

    def person(self) -> str:
        """Who "she" is: whom the question before asked for, else whom it was about; "" where that
        is not plain.
        """
        if self.asks_who and (name := self.new_name()):
            return name
        spans = (_owner(self.earlier[a:b]) for a, b in self.nouns.spans(self.earlier, self.start))
        names = [name for name in spans if NAME.search(name)]
        persons = [n for n in names if is_person(n) and n not in self.mentions.things]
        if len(persons) == 1:
            return persons[0]
        if not persons and self.mentions.person:
            return self.mentions.person
        return names[0] if len(names) == 1 else ""

    def thing(self, whole: bool = False) -> str:
        """What "it" is: what the question before asked for by "which", else what it was about, else
        what of it the answer begins with; "" where that is not plain. Of "the weight of the Heron"
        it is the Heron, unless the whole is meant.
        """
        if re.match(self.grammar.which, self.wh, re.I) and (name := self.new_name()):
            return name
        spans = list(self.nouns.spans(self.earlier, self.start))
        if not spans:
            return self._bare_noun()
        start, end = spans[0]
        if len(spans) > 1 and not self._is_subject(start):
            return self.answer_subject(spans)
        for begin, stop in spans[1:]:  # the bell of Sankt Orrin
            if not re.fullmatch(r"\s+(?:of|de|von|del|du)\s+(?:la\s+)?", self.earlier[end:begin]):
                break
            phrase = self.earlier[start:end]
            is_measure = phrase.split()[-1].lower() in MEASURES
            is_own = is_measure or (self._asks_property and not is_plural(phrase))
            is_own = is_own or (self.language == "en" and is_property(phrase.split()[-1]))
            start = begin if is_own and not whole else start
            end = stop
        of = re.match(r"\s+of\s+", self.earlier[end:]) if self.language == "en" else None
        if of:  # the causes of breast cancer
            is_own = is_property(self.earlier[start:end].split()[-1]) and not whole
            begin, end = end + of.end(), self.nouns.end_of_noun(self.earlier, end + of.end())
            start = begin if is_own and end > begin else start
        last = self.earlier[start:end].split()[-1].lower()
        name = _owner(self.earlier[start:end])
        return "" if last in _NO_NOUNS or last.endswith("est") else name

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

    def answer_subject(self, spans: list[tuple[int, int]]) -> str:
        """Of several things in the question, the one that the answer begins with."""
        names = [self.earlier[a:b] for a, b in spans]
        head = self.answer.lower()
        heads = [n for n in names if re.match(rf"(?:the\s+)?{re.escape(_bare(n))}\b", head)]
        return heads[0] if len(heads) == 1 else ""

    def kind(self) -> tuple[str, str]:
        """What the answer says that something is: ("illness", "Velmaric fever"), of "Velmaric fever
        is an illness spread by ticks"; ("", "") where it says none.
        """
        m = _COPULA.match(self.answer) if self.language == "en" else None
        return (m["kind"].lower(), m["thing"]) if m else ("", "")

    def topic(self) -> str:
        """What the answer is on, of a question that names nothing: the subject of its first
        sentence, if more is said of it there.
        """
        m = _SUBJECT.match(self.answer) if self.language == "en" else None
        phrase = m[1] if m else ""
        head = phrase.split()[0].lower() if phrase else ""
        if (
            not phrase
            or head in FUNCTION_WORDS["en"]
            or any(self.nouns.spans(self.earlier, self.start))
        ):
            return ""
        count = len(re.findall(rf"\b{re.escape(phrase)}\b", self.whole_answer, re.I))
        return phrase if count >= MIN_NAMINGS else ""

    def new_thing(self) -> str:
        """What the answer names that was asked for, as of "What was his first book?" """
        is_on_things = re.match(r"(?:what|which)\b", self.wh, re.I)
        return self.new_name() if is_on_things else ""

    @property
    def _asks_property(self) -> bool:
        """ "What is the range of the drone?": it is on the drone."""
        return bool(re.fullmatch(r"what|how\s+\w+", self.wh, re.I)) and self.aux.lower() in _BE

    def is_unclear(self) -> bool:
        """Whether the question before names several things, and is on none of them."""
        return not self.thing() and any(self.nouns.spans(self.earlier, self.start))

    def place(self) -> str:
        """Where "there" is."""
        m = re.search(
            rf"\b(?:in|at|on|near)\s+((?:the\s+)?{NAME.pattern}|the\s+[\w-]+)", self.answer
        )
        if m and self.wh.lower().startswith("where"):
            return m[1]
        things = [self.thing(), *self.mentions.things]
        return next((t for t in things if t and not is_person(t)), "")

    def new_name(self) -> str:
        """The first name in the answer that is not in the question."""
        earlier = self.earlier.lower()
        function_words = FUNCTION_WORDS[self.language]
        for m in NAME.finditer(self.answer):
            words = m.group().split()
            while words and (
                words[0].lower() in {*function_words, *CALENDAR} or words[0].isdigit()
            ):
                words = words[1:]
            name = re.sub(r"['’]s$", "", " ".join(words).rstrip(".,'’"))
            if name.isupper() and len(name) > MAX_ACRONYM:
                continue  # a heading
            if words and is_name(name) and name.lower() not in earlier:
                return name
        return ""


def _owner(name: str) -> str:
    """Without the ending that says that it has something, Dr Hahn's; what has it, where that is a
    property: the Heron, of the Heron's price.
    """
    m = re.fullmatch(r"(.+)['’]s?\s+([a-z]+)", name)
    if m and is_property(m[2]):
        return m[1]
    return re.sub(r"['’]s?$", "", name) if re.search(r"(?:s['’]|['’]s)$", name) else name


def _bare(name: str) -> str:
    """Without its article, in small letters."""
    return re.sub(r"^(?:the|a|an)\s+", "", name.lower())


def _last_question(text: str) -> str:
    """The last sentence that asks, of what was typed before: "I see. How tall is it?" """
    sentences = [s for s in re.split(r"(?<=[.!?])\s+", text.strip()) if s.strip(" ?!.")]
    asking = [s for s in sentences if s.rstrip().endswith("?")]
    question = ((asking or sentences or [""])[-1]).strip(" ?!.¿¡")
    return _OPENING.sub("", re.sub(r"^(?:and|but|so)\s+", "", question, flags=re.I))
