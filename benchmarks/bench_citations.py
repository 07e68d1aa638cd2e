"""Citation check: sentences falsified by number, name, unit or negation are caught, true ones stay.

    python benchmarks/bench_citations.py DATA [LANGUAGE ...] [--wrong N]

Of XQuAD, in each language, sentences that hold an answer, beside their paragraphs: as they are and
shortened to a clause (true), and changed in one thing (false).
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from polysense.generate.citations import faults, is_negative
from polysense.read.file.text import sentences
from polysense.read.language.values import names_in

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
    names = [n for text, _ in pairs for n in names_in(text)]
    kinds = {
        "true": [Claim(s, e, "true") for s, e in pairs],
        "true, a clause": [
            Claim(c, e, "true, a clause") for s, e in pairs if (c := clause(s, language))
        ],
        "number": [Claim(c, e, "number") for s, e in pairs if (c := other_number(s, e, chance))],
        "name": [Claim(c, e, "name") for s, e in pairs if (c := other_name(s, e, names, chance))],
        "unit": [Claim(c, e, "unit") for s, e in pairs if (c := other_unit(s, language))],
        "negation": [Claim(c, e, "negation") for s, e in pairs if (c := denied(s, language))],
    }
    for examples in kinds.values():
        yield from examples[:OF_EACH]


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
    own = names_in(text)
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
    parser.add_argument("--wrong", type=int, default=0, help="print so many wrong ones of each")
    args = parser.parse_args()
    for language in args.languages:
        by_kind: dict[str, list[tuple[Claim, tuple[str, ...]]]] = {}
        for c in claims(args.data, language):
            by_kind.setdefault(c.kind, []).append((c, faults(c.text, c.evidence, "", language)))
        for kind, checked in by_kind.items():
            is_true = kind.startswith("true")
            wrong = [(c, f) for c, f in checked if bool(f) == is_true]
            word = "struck" if is_true else "caught"
            count = len(wrong) if is_true else len(checked) - len(wrong)
            print(f"{language} {kind:16} {word} {count} of {len(checked)}")
            for c, f in wrong[: args.wrong]:
                print(f"    {c.text}\n      {f}; evidence: {c.evidence[:200]}")


if __name__ == "__main__":
    main()
