"""Several things asked about at once, joined by "and": two years, two things of one kind."""

from __future__ import annotations

import re

from polysense.question import SubQuestion
from polysense.rewriters.decomposition.comparisons import MAX_THINGS, name_of

_YEAR = r"(?:1[5-9]|20|21)\d\d"
_AND = (
    r"(?:\s*,\s*(?:and|und|et|y|e)?"
    r"|\s+(?:and|und|et|y|e|or|oder|ou|o|vs\.?|versus|with|to|mit|avec|con))\s+"
)
_YEARS = re.compile(
    rf"(?P<head>.*?\b)(?P<both>(?:both|each\s+of|either)\s+)?(?P<years>{_YEAR}(?:{_AND}"
    rf"(?:in\s+|im\s+Jahr\s+|en\s+)?{_YEAR})+)(?P<tail>.*)",
    re.I,
)
_RANGE = re.compile(
    r"\b(?:between|from|since|zwischen|von|seit|entre|de|depuis|desde|del)\s+$"
    r"|\b(?:change|changed|differ\w*|difference|increase\w*|decrease\w*|grow|grew|growth|rise|rose|fall"
    r"|fell|average|total|sum|chart|plot|draw|graph|zeichne|diagramm|summe|total|trace|dibuja)\b",
    re.I,
)
"""Years that bound a time, or whose values are reckoned with: one question."""

_WHAT_IS = (
    (re.compile(r"^comparez\s+|^comparer\s+|^compare\s+(?=l[ea]s?\s|l['’])", re.I), "Quel est {}"),
    (re.compile(r"^(?:please\s+)?(?:compare|contrast)\s+(?:the\s+)?", re.I), "What is the {}"),
    (re.compile(r"^vergleiche?n?(?:\s+Sie)?\s+", re.I), "Was ist {}"),
    (re.compile(r"^compara[r]?\s+(?=l[oa]s\s)", re.I), "Cuáles son {}"),
    (re.compile(r"^compara[r]?\s+", re.I), "Cuál es {}"),
)
_HIGHER = re.compile(
    r"^(?P<be>is|are|was|were)\s+(?P<thing>.+?)\s+(?:higher|lower|greater|larger|smaller|more|less)"
    r"\s+(?P<in>in|on|at|for|during)\s*$",
    re.I,
)

_DETERMINER = (
    r"(?:the|our|my|your|der|die|das|den|dem|le|la|les|l['’]|el|los|las|both\s+the)"
    r"(?:\s+|(?<=['’]))"
)
_NAME = r"[A-ZÀ-Þ][\w'’.-]*(?:\s+[A-ZÀ-Þ0-9][\w'’.-]*){0,3}"
_THING = rf"(?:{_DETERMINER}[\w'’-]+(?:\s+[\w'’-]+){{0,3}}?|{_NAME})"
_LAST = rf"(?:{_DETERMINER}[\w'’-]+(?:\s+[\w'’-]+){{0,3}}|{_NAME})"
"""A thing that goes on as far as it may: the last one, before a verb."""
_HEAD_OF_LIST = rf"{_THING}(?:(?:\s*,\s*){_THING})*\s*,?\s+(?:and|und|et|y)\s+"
_LIST, _LIST_BEFORE_VERB = (
    rf"(?P<things>{_HEAD_OF_LIST}{_THING})",
    rf"(?P<things>{_HEAD_OF_LIST}{_LAST})",
)
_BEHIND = (
    r"(?:(?:\w+ed|\w+en|built|made|sold|bought|found|held|put|set|born|led|kept|g\w+t|\w{3,}iert)"
    r"\b.*"
    r"|(?:in|on|at|per|from|since|im|am|in|auf|pro|aus)\s.*)"
)
"""What may follow the things behind an auxiliary: a participle, or where and when."""
_PATTERNS = tuple(
    (re.compile(pattern), template)
    for pattern, template in (
        (
            rf"(?i:(?P<head>how\s+much|how\s+many\s+[\w-]+(?:\s+[\w-]+)?|how\s+\w+|what|when|where|which\s+[\w-]+))"
            rf"\s+(?P<aux>do|did)\s+{_LIST_BEFORE_VERB}\s+"
            r"(?P<rest>[a-z]\w+(?:\s+(?:in|on|at|for|per|by|from|to|with|during|each|a|up)\b.*)?)",
            "{head} {aux} {thing} {rest}?",
        ),
        (
            rf"(?i:(?P<head>how\s+many\s+[\w-]+(?:\s+[\w-]+)?|how\s+\w+|when|where))"
            rf"\s+(?P<aux>are|were|have)\s+{_LIST}(?P<rest>(?:\s+{_BEHIND})?)",
            "{head} {aux} {thing}{rest}?",
        ),
        (
            rf"(?i:what)\s+(?P<aux>are|were)\s+the\s+(?P<head>[\w\s-]+?)s\s+of\s+{_LIST}(?P<rest>(?:\s+(?:in|on|at|per)\s.*)?)",
            "What {aux} the {head} of {thing}{rest}?",
        ),
        (
            rf"(?i:(?P<head>was|wie\s+viel|wie\s?viele?\s+\w+))\s+(?P<aux>kosten|wiegen|messen|fassen|haben|bieten)"
            rf"\s+{_LIST}(?P<rest>)",
            "{head} {aux} {thing}?",
        ),
        (
            rf"(?i:(?P<head>wie\s+\w+|wann|wo))\s+(?P<aux>sind|waren|wurden|liegen)\s+{_LIST}(?P<rest>(?:\s+{_BEHIND})?)",
            "{head} {aux} {thing}{rest}?",
        ),
        (
            rf"(?i:(?P<head>combien))\s+(?P<aux>coûtent|pèsent|mesurent|ont)\s+{_LIST}(?P<rest>)",
            "{head} {aux} {thing} ?",
        ),
        (
            rf"(?i:(?P<head>cuánto))\s+(?P<aux>cuestan|pesan|miden|valen)\s+{_LIST}(?P<rest>)",
            "¿{head} {aux} {thing}?",
        ),
    )
)
_SINGULAR_TEXT = (
    "do:does are:is were:was have:has kosten:kostet wiegen:wiegt messen:misst fassen:fasst "
    "haben:hat bieten:bietet sind:ist waren:war wurden:wurde liegen:liegt coûtent:coûte "
    "pèsent:pèse mesurent:mesure ont:a cuestan:cuesta pesan:pesa miden:mide valen:vale"
)
_SINGULAR = dict(pair.split(":") for pair in _SINGULAR_TEXT.split())
_SEPARATOR = re.compile(r"\s*,\s*(?:(?:and|und|et|y)\s+)?|\s+(?:and|und|et|y)\s+")
_OF_BOTH = re.compile(
    r"\b(?:common|share|together|each\s+other|differ|compare|meet|gemeinsam|zusammen|einander|commun"
    r"|ensemble|juntos|común)\b",
    re.I,
)
"""What is asked of two things as one."""
FIRMS = frozenset(("sons", "co", "co.", "company", "partners", "brothers", "daughters", "söhne"))
"""What ends the name of one firm: Lusk and Sons."""

_HAN_YEARS = re.compile(
    r"^(?:请问|請問|比较一?下?|比較一?下?)?(?P<head>.*?)(?P<years>\d{4}年?(?:[、和与與及跟]\d{4}年?)+)"
    r"(?:这|這)?(?:两|兩|三|几|幾)?(?:年)?的?(?P<tail>.+)$"
)
_HAN_AND = re.compile("[、和与與及跟]")
_HAN_EACH = "(?:各自|各|分别|分別)"
_HAN_HOW_MUCH = "(?:多少|几|幾|什么|什麼|谁|誰|哪|多[高长長宽寬重大深远遠久])"
_HAN_PATTERNS = tuple(
    re.compile(p)
    for p in (
        f"^(?:请问|請問)?(?P<things>[^，,？?。的]+?[、和与與及跟][^，,？?。的]+?)(?:的(?P<aspect>[^的？?。]+?))?"
        f"{_HAN_EACH}(?P<rest>.*{_HAN_HOW_MUCH}.*?)[？?。]*$",
        "^(?:请问|請問)?(?P<things>[^，,？?。的]+?[、和与與及跟][^，,？?。的]+?)的(?P<aspect>[^的？?。]+?)"
        "(?P<rest>是多少.*?|有多[少大高长長重].*?)[？?。]*$",
    )
)
_HAN_OF_RANGE = re.compile(
    "差|增长|增長|增加|减少|減少|变化|變化|平均|合计|合計|总共|總共|一共|比|图|圖"
)
_IDEOGRAPHIC = re.compile("[\u3400-\u9fff]")


def coordinate(words: str) -> tuple[SubQuestion, ...]:
    """The questions, one for each of the years or things that are joined; empty where none are.

    >>> [q.words for q in coordinate("What do the red mug and the blue jug cost?")]
    ['What does the red mug cost?', 'What does the blue jug cost?']
    >>> [q.words for q in coordinate("Compare the income in 2021 and 2022")]
    ['What is the income in 2021?', 'What is the income in 2022?']
    >>> [q.words for q in coordinate("茶厂2031年和2032年的产量分别是多少？")]
    ['茶厂2031年的产量是多少？', '茶厂2032年的产量是多少？']
    >>> coordinate("What do Ola and Eva have in common?")
    ()
    """
    text = " ".join(words.split()).strip(" ¿¡").rstrip("?？!.。 ")
    if _IDEOGRAPHIC.search(text):
        return _ideographs("".join(text.split()))
    return _years(text) or _things(text)


def _years(text: str) -> tuple[SubQuestion, ...]:
    m = _YEARS.fullmatch(text)
    if not m or _RANGE.search(m["head"]) or _RANGE.search(m["tail"]):
        return ()
    years = re.findall(_YEAR, m["years"])
    if not 2 <= len(set(years)) <= MAX_THINGS:
        return ()
    head = m["head"]
    if higher := _HIGHER.match(head):
        head = f"How high {higher['be'].lower()} {higher['thing']} {higher['in']} "
    for pattern, what_is in _WHAT_IS:
        if pattern.match(head):
            aspect = re.sub(r"^den\s", "der ", pattern.sub("", head), flags=re.I)
            head = what_is.format(aspect)
            break
    return tuple(SubQuestion(f"{head}{y}{m['tail']}?", y) for y in dict.fromkeys(years))


def _things(text: str) -> tuple[SubQuestion, ...]:
    if _OF_BOTH.search(text):
        return ()
    for pattern, template in _PATTERNS:
        m = pattern.fullmatch(text)
        if not m:
            continue
        things = [t.strip() for t in _SEPARATOR.split(m["things"]) if t.strip()]
        is_firm = things[-1].split()[-1].lower() in FIRMS
        if is_firm or not 2 <= len({t.lower() for t in things}) <= MAX_THINGS:
            return ()
        aux = _SINGULAR.get(m["aux"].lower(), m["aux"])
        parts = {"head": m["head"], "aux": aux, "rest": m["rest"]}
        return tuple(SubQuestion(template.format(thing=t, **parts), name_of(t)) for t in things)
    return ()


def _ideographs(text: str) -> tuple[SubQuestion, ...]:
    if _HAN_OF_RANGE.search(re.sub("^比[较較]一?下?", "", text)):
        return ()
    if m := _HAN_YEARS.match(text):
        tail = re.sub(f"(?:{_HAN_EACH})", "", m["tail"])
        asks = "" if re.search(_HAN_HOW_MUCH, tail) else "是多少"
        years = dict.fromkeys(y.rstrip("年") for y in _HAN_AND.split(m["years"]))
        if 2 <= len(years) <= MAX_THINGS:
            return tuple(SubQuestion(f"{m['head']}{y}年的{tail}{asks}？", y) for y in years)
    for pattern in _HAN_PATTERNS:
        if m := pattern.match(text):
            things = _HAN_AND.split(m["things"])
            aspect = f"的{m['aspect']}" if m["aspect"] else ""
            if 2 <= len(things) <= MAX_THINGS and all(things):
                return tuple(SubQuestion(f"{t}{aspect}{m['rest']}？", t) for t in things)
    return ()
