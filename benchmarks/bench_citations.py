"""Citation check: sentences falsified by number, name, unit or negation are caught, true ones stay.

    python benchmarks/bench_citations.py DATA [LANGUAGE ...] [--beside LANGUAGE] [--wrong N]

Of XQuAD, in each language, sentences that hold an answer, beside their paragraphs. True: as they
are, shortened to a clause, and restated by rule, by chance in one of the ways that apply: a number
in words or in digits, in another scale or with other separators, a unit by another name, clauses in
another order, articles left out. False: changed in one thing, or a denial left out of any sentence.
With --beside, the evidence is the same paragraph in another language, for XQuAD is parallel.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from polysense.generate.citations.check import faults
from polysense.read.file.text import sentences
from polysense.read.language.negation import is_negative
from polysense.read.language.values import NOUNS_IN_CAPITALS, names_in

LANGUAGES = ("en", "zh", "de", "es")
OF_EACH = 100
SEED = 5
UNITS = {
    "en": ("metres", "feet", "kilometres", "miles", "years", "days", "million", "dollars", "%"),
    "de": ("Meter", "Kilometer", "Meilen", "Jahre", "Tage", "Millionen", "Euro", "Dollar", "%"),
    "es": ("metros", "kilómetros", "millas", "años", "días", "millones", "euros", "dólares", "%"),
    "zh": ("米", "公里", "英里", "年", "天", "美元", "欧元", "公斤", "吨"),
}
"""Each is replaced by the one behind it."""
NEGATIONS = {
    "en": (r"\b(is|was|are|were|can|could|has|had|did|does|will)\b", r"\1 not"),
    "de": (r"\b(ist|war|sind|waren|kann|konnte|hat|hatte|wird|wurde|wurden)\b", r"\1 nicht"),
    "es": (r"\b(es|era|son|eran|fue|fueron|puede|tiene|había|está)\b", r"no \1"),
    "zh": (r"(是|有|能|会|在)", r"不\1"),
}
NUMBER_WORDS = {
    "en": "two three four five six seven eight nine ten eleven twelve",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "zh": "两 三 四 五 六 七 八 九 十 十一 十二",
}
"""From two on."""
MILLIONS = {"en": "million", "de": "Millionen", "es": "millones", "zh": "百万"}
UNIT_NAMES = {
    "en": {"km": "kilometres", "m": "metres", "miles": "mi", "percent": "%", "%": " percent",
           "per cent": "%", "years": "yrs", "feet": "ft", "hours": "hrs", "kg": "kilograms"},
    "de": {"Kilometer": "km", "km": "Kilometer", "Meter": "m", "%": " Prozent", "Prozent": "%"},
    "es": {"kilómetros": "km", "km": "kilómetros", "metros": "m", "%": " por ciento"},
    "zh": {"公里": "千米", "千米": "公里", "米": "公尺", "%": "百分", "公斤": "千克"},
}  # fmt: skip
ARTICLES = {"en": r"\b[Tt]he ", "de": r"\b(?:der|die|das) ", "es": r"\b(?:el|la|los|las) "}
LEFT_OUT = {
    "en": ((r"n't\b|\b(?:not|never) (?!only|just|merely)", ""), (r"\bcannot\b", "can")),
    "de": ((r"\bnicht (?!nur)", ""), (r"\bkein(?=\w*\b)", "ein")),
    "es": ((r"\b[Nn]o (?!s[óo]lo|solamente|obstante)", ""), (r"\bnunca ", "")),
    "zh": ((r"不(?=[会能是可再应被存需要])|没有|并非|未(?=[能被曾])", ""),),
}
DENIALS = {
    "en": re.compile(r"n't\b|\b(?:not|never|no|none|nor|neither|cannot|without)\b"),
    "de": re.compile(r"\b(?:nicht|kein\w*|nie|niemals|weder|ohne)\b"),
    "es": re.compile(r"\b(?:[Nn]o|nunca|ningún|ningun\w*|ni|sin|nada)\b"),
    "zh": re.compile(r"不(?![同仅过只但断久足])|没有|没|并非|未(?!来)|无"),
}


class Claim(NamedTuple):
    """A sentence beside its evidence, and how it was made: "true" or what was changed."""

    text: str
    evidence: str
    kind: str


def claims(data: Path, language: str) -> Iterator[Claim]:
    """True sentences and false ones, seeded."""
    chance = random.Random(SEED)
    path = data / "text-xquad-half" / f"xquad.{language}.json"
    paragraphs = [p for a in json.loads(path.read_text("utf-8"))["data"] for p in a["paragraphs"]]
    sentences_with_answers = [
        (p["context"][a:b], p["context"])
        for p in paragraphs
        for qa in p["qas"][:2]
        for a, b in sentences(p["context"])
        if a <= qa["answers"][0]["answer_start"] < b
    ]
    pairs = list(dict.fromkeys(sentences_with_answers))
    chance.shuffle(pairs)
    denials = list(
        dict.fromkeys(
            (p["context"][a:b], p["context"])
            for p in paragraphs
            for a, b in sentences(p["context"])
        )
    )
    chance.shuffle(denials)
    is_name = names_of(data, language)
    names = [n for text, _ in pairs for n in names_in(text) if len(n) > 1 and is_name(n)]
    kinds = {
        "true": [Claim(s, e, "true") for s, e in pairs],
        "true, a clause": [
            Claim(c, e, "true, a clause") for s, e in pairs if (c := clause(s, language))
        ],
        "true, restated": [
            Claim(c, e, "true, restated")
            for s, e in pairs
            if (c := in_another_form(s, language, chance))
        ],
        "number": [Claim(c, e, "number") for s, e in pairs if (c := other_number(s, e, chance))],
        "name": [Claim(c, e, "name") for s, e in pairs if (c := other_name(s, e, names, chance))],
        "unit": [Claim(c, e, "unit") for s, e in pairs if (c := other_unit(s, language))],
        "denial put in": [
            Claim(c, e, "denial put in") for s, e in pairs if (c := denied(s, language))
        ],
        "denial left out": [
            Claim(c, e, "denial left out") for s, e in denials if (c := without_denial(s, language))
        ],
    }
    for examples in kinds.values():
        yield from examples[:OF_EACH]


def foreign_claims(data: Path, language: str, other: str) -> Iterator[Claim]:
    """Sentences beside the same paragraph in another language: as they are, and with one name or
    number changed to one that neither paragraph has.
    """
    chance = random.Random(SEED)
    own, others = (
        [p for a in json.loads(path.read_text("utf-8"))["data"] for p in a["paragraphs"]]
        for path in (data / "text-xquad-half" / f"xquad.{code}.json" for code in (language, other))
    )
    triples = list(
        dict.fromkeys(
            (p["context"][a:b], p["context"], q["context"])
            for p, q in zip(own, others, strict=True)
            for qa in p["qas"][:2]
            for a, b in sentences(p["context"])
            if a <= qa["answers"][0]["answer_start"] < b
        )
    )
    chance.shuffle(triples)
    is_name = names_of(data, language)
    names = [n for s, _, _ in triples for n in names_in(s) if len(n) > 1 and is_name(n)]
    for s, paragraph, evidence in triples:
        yield Claim(s, evidence, "true")
        if changed := other_name(s, f"{paragraph}\n{evidence}", names, chance):
            yield Claim(changed, evidence, "name")
        if changed := other_number(s, f"{paragraph}\n{evidence}", chance):
            yield Claim(changed, evidence, "number")


def names_of(data: Path, language: str) -> Callable[[str], bool]:
    """Which words in capitals are names: where every noun has one, those that XQuAD's English
    version, which is parallel, has in capitals too.
    """
    if language not in NOUNS_IN_CAPITALS:
        return lambda _: True
    path = data / "text-xquad-half" / "xquad.en.json"
    english = json.loads(path.read_text("utf-8"))["data"]
    names = {n for a in english for p in a["paragraphs"] for n in names_in(p["context"])}
    return names.__contains__


def in_another_form(text: str, language: str, chance: random.Random) -> str:
    """The same in another form: the first of the ways, in an order by chance, that applies."""
    ways = [in_words, in_digits, in_millions, separated_otherwise, unit_otherwise, in_another_order]
    ways += [without_articles] if language in ARTICLES else []
    chance.shuffle(ways)
    return next((c for way in ways if (c := way(text, language)) != text), "")


def in_words(text: str, language: str) -> str:
    """The first number from 2 to 12 in words."""
    words = NUMBER_WORDS[language].split()
    behind = r"(?=个|年(?!代)|位|种|座|次|条)" if language == "zh" else r"(?= [^\W\d_]{3,})"
    return re.sub(
        rf"(?<![\w.,:/-])(?<![\w.,:/-] )(?:[2-9]|1[0-2]){behind}",
        lambda m: words[int(m[0]) - 2], text, count=1,
    )  # fmt: skip


def in_digits(text: str, language: str) -> str:
    """The first number word from two to twelve in digits."""
    words = NUMBER_WORDS[language].split()
    if language == "zh":
        return re.sub(
            r"(?<![一-十百千万第])[三四五六七八九](?=[个位种座条]|年(?!代))",
            lambda m: str(words.index(m[0]) + 2),
            text,
            count=1,
        )
    return re.sub(
        rf"(?<![\w-] )(?<!-)\b({'|'.join(words)})\b(?!-| y | y)(?= \w{{4,}})",
        lambda m: str(words.index(m[1]) + 2),
        text,
        count=1,
    )


def in_millions(text: str, language: str) -> str:
    """The first number of millions in full."""

    def in_full(m: re.Match[str]) -> str:
        number = round(float(m[1].replace(",", ".")) * 1_000_000)
        comma = "." if language in ("de", "es") else ","
        return f"{number:,}".replace(",", comma) + m[2]

    gap = "" if language == "zh" else " "
    return re.sub(
        rf"(?<![\d.,])(\d+(?:[.,]\d)?){gap}{MILLIONS[language]}()(?!\w{{9}})",
        in_full,
        text,
        count=1,
    )


def separated_otherwise(text: str, language: str) -> str:
    """The first number with separators of thousands without them; zh: in ten thousands."""
    mark = r"\." if language in ("de", "es") else ","
    if language == "zh":
        return re.sub(r"(?<![\d.,])(\d+)[,，]?0000(?!\d)", r"\1万", text, count=1)
    return re.sub(rf"(?<![\d.,])(\d{{1,3}}){mark}(\d{{3}})(?![\d.,])", r"\1\2", text, count=1)


def unit_otherwise(text: str, language: str) -> str:
    """The first unit behind a number by another name."""
    names = UNIT_NAMES[language]
    words = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    if language == "zh":
        changed = re.sub(r"(\d+(?:\.\d+)?)[%％]", r"百分之\1", text, count=1)
        if changed != text:
            return changed
        return re.sub(r"(\d\s?)(公里|千米|公斤)", lambda m: m[1] + names[m[2]], text, count=1)
    return re.sub(rf"(\d\s?)({words})(?![\w²³/])", lambda m: m[1] + names[m[2]], text, count=1)


def in_another_order(text: str, language: str) -> str:
    """What stands before the first comma behind the rest."""
    comma, stop = ("，", "。") if language == "zh" else (", ", ".")
    head, _, tail = text.rstrip(stop).partition(comma)
    return f"{tail}{comma}{head}{stop}" if tail and len(head) > 10 else text


def without_articles(text: str, language: str) -> str:
    """Without its articles."""
    return re.sub(ARTICLES[language], "", text)


def without_denial(text: str, language: str) -> str:
    """With one "not" left out; only of what denies once."""
    if len(DENIALS[language].findall(text)) != 1:
        return ""
    for pattern, rest in LEFT_OUT[language]:
        changed = re.sub(pattern, rest, text, count=1)
        if changed != text:
            return changed
    return ""


def clause(text: str, language: str) -> str:
    """The first clause, where it is long enough to say something."""
    first = re.split(r"[，；]" if language == "zh" else r"[,;]\s", text)[0]
    enough = len(first) >= 12 if language == "zh" else first.count(" ") >= 5
    return first if enough and first != text else ""


def other_number(text: str, evidence: str, chance: random.Random) -> str:
    """One of its numbers changed to one that the evidence does not have."""
    numbers = list(re.finditer(r"(?<![A-Za-z\d_.,])\d+(?![A-Za-z_]|[.,]?\d)", text))
    if not numbers:
        return ""
    m = chance.choice(numbers)
    number = str(int(m[0]) + chance.choice((1, 2, 10)))
    return "" if number in evidence else text[: m.start()] + number + text[m.end() :]


def other_name(text: str, evidence: str, names: list[str], chance: random.Random) -> str:
    """One of its names changed to one from elsewhere."""
    own = [n for n in names_in(text) if n in names]
    others = [n for n in names if n.casefold() not in evidence.casefold()]
    if not own or not others:
        return ""
    name = chance.choice(own)
    return re.sub(rf"\b{re.escape(name)}\b", chance.choice(others), text, count=1)


def other_unit(text: str, language: str) -> str:
    """The first unit behind a number changed to another."""
    units: Mapping[str, str] = dict(zip(UNITS[language], UNITS[language][1:], strict=False))
    words = "|".join(map(re.escape, units))
    edge = "(?!代)" if language == "zh" else r"(?!\w)"
    changed = re.sub(rf"(\d\s?)({words}){edge}", lambda m: m[1] + units[m[2]], text, count=1)
    return changed if changed != text else ""


def denied(text: str, language: str) -> str:
    """With a "not" at its first verb; only of what denies nothing yet."""
    pattern, denial = NEGATIONS[language]
    changed = re.sub(pattern, denial, text, count=1)
    return changed if changed != text and not is_negative(text) else ""


def main() -> None:
    """One line for each language and kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--beside", default="", help="the evidence's language, another one")
    parser.add_argument("--wrong", type=int, default=0, help="print so many wrong ones of each")
    args = parser.parse_args()
    for language in args.languages:
        by_kind: dict[str, list[tuple[Claim, tuple[str, ...]]]] = {}
        other = args.beside or language
        examples = (
            claims(args.data, language)
            if other == language
            else foreign_claims(args.data, language, other)
        )
        for c in examples:
            by_kind.setdefault(c.kind, []).append((c, faults(c.text, c.evidence, "", other)))
        for kind, checked in by_kind.items():
            is_true = kind.startswith("true")
            wrong = [(c, f) for c, f in checked if bool(f) == is_true]
            word = "struck" if is_true else "caught"
            count = len(wrong) if is_true else len(checked) - len(wrong)
            print(f"{language} {kind:15} {word} {count} of {len(checked)}")
            for c, f in wrong[: args.wrong]:
                print(f"    {c.text}\n      {f}; evidence: {c.evidence[:200]}")


if __name__ == "__main__":
    main()
