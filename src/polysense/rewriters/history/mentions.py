"""What a conversation has named so far: the persons and the things that a later pronoun may mean.

A list with the latest first, as in centering theory (Grosz, Joshi & Weinstein, "Centering: A
framework for modeling the local coherence of discourse", Computational Linguistics 21, 1995), by
form alone: who is a person is told by a title, by two capitalised words without an article, or by
what was asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

MAX_MENTIONS = 12
"""Persons, and things, that are remembered, the latest; judged."""

_TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Herr|Frau|Señora?|Mme|M|Sir|Lady|Captain)\.?"
_WORD = r"[A-ZÀ-ÞŒ][\w'’-]+"
_PERSON = re.compile(
    rf"{_TITLE}\s+{_WORD}(?:\s+{_WORD})*|{_WORD}(?:\s+(?:van|von|de|del|der))*\s+{_WORD}"
)
_ORGANISATION_TEXT = (
    "ltd inc llc plc gmbh ag sa corp corporation company co group bank university college school "
    "institute hospital museum council press street road lane avenue square park bridge station "
    "river lake mount mountain valley island city county festival prize award war treaty act "
    "union club society party church cathedral house hall hotel library bakery airport road north "
    "south academy agency airlines airport association band bay beach brothers canal castle "
    "centre center championship choir cinema court cup dam department disease effect engine fever "
    "ferry foods forest foundation galleries gallery games garden gardens harbour harbor "
    "industries law league method ministry mill model motors museum novel observatory office "
    "orchestra palace parliament port programme program project road series show sons stadium "
    "syndrome system systems technologies test theatre theater theory tower town train tunnel "
    "virus works east west new old san saint st great republic kingdom states january february "
    "march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday"
)
_NO_PERSON = frozenset(_ORGANISATION_TEXT.split())
_PLURAL_NAME = re.compile(
    r"\b(?:ltd|inc|llc|plc|gmbh|ag|corp|company|group|bank|council|team|club|band|firm|union|party"
    r"|government|committee|choir|orchestra|crew|staff|family|board|association)\b\.?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Mentions:
    """Persons and things, the latest first.

    >>> mentions = Mentions().with_thing("the Harlow bakery").with_thing("Edith Marsh")
    >>> mentions.person, mentions.thing, mentions.full_name("the bakery")
    ('Edith Marsh', 'the Harlow bakery', 'the Harlow bakery')
    """

    persons: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    kinds: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """What things were said to be, the latest first: ("illness", "Velmaric fever")."""

    certain: tuple[str, ...] = field(default=(), repr=False)
    """Persons of whom more tells than the form of their name."""

    def is_certain_person(self, name: str) -> bool:
        """Whether a name is surely a person's: who was asked for, or is called by a title."""
        return name in self.certain or re.match(rf"{_TITLE}\s", name) is not None

    @property
    def possible_things(self) -> tuple[str, ...]:
        """The things, then what has a name like a person's and may be a thing: Thornmere Abbey."""
        return (*self.things, *(p for p in self.persons if not self.is_certain_person(p)))

    def with_kind(self, kind: str, thing: str) -> Mentions:
        """With what a thing was said to be; "" changes nothing."""
        kinds = ((kind, thing), *self.kinds)[:MAX_MENTIONS]
        return replace(self, kinds=kinds) if kind and thing else self

    def with_thing(self, name: str, is_certain: bool = False) -> Mentions:
        """With one more, as the latest; "" changes nothing. One with a name like a person's is held
        for a person, unless it is certain that it is none.
        """
        if not name:
            return self
        if is_person(name) and not is_certain and name not in self.things:
            return replace(self, persons=_first(name, self.persons))
        return replace(self, things=_first(name, self.things))

    def with_person(self, name: str) -> Mentions:
        """With somebody, of whom the question has told that it is a person."""
        if not name:
            return self
        certain = _first(name, self.certain)
        return replace(self, persons=_first(name, self.persons), certain=certain)

    @property
    def person(self) -> str:
        """The latest person; "" where nobody was named."""
        return next(iter(self.persons), "")

    @property
    def thing(self) -> str:
        """The latest thing; "" where none was named."""
        return next(iter(self.things), "")

    @property
    def group(self) -> str:
        """The latest thing that "they" may be though its name is no plural: a company, a team."""
        return next((t for t in self.things if _PLURAL_NAME.search(t)), "")

    def full_name_ending(self, short: str) -> str:
        """The thing whose name ends so and is longer, in a script without spaces; "" for none."""
        return next((t for t in self.things if t.endswith(short) and len(t) > len(short)), "")

    def full_name(self, short: str) -> str:
        """The thing whose name ends in what is named short: the bakery, the Harlow bakery; "" where
        there is none, or it is as long.
        """
        bare = re.sub(r"^(?:the|this|that)\s+", "", short, flags=re.I).lower()
        longer = (t for t in self.things if t.lower().endswith(f" {bare}"))
        of_kind = (thing for kind, thing in self.kinds if kind == bare)
        return next((t for t in (*longer, *of_kind) if _without_article(t) != bare), "")


NOTHING_NAMED = Mentions()


def is_person(name: str) -> bool:
    """Whether a name is a person's, by its form.

    >>> [is_person(n) for n in ("Clara Voss", "Mr Baker", "Osprey Ltd", "the Merlin", "Tellus-9")]
    [True, True, False, False, False]
    """
    words = {w.strip(".").lower() for w in name.split()}
    is_acronym = any(w.isupper() and len(w) > 1 for w in name.split())
    return _PERSON.fullmatch(name) is not None and not is_acronym and not words & _NO_PERSON


def _without_article(name: str) -> str:
    return re.sub(r"^(?:the|a|an)\s+", "", name.lower())


def _first(name: str, others: tuple[str, ...]) -> tuple[str, ...]:
    return (name, *(o for o in others if o != name))[:MAX_MENTIONS]
