"""Comparisons: the things that a question compares, and what it asks of each."""

from __future__ import annotations

import re

from polysense.question import SubQuestion

MAX_THINGS = 5
"""Things compared in one question; judged: more are a list, and a table answers it."""

_ADJECTIVE_TEXT = (
    "tall high low long short wide broad narrow deep shallow thick thin heavy light big large "
    "small great little old young new early late fast quick slow cheap dear costly hot warm "
    "cold cool bright dark strong weak hard soft rich poor near close far busy loud quiet "
    "steep rare common clean dirty dry wet rough smooth safe sweet"
)
_DOUBLED = frozenset({"big", "hot", "thin", "wet"})
_IRREGULAR_TEXT = (
    "better:good best:good worse:bad worst:bad further:far furthest:far farther:far farthest:far "
    "elder:old eldest:old"
)


def _with_endings(adjective: str) -> dict[str, str]:
    """Its comparative and superlative, with the adjective."""
    if adjective in _DOUBLED:
        stem = adjective + adjective[-1]
    else:
        stem = f"{adjective[:-1]}i" if adjective.endswith("y") else adjective.removesuffix("e")
    return {f"{stem}er": adjective, f"{stem}est": adjective}


_BASES = dict(pair.split(":") for pair in _IRREGULAR_TEXT.split())
for _adjective in _ADJECTIVE_TEXT.split():
    _BASES |= _with_endings(_adjective)
"""Comparative or superlative -> the adjective."""

_COMPARATIVE = rf"(?P<comparative>{'|'.join(_BASES)}|(?:more|most|less|least)\s+[a-z]+)"
_AMOUNT = r"(?:more|most|less|least|fewer|fewest|higher|lower|larger|smaller|bigger|greater)"
_TIMES = r"(?:earlier|earliest|first|later|latest|last|sooner|more\s+recently|most\s+recently)"

_MEASURE_TEXT = (
    "income profit loss revenue turnover sales price cost costs fee fare wage salary tax budget "
    "number amount total share rate score level temperature rainfall population area height width "
    "length depth weight age speed capacity output yield distance elevation altitude power "
    "pressure volume density frequency size value margin result debt"
)
MEASURES = frozenset(_MEASURE_TEXT.split())
"""Nouns that are measures: "the higher income" asks for an income, "the higher tower" how high."""

_PREPOSITIONS = "in|on|at|per|for|by|during|since|from|than"
_BE = r"(?:is|are|was|were)"
_LIST = r"(?P<things>.+?(?:\s*,\s*|\s+)(?:or|and|vs\.?|versus)\s+.+?)"
_SEPARATOR = re.compile(
    r"\s*,\s*(?:or|and)\s+|\s*,\s+|\s+(?:or|and|vs\.?|versus|with|to|than)\s+", re.I
)
_END = r"\s*[?.!]*$"

_CHOICES = tuple(
    re.compile(p, re.I)
    for p in (
        rf"^(?:which|who|what)\b\s*(?:one\s+)?(?P<head>.+?)\s*[,:;–—-]\s+{_LIST}{_END}",
        rf"^(?:which|who)\s+of\s+{_LIST}\s+(?P<head>(?:has|have|had|is|are|was|were)\s.+?){_END}",
        rf"^(?:of|between|out\s+of|among)\s+{_LIST}\s*,\s*(?:which|who|what)\b\s*"
        rf"(?:one\s+)?(?P<head>.+?){_END}",
    )
)
"""Which HEAD, A or B? Which of A and B HEAD? Of A and B, which HEAD?"""

_THAN = re.compile(
    rf"^(?:{_BE}|how\s+much\s+{_COMPARATIVE.replace('comparative', 'how')}\s+{_BE})\s+(?P<a>.+?)\s+"
    rf"(?:{_COMPARATIVE}\s+)?than\s+(?P<b>.+?){_END}",
    re.I,
)
_DOES_MORE = re.compile(
    rf"^(?:do|does|did|has|have|had)\s+(?P<a>.+?)\s+(?P<verb>\w+)\s+"
    rf"(?P<amount>{_AMOUNT})(?P<noun>(?:\s+\w+){{0,3}}?)\s+than\s+(?P<b>.+?){_END}",
    re.I,
)
_ASPECTS = tuple(
    re.compile(p, re.I)
    for p in (
        r"^(?:please\s+)?(?:compare|contrast)\s+(?:the\s+)?(?P<aspect>[^,]+?)\s+(?:of|in|at|for)\s+"
        r"(?P<things>.+?\s(?:and|with|to|vs\.?|versus)\s.+?)" + _END,
        rf"^(?:what|which)\s+{_BE}\s+the\s+differences?\s+in\s+(?P<aspect>.+?)\s+between\s+"
        r"(?P<things>.+?\s+and\s+.+?)" + _END,
        r"^how\s+(?:do|does|did)\s+(?P<things>.+?\s+and\s+.+?)\s+(?:differ|compare)\s+"
        r"(?:in|by|on)\s+(?P<aspect>.+?)" + _END,
        rf"^{_BE}\s+the\s+(?P<aspect>.+?)\s+of\s+(?P<things>.+?\s+and\s+.+?)\s+the\s+same{_END}",
        rf"^how\s+does\s+the\s+(?P<aspect>.+?)\s+of\s+(?P<a>.+?)\s+compare\s+(?:to|with)\s+"
        rf"(?:that\s+of\s+)?(?P<b>.+?){_END}",
        rf"^what\s+{_BE}\s+the\s+(?P<aspect>[^,]+?)s?\s+of\s+(?:both\s+)"
        r"(?P<things>.+?\s+and\s+.+?)" + _END,
    )
)
_WHOLE = tuple(
    re.compile(p, re.I)
    for p in (
        r"^(?:please\s+)?(?:compare|contrast)\s+"
        rf"(?P<things>.+?\s(?:and|with|to|vs\.?|versus)\s.+?){_END}",
        rf"^(?:what|which)\s+{_BE}\s+the\s+differences?\s+between\s+"
        rf"(?P<things>.+?\s+and\s+.+?){_END}",
        rf"^how\s+(?:do|does|did)\s+(?P<things>.+?\s+and\s+.+?)\s+(?:differ|compare){_END}",
    )
)
"""Comparisons in an aspect, and as wholes."""

_NOT_BE = rf"(?!{_BE}\b)(?P<verb>\w+?)s?"
_HEADS = tuple(
    (re.compile(rf"(?:\w+\s+)?{pattern}", re.I), template)
    for pattern, template in (
        (
            rf"(?P<be>{_BE})\s+(?P<verb>\w+)\s+{_TIMES}(?P<rest>.*)",
            "When {be} {} {verb}{rest}?",
        ),
        (
            rf"(?P<verb>\w+ed|began|opened|came|went)\s+{_TIMES}(?P<rest>.*)",
            "When was it that {} {verb}{rest}?",
        ),
        (
            rf"(?:has|have|had)\s+{_AMOUNT}\s+(?P<noun>\w+)(?P<rest>.*)",
            "How many {noun} does {} have{rest}?",
        ),
        (
            rf"{_NOT_BE}\s+(?:more|most|less|least)(?P<rest>\s+(?:{_PREPOSITIONS})\s.*|)",
            "How much does {} {verb}{rest}?",
        ),
        (
            rf"{_NOT_BE}\s+(?:more|most|fewer|fewest|less|least)\s+(?P<noun>\w+)(?P<rest>.*)",
            "How many {noun} does {} {verb}{rest}?",
        ),
    )
)
_HAS = re.compile(
    rf"(?:[\w'-]+\s+)?(?:(?:has|have|had|with)\s+the\s+|(?:has|have|had)\s+an?\s+){_COMPARATIVE}\s+"
    r"(?P<aspect>[^,]+?)(?P<rest>\s+(?:in|on|at|per|for|by|during|since)\s.*)?",
    re.I,
)
_IS = re.compile(rf"(?:[\w'-]+\s+)?(?P<be>{_BE})\s+(?:the\s+)?{_COMPARATIVE}(?P<rest>.*)", re.I)
_GOES = re.compile(
    rf"(?:\w+\s+)?(?!{_BE}\b)(?P<verb>\w+?)s?\s+(?:the\s+)?{_COMPARATIVE}(?P<rest>.*)", re.I
)

_IDEOGRAPHIC = re.compile("[\u3400-\u9fff]")
_HAN_JOIN = "(?:和|与|與|跟|同|及|、|还是|還是|或者|或)"
_HAN_WHICH = (
    "(?:哪里|哪儿|哪裡|哪一?[个個座艘家条條种種位只本栋棟所间間台辆輛边邊些站]?|谁|誰|何者)"
)
_HAN_ADJECTIVE = (
    "[高低大小长長短重轻輕早晚快慢多少贵貴老深浅淺宽寬窄厚薄远遠近强強弱好热熱冷]"
    "|便宜|年轻|年輕|古老|昂贵|昂貴"
)
_HAN_LIST = f"(?P<things>[^，,？?。]+?{_HAN_JOIN}[^，,？?。]+?)"
_HAN_END = "(?:[一]?些|一点|吗|嗎|呢)?[？?。！!]*$"
_HAN_PATTERNS = tuple(
    re.compile(p)
    for p in (
        f"^(?:请问|請問)?{_HAN_LIST}[，,：:]?(?:之间|之間|相比|中|当中|裡|里)?[，,]?{_HAN_WHICH}的?"
        f"(?P<aspect>[^更最较較比？?]*?)(?:更|最|比较|比較|较|較)(?P<adjective>[^？?。]+?){_HAN_END}",
        f"^(?:请问|請問)?{_HAN_LIST}[，,：:]?(?:之间|之間|相比|中|当中|裡|里)?[，,]?{_HAN_WHICH}的?"
        f"(?P<aspect>[^更最较較比是有？?]*?)(?P<adjective>{_HAN_ADJECTIVE}){_HAN_END}",
        f"^(?:请|請)?(?:比较|比較|对比|對比)(?:一下)?{_HAN_LIST}的(?P<aspect>[^的？?。]+?){_HAN_END}",
        f"^{_HAN_LIST}(?:在|的)(?P<aspect>[^的？?。]+?)(?:上|方面)?(?:有什么|有什麼|有何|有)?"
        "(?:不同|区别|區別|差别|差別|差异|差異|相差多少|差多少|一样|一樣|相同)" + _HAN_END,
        f"^(?P<a>[^，,？?。比]+?)(?:的(?P<aspect>[^的比]+?))?比(?P<b>[^，,？?。]+?)(?:的[^的]+?)?"
        f"(?:更|还|還|要)?(?P<adjective>[高低大小长長短重轻輕早晚快慢多少贵貴便宜老深浅淺宽寬厚远遠近]+)"
        f"(?:多少)?{_HAN_END}",
    )
)
_HAN_SEPARATOR = re.compile(_HAN_JOIN)
_HAN_TIMES = frozenset("早晚先后後")


def compare(words: str) -> tuple[SubQuestion, ...]:
    """The questions, one for each thing compared; empty where none are.

    >>> [q.words for q in compare("Which has the taller chimney, Alder Mill or Birch Mill?")]
    ['How tall is the chimney of Alder Mill?', 'How tall is the chimney of Birch Mill?']
    >>> [q.words for q in compare("松林站和竹林站，哪个海拔更高？")]
    ['松林站的海拔是多少？', '竹林站的海拔是多少？']
    >>> compare("Is the mill open on Saturday or Sunday?")
    ()
    """
    if _IDEOGRAPHIC.search(words):
        return _compare_ideographs(words)
    for pattern in _CHOICES:
        if (m := pattern.match(words)) and (template := _template(m["head"])):
            return _questions(template, _split(m["things"]))
    if (m := _THAN.match(words)) and (word := m["comparative"] or m["how"]):
        return _questions(_how(_base(word), "is", ""), [m["a"], m["b"]])
    if m := _DOES_MORE.match(words):
        noun = m["noun"].strip()
        how = f"How many {noun}" if noun else "How much"
        return _questions(f"{how} does {{}} {m['verb']}?", [m["a"], m["b"]])
    for pattern in _ASPECTS:
        if m := pattern.match(words):
            groups = m.groupdict()
            things = _split(m["things"]) if "things" in groups else [m["a"], m["b"]]
            return _questions(f"What is the {_singular(m['aspect'])} of {{}}?", things)
    for pattern in _WHOLE:
        if m := pattern.match(words):
            return _questions("What is {}?", _split(m["things"]))
    return ()


def _template(head: str) -> str:
    """What is asked of each thing, with {} for it; "" where nothing is compared."""
    for pattern, template in _HEADS:
        if m := pattern.fullmatch(head):
            return template.format("{}", **m.groupdict(default=""))
    if m := _HAS.fullmatch(head):
        aspect, rest, base = m["aspect"], m["rest"] or "", _base(m["comparative"])
        if aspect.split()[-1].lower() in MEASURES:
            return f"What is the {aspect} of {{}}{rest}?"
        return f"How {base} is the {aspect} of {{}}{rest}?"
    if m := _IS.fullmatch(head):
        rest = m["rest"]  # "the longer bridge": the noun is what they are, not what is asked
        rest = rest if re.match(rf"\s+(?:{_PREPOSITIONS})\s", rest) else ""
        return _how(_base(m["comparative"]), m["be"], rest)
    if m := _GOES.fullmatch(head):
        return f"How {_base(m['comparative'])} does {{}} {m['verb']}{m['rest']}?"
    return ""


def _singular(aspect: str) -> str:
    """ "the weights of A and B" are each a weight."""
    return (
        aspect[:-1]
        if aspect.lower().split()[-1].removesuffix("s") in MEASURES and aspect.endswith("s")
        else aspect
    )


def _how(base: str, be: str, rest: str) -> str:
    return f"How {base} {be} {{}}{rest}?"


def _base(comparative: str) -> str:
    """The adjective of a comparative: taller -> tall, more expensive -> expensive."""
    word = comparative.lower().split()[-1]
    return _BASES.get(word, word)


def _split(things: str) -> list[str]:
    return [t.strip() for t in _SEPARATOR.split(things) if t.strip()]


def _questions(template: str, things: list[str]) -> tuple[SubQuestion, ...]:
    """The template asked of each thing; of "Alder's mill and barn" nothing is certain."""
    things = [re.sub(r"^(?:both|either)\s+", "", t, flags=re.I) for t in things]
    if not 2 <= len(things) <= MAX_THINGS or len({t.lower() for t in things}) < len(things):
        return ()
    return tuple(SubQuestion(template.replace("{}", t), name_of(t)) for t in things)


_ARTICLE = re.compile(
    r"^(?:(?:the|a|an|its|their|his|her|our|my|der|die|das|den|dem|ein|eine[nr]?|le|la|les|une?|el|los"
    r"|las|una)\s+|l['’])(?=\w)",
    re.I,
)


def name_of(thing: str) -> str:
    """A thing without its article.

    >>> name_of("the Heron")
    'Heron'
    """
    return _ARTICLE.sub("", thing)


def _compare_ideographs(words: str) -> tuple[SubQuestion, ...]:
    words = "".join(words.split())
    for pattern in _HAN_PATTERNS:
        m = pattern.match(words)
        if not m:
            continue
        groups = m.groupdict(default="")
        things = _HAN_SEPARATOR.split(m["things"]) if "things" in groups else [m["a"], m["b"]]
        aspect = groups.get("aspect", "").strip("的")
        things, aspect = _shared_aspect(things, aspect)
        if not 2 <= len(things) <= MAX_THINGS or not all(things):
            continue
        template = _han_template(aspect, groups.get("adjective", ""))
        return tuple(SubQuestion(template.format(t), t) for t in things)
    return ()


def _shared_aspect(things: list[str], aspect: str) -> tuple[list[str], str]:
    """ "the altitude of A and B": what stands after the last thing's 的 is asked of all."""
    name, sep, tail = things[-1].partition("的")
    if sep and not aspect:
        return [*(t.partition("的")[0] for t in things[:-1]), name], tail
    return things, aspect


def _han_template(aspect: str, adjective: str) -> str:
    if adjective[:1] in _HAN_TIMES and adjective:
        return f"{{}}是什么时候{aspect.rstrip('得')}的？"
    if aspect:
        return f"{{}}的{aspect}是多少？"
    if re.match("[贵貴便昂]", adjective):
        return "{}的价格是多少？"
    return f"{{}}有多{adjective}？"
