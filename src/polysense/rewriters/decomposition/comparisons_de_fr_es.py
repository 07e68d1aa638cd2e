"""Comparisons in German, French and Spanish: what is asked of each thing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from polysense.question import SubQuestion
from polysense.rewriters.decomposition.comparisons import MAX_THINGS, name_of

_GERMAN_TEXT = (
    "höher:hoch größer:groß grösser:groß länger:lang kürzer:kurz älter:alt jünger:jung "
    "stärker:stark schwächer:schwach wärmer:warm kälter:kalt teurer:teuer näher:nah ärmer:arm "
    "härter:hart besser:gut früher:früh höchste:hoch größte:groß längste:lang kürzeste:kurz "
    "älteste:alt jüngste:jung stärkste:stark wärmste:warm kälteste:kalt teuerste:teuer "
    "nächste:nah beste:gut"
)
_GERMAN = dict(pair.split(":") for pair in _GERMAN_TEXT.split())
_FRENCH_TEXT = (
    "haut:hauteur haute:hauteur élevé:hauteur élevée:hauteur long:longueur longue:longueur "
    "large:largeur grand:taille grande:taille petit:taille petite:taille lourd:poids lourde:poids "
    "léger:poids légère:poids cher:prix chère:prix vieux:âge vieille:âge ancien:âge ancienne:âge "
    "jeune:âge profond:profondeur profonde:profondeur rapide:vitesse lent:vitesse lente:vitesse "
    "chaud:température chaude:température froid:température froide:température "
    "puissant:puissance puissante:puissance épais:épaisseur épaisse:épaisseur court:longueur "
    "courte:longueur"
)
_SPANISH_TEXT = (
    "alto:altura alta:altura largo:longitud larga:longitud corto:longitud corta:longitud "
    "ancho:anchura ancha:anchura grande:tamaño pequeño:tamaño pequeña:tamaño mayor:tamaño "
    "menor:tamaño pesado:peso pesada:peso ligero:peso ligera:peso caro:precio cara:precio "
    "barato:precio barata:precio viejo:edad vieja:edad antiguo:edad antigua:edad joven:edad "
    "profundo:profundidad profunda:profundidad rápido:velocidad rápida:velocidad "
    "lento:velocidad lenta:velocidad caliente:temperatura frío:temperatura fría:temperatura "
    "potente:potencia"
)
_END = r"\s*[?.!]*$"


@dataclass(frozen=True, slots=True)
class _Comparing:
    """How a language compares; {} is for the thing, aspect and base for what is asked of it.

    which, than, aspect and parts are patterns with the groups things (or a and b), word (the
    comparative), noun (what is compared of the things), verb.
    """

    separator: str
    which: tuple[str, ...]
    than: tuple[str, ...]
    aspects: tuple[str, ...]


def _list(joint: str) -> str:
    return rf"(?P<things>[^,;:]+(?:\s*,\s*[^,;:]+)*?\s*,?\s+(?:{joint})\s+.+?)"


_DE_LIST, _FR_LIST, _ES_LIST = _list("oder|und"), _list("ou|et"), _list("o|u|y|e")
_DE_MORE = r"(?P<word>[a-zäöüß]+er(?:e[nrsm]?)?|am\s+[a-zäöüß]+sten|[a-zäöüß]+ste[nrsm]?)"
_FR_MORE = r"(?:le\s+|la\s+|les\s+)?(?:plus|moins)\s+(?P<word>[\wà-ÿ]+)"
_ES_MORE = (
    r"(?:el\s+|la\s+|los\s+|las\s+)?"
    r"(?:(?:más|menos)\s+(?P<word>[\wà-ÿ]+)|(?P<plain>mayor|menor))"
)

_LANGUAGES: Mapping[str, _Comparing] = {
    "de": _Comparing(
        r"\s*,\s*|\s+(?:oder|und|als|mit)\s+",
        (
            rf"^(?:welche[rsmn]?|wer|was)(?:\s+[\w-]+)?\s+(?:hat|hatte|haben)\s+(?P<article>den|die|das)\s+"
            rf"{_DE_MORE}\s+(?P<noun>[\w-]+)\s*[,:]\s*{_DE_LIST}{_END}",
            rf"^(?:welche[rsmn]?|wer|was)(?:\s+[\w-]+)?\s+(?:ist|war|sind|waren)\s+(?:der|die|das)?\s*"
            rf"{_DE_MORE}(?:\s+[A-ZÄÖÜ][\w-]+)?\s*[,:]\s*{_DE_LIST}{_END}",
            rf"^(?:welche[rsmn]?|wer|was)(?:\s+[\w-]+)?\s+(?P<verb>kostet|wiegt|misst|fasst|verbraucht)\s+"
            rf"(?:mehr|weniger|am\s+meisten|am\s+wenigsten)\s*[,:]\s*{_DE_LIST}{_END}",
        ),
        (
            rf"^(?:ist|war|sind|waren)\s+(?P<a>.+?)\s+{_DE_MORE}\s+als\s+(?P<b>.+?){_END}",
            rf"^(?P<verb>kostet|wiegt|misst|fasst|verbraucht)\s+(?P<a>.+?)\s+(?:mehr|weniger)\s+als\s+"
            rf"(?P<b>.+?){_END}",
        ),
        (
            r"^vergleiche?n?(?:\s+Sie)?\s+(?P<aspect>(?:den|die|das)\s+[\w-]+)\s+(?:von|der|des)\s+"
            rf"(?P<things>.+?\s+(?:und|mit)\s+.+?){_END}",
        ),
    ),
    "fr": _Comparing(
        r"\s*,\s*|\s+(?:ou|et|que|avec|à)\s+",
        (
            rf"^(?:quel(?:le)?s?(?:\s+[\w'’-]+)?|lequel|laquelle|qui|qu['’]est-ce\s+qui)\s+(?:est|était)\s+"
            rf"{_FR_MORE}\s*[,:]\s*{_FR_LIST}{_END}",
            rf"^(?:quel(?:le)?s?(?:\s+[\w'’-]+)?|lequel|laquelle|qui|qu['’]est-ce\s+qui)\s+"
            rf"(?P<verb>coûte|pèse|mesure)\s+(?:le\s+)?(?:plus|moins)\s*[,:]\s*{_FR_LIST}{_END}",
        ),
        (
            rf"^(?:est-ce\s+que\s+|est-ce\s+qu['’])?(?P<a>.+?)\s+(?:est|était)(?:-(?:il|elle))?\s+{_FR_MORE}"
            rf"\s+que\s+(?P<b>.+?){_END}",
        ),
        (
            rf"^compare[rz]?\s+(?P<aspect>(?:les?|la)\s+[\w-]+|l['’][\w-]+)\s+(?:de\s+la|de\s+l['’]|du|des|de|d['’])\s*"
            rf"(?P<things>.+?\s+(?:et|avec|à)\s+.+?){_END}",
        ),
    ),
    "es": _Comparing(
        r"\s*,\s*|\s+(?:o|u|y|e|que|con)\s+",
        (
            rf"^¿?\s*(?:qué\s+[\w-]+|cuál(?:es)?(?:\s+de\s+[\w\s-]+)?|quién)\s+(?:es|era|son)\s+{_ES_MORE}"
            rf"\s*[,:]\s*{_ES_LIST}{_END}",
            rf"^¿?\s*(?:qué(?:\s+[\w-]+)?|cuál|quién)\s+(?P<verb>cuesta|pesa|mide|vale)\s+(?:más|menos)"
            rf"\s*[,:]\s*{_ES_LIST}{_END}",
        ),
        (
            rf"^¿?\s*(?:es|era)\s+(?P<a>.+?)\s+{_ES_MORE}\s+que\s+(?P<b>.+?){_END}",
            rf"^¿?\s*(?P<verb>cuesta|pesa|mide|vale)\s+(?P<a>.+?)\s+(?:más|menos)\s+que\s+(?P<b>.+?){_END}",
        ),
        (
            r"^compara[r]?\s+(?P<aspect>(?:el|la|los|las)\s+[\w-]+)\s+(?:del|de\s+la|de\s+los|de\s+las|de)\s+"
            rf"(?P<things>.+?\s+(?:y|e|con)\s+.+?){_END}",
        ),
    ),
}
_NOUNS = {
    "fr": dict(pair.split(":") for pair in _FRENCH_TEXT.split()),
    "es": dict(pair.split(":") for pair in _SPANISH_TEXT.split()),
}


def compare_de_fr_es(words: str) -> tuple[SubQuestion, ...]:
    """The questions, one for each thing compared in German, French or Spanish; empty where none
    are.

    >>> [q.words for q in compare_de_fr_es("Ist die Eiche höher als die Buche?")]
    ['Wie hoch ist die Eiche?', 'Wie hoch ist die Buche?']
    >>> [q.words for q in compare_de_fr_es("Quel bateau est plus lourd, le Héron ou le Pluvier ?")]
    ['Quel est le poids : le Héron ?', 'Quel est le poids : le Pluvier ?']
    >>> [q.words for q in compare_de_fr_es("Compara la altura de Alto y Bajo")]
    ['¿Cuál es la altura de Alto?', '¿Cuál es la altura de Bajo?']
    """
    text = " ".join(words.split())
    for language, comparing in _LANGUAGES.items():
        for pattern in (*comparing.which, *comparing.than, *comparing.aspects):
            m = re.match(pattern, text, re.I)
            template = _template(language, m.groupdict()) if m else ""
            if not m or not template:
                continue
            groups = m.groupdict()
            things = (
                re.split(comparing.separator, groups["things"], flags=re.I)
                if groups.get("things")
                else [groups["a"], groups["b"]]
            )
            things = [_OF.sub("", t.strip()) for t in things if t and t.strip()]
            if 2 <= len({t.lower() for t in things}) <= MAX_THINGS:
                return tuple(SubQuestion(template.replace("{}", t), name_of(t)) for t in things)
    return ()


_OF = re.compile(r"^(?:(?:du|del|de|des)\s+|d['’])(?=\w)", re.I)


def _template(language: str, groups: Mapping[str, str | None]) -> str:
    """What is asked of each thing, with {} for it; "" where it is not told."""
    word = (groups.get("word") or groups.get("plain") or "").lower()
    if language == "de":
        return _german_template(word, groups)
    what = "Quel est {} : {{}} ?" if language == "fr" else "¿Cuál es {} de {{}}?"
    how = "Combien {} {{}} ?" if language == "fr" else "¿Cuánto {} {{}}?"
    if aspect := groups.get("aspect"):
        return ("Quel est {} de {{}} ?" if language == "fr" else what).format(aspect)
    if verb := groups.get("verb"):
        return how.format(verb.lower())
    noun = _NOUNS[language].get(word)
    return what.format(f"{_article(language, noun)}{noun}") if noun else ""


def _article(language: str, noun: str) -> str:
    if language == "fr":
        return "l'" if noun[0] in "âé" else "le " if noun in ("poids", "prix") else "la "
    return "el " if noun in ("tamaño", "peso", "precio") else "la "


def _german_template(word: str, groups: Mapping[str, str | None]) -> str:
    if aspect := groups.get("aspect"):
        aspect = re.sub(r"^den\s", "der ", aspect, flags=re.I)
        return f"Wie ist {aspect} von {{}}?"
    if verb := groups.get("verb"):
        return f"Wie viel {verb.lower()} {{}}?"
    base = _german_base(word)
    if not base:
        return ""
    if noun := groups.get("noun"):
        article = (groups.get("article") or "").lower().replace("den", "der")
        return f"Wie {base} ist {article} {noun} von {{}}?"
    return f"Wie {base} ist {{}}?"


def _german_base(word: str) -> str:
    """The adjective of a comparative or a superlative in any case: höheren -> hoch."""
    word = re.sub(r"^am\s+", "", word)
    for form in (word, re.sub(r"e[nrsm]$", "", word), re.sub(r"[nrsm]$", "", word), word[:-1]):
        if form in _GERMAN:
            return _GERMAN[form]
    stem = re.sub(r"(?:e[nrsm]?)$", "", word) if not word.endswith("er") else word
    m = re.fullmatch(r"([a-zäöüß]{3,})(?:er|e?ste?)", stem)
    return m[1] if m else ""
