"""Questions in two steps: a thing that is named only by what it is to another ("the yard that built
the Heron"), and what is asked of it.
"""

from __future__ import annotations

import re

from polysense.question import LINK, SubQuestion
from polysense.read.language.stems import stem

_WH = r"(?:who|whom|whose|what|which|where|when|why|how)"
_AUX = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must)"
)
_HEAD = re.compile(
    rf"(?P<head>(?:(?:in|on|at|from|to|by|for|with|of|since|until)\s+)?{_WH}\b"
    rf"(?:\s+(?!{_AUX}\b|the\b)[\w'-]+){{0,4}}?)\s+(?P<aux>{_AUX})\s+",
    re.I,
)
"""What asks, up to its auxiliary: "In which year did"."""

_RELATIVE = re.compile(
    r"(?P<start>\b(?:the|a|an)\s+)(?P<kind>[\w'-]+(?:\s+[\w'-]+){0,2}?)\s+(?:who|that|which|where)\s+(?P<clause>.+)",
    re.I,
)
_OF = re.compile(r"\bthe\s+(?P<noun>[\w'-]+(?:\s+[\w'-]+){0,2}?)\s+of\s+(?P<rest>.+)", re.I)
_POSSESSIVE = re.compile(
    r"(?P<owner>(?:the\s+[\w-]+(?:\s+[\w-]+)?|[A-ZÀ-Þ][\w-]*(?:\s+[A-ZÀ-Þ][\w-]*)*))['’]s?\s+"
    r"(?P<noun>[a-zà-þ][\w-]+)"
)
_NAME = re.compile(
    r"\b[A-ZÀ-Þ0-9][\w'’.-]*(?:\s+(?:of\s+the\s+|of\s+|de\s+)?[A-ZÀ-Þ0-9][\w'’.-]*)*"
)
_DO_TEXT = "do does did can could will would shall should may might must"
_DO = frozenset(_DO_TEXT.split())
_VERB_TEXT = (
    "go get come live die close open work make take have move leave sell buy build become start "
    "stop begin end say pay cost weigh grow write find keep retire return belong stand lie study "
    "run turn give use bring need cover carry hold contain produce employ measure teach lose "
    "win own earn serve do stay"
)
_VERBS = frozenset(_VERB_TEXT.split())
"""Verbs that are seldom the last word of a name, behind "does" or "did"; judged."""
_PARTICIPLES = frozenset(["born", "put", "set", "cut", "hit", "shut", "led", "lit", "left", "shot"])
_PREPOSITION_TEXT = "on in at from with for to by about into over under after before up"
_PREPOSITIONS = frozenset(_PREPOSITION_TEXT.split())
_ARTICLES = frozenset(("the", "a", "an", "his", "her", "its", "their"))
_TRIVIAL_TEXT = (
    "is are was were be been the a an of to it who whom what which whose there do does did in on "
    "at by for from with during since until name names called"
)
_TRIVIAL = frozenset(_TRIVIAL_TEXT.split())

_IDEOGRAPHIC = re.compile("[\u3400-\u9fff]")
_HAN_PREDICATE = (
    "是|在|住|出生|生于|生在|有|叫|死|去世|毕业|畢業|关闭|關閉|关门|關門|成立|建于|建於|位于|位於|来自|來自|多|几|幾|什么|什麼"
    "|哪|何|谁|誰|怎|被|为|為|卖|賣|退休|工作|开办|開辦|从|從|属于|屬於|搬|于|於"
)
"""What the words asked of a thing begin with, behind its name; judged on worked examples."""
_HAN_CLAUSE = re.compile(
    r"^(?:请问|請問)?(?P<clause>[^，,。？?]{2,})的(?P<kind>[\u3400-\u9fff]{1,5}?)"
    rf"(?P<outer>(?:{_HAN_PREDICATE})[^，,。]*)$"
)
_HAN_KIND_TEXT = (
    "人 女人 男人 女士 先生 船厂 船廠 工厂 工廠 公司 作家 作者 画家 畫家 建筑师 "
    "建築師 工匠 医生 醫生 老师 老師 学校 學校 大学 大學 城市 国家 國家 村 镇 "
    "鎮 村子 机构 機構 组织 組織 团队 團隊 师傅 師傅 商店 店 地方 部门 部門 书 "
    "書 船 桥 橋 科学家 科學家 商人 农夫 渔夫 牧师 木匠 铁匠 诗人 詩人 导演 "
    "導演 歌手 教授"
)
_HAN_KINDS = frozenset(_HAN_KIND_TEXT.split())
_HAN_ASKING = re.compile("什么|什麼|哪|几|幾|多|何|谁|誰|怎")
_HAN_UNIT = (
    "(?:[万萬亿億]?(?:[元块塊米克吨噸斤里度岁歲年天月个個名位件台辆輛层層页頁%％]|人民币|美元|欧元|公里"
    "|千米|公斤|千克|平方米|小时|小時|分钟|分鐘)|[万萬亿億])?"
)
_HAN_TRIVIAL = re.compile(
    f"(?:是|有|在|为|為|达|達|叫)*(?:做|作)?(?:多少{_HAN_UNIT}|几{_HAN_UNIT}|幾{_HAN_UNIT}|什么|什麼|何"
    "|谁|誰|怎么样|怎麼樣|怎样|怎樣|如何|哪[一]?[个個位年天月日家座里裡儿兒些]?)"
    "(?:名字|名称|名稱|时候|時候|地方|东西|東西|人)?(?:的|呢|啊|呀)?"
)
"""What asks for nothing of the thing but itself: "是多少", "是谁"."""
_HAN_AGENT = re.compile(
    r"^(?P<inner>[^，,。？?]{2,}的(?P<kind>[\u3400-\u9fff]{1,4}))的(?P<outer>[\u3400-\u9fff]{1,8})$"
)


def hops(words: str) -> tuple[SubQuestion, ...]:
    """What to find first, then the question with a LINK in its place; empty where nothing is named
    by another thing.

    >>> [q.words for q in hops("In which year did the yard that built the Heron close?")]
    ['yard that built the Heron', 'In which year did {} close?']
    >>> [q.words for q in hops("Where was the caster of the bell of Sankt Orrin born?")]
    ['bell of Sankt Orrin', 'the caster of {}', 'Where was {} born?']
    >>> [q.words for q in hops("发明水钟的人住在哪条街？")]
    ['发明水钟的人', '{}住在哪条街？']
    >>> hops("How tall is the lighthouse?")
    ()
    """
    if _IDEOGRAPHIC.search(words):
        return _hops_ideographs("".join(words.split()))
    text = words.strip().rstrip("?!. ")
    head = _HEAD.match(text)
    start, aux = (head.end(), head["aux"]) if head else (0, "")
    place = _noun_phrase(text, start, aux)
    if place is None:
        return ()
    begin, end, kind = place
    phrase, outer = text[begin:end], f"{text[:begin]}{LINK}{text[end:]}?"
    nested = _nested(phrase)
    if _says_something(outer, head["head"] if head else ""):
        name = _without_article(phrase)
        return (*(nested or (SubQuestion(name, name, kind),)), SubQuestion(outer))
    if not nested:
        return ()
    first, second = nested
    if second.kind.lower() == "name":  # the first answer is the name
        return ()
    return first, SubQuestion(f"{text[:begin]}{second.words}{text[end:]}?")


def _noun_phrase(text: str, start: int, aux: str) -> tuple[int, int, str] | None:
    """(begin, end, kind) of the phrase that names a thing by another, behind what asks."""
    rest = text[start:]
    relative, of, possessive = _RELATIVE.search(rest), _OF.search(rest), _POSSESSIVE.search(rest)
    matches = [m for m in (relative, of, possessive) if m]
    if not matches:
        return None
    m = min(matches, key=lambda m: m.start())
    if m is possessive:
        return start + m.start(), start + m.end(), ""
    tail = m["clause"] if m is relative else m["rest"]
    end = start + m.end() - len(tail) + _whole_possessive(tail, _extent(tail, aux, m is relative))
    return start + m.start(), end, m["kind"] if m is relative else ""


def _whole_possessive(tail: str, end: int) -> int:
    """The end, behind what is owned or told where the phrase would end in "Heron's" or "that"."""
    if re.search(r"['’]s?$", tail[:end]):
        owned = re.match(r"\s+[a-zà-þ][\w-]+", tail[end:])
        return end + owned.end() if owned else end
    is_open = re.search(r"\b(?:that|who|which|where|whose)$", tail[:end], re.I)
    return len(tail) if is_open else end


def _extent(tail: str, aux: str, is_clause: bool) -> int:
    """Where a phrase ends in what follows: behind the last name, or before the verb at the end."""
    if " where " in f" {tail}" and aux.lower() not in _DO:
        return len(tail)
    names = [m for m in _NAME.finditer(tail) if not m.group().isdigit()]
    if names and not (is_clause and _begins_with(tail, names[0])):
        return names[-1].end()
    words = list(re.finditer(r"\S+", tail))
    if aux and names:  # "that Ostra Yard built": its verb belongs to it
        behind = next((w for w in words if w.start() >= names[-1].end()), words[-1])
        return behind.end()
    if not aux:
        return len(tail)
    lower = [w.group().lower() for w in words]
    verb = next((i for i, w in enumerate(lower) if i > 1 and w in _VERBS), None)
    if aux.lower() in _DO and verb:
        return words[verb - 1].end()
    stop = next((i for i, w in enumerate(lower) if i > 1 and w in _PREPOSITIONS), None)
    if stop and lower[-2] in _ARTICLES:  # "the keeper of the lighthouse say about the storm"
        words, lower = words[:stop], lower[:stop]
    has_verb = aux.lower() in _DO or _is_participle(lower[-1])
    return words[-2].end() if has_verb and len(words) > 2 else words[-1].end()


def _begins_with(tail: str, name: re.Match[str]) -> bool:
    return not tail[: name.start()].lower().strip().removeprefix("the")


def _is_participle(word: str) -> bool:
    """Whether a word looks like a verb's participle: opened, built, sold, born."""
    return (
        word.endswith("ed") or word in _PARTICIPLES or not word.startswith(stem(word).rstrip("eiy"))
    )


def _nested(phrase: str) -> tuple[SubQuestion, ...]:
    """ "the caster of the bell of Sankt Orrin": the bell first, then its caster."""
    m = _OF.match(phrase)
    if not m or not re.match(r"the\s+.+\s(?:of|that|who|which|where)\s", m["rest"], re.I):
        return ()
    inner = _RELATIVE.match(m["rest"])
    rest = _without_article(m["rest"])
    kind = inner["kind"] if inner else ""
    return SubQuestion(rest, rest, kind), SubQuestion(f"the {m['noun']} of {LINK}", kind=m["noun"])


def _says_something(outer: str, head: str) -> bool:
    """Whether anything is asked of the link: "Who is {}?" asks nothing."""
    rest = outer.removeprefix(head) if re.fullmatch(_WH, head, re.I) else outer
    return any(w.lower() not in _TRIVIAL and not w.isdigit() for w in re.findall(r"[^\W_]+", rest))


def _without_article(phrase: str) -> str:
    return re.sub(r"^(?:the|a|an)\s+", "", phrase, flags=re.I)


def _hops_ideographs(words: str) -> tuple[SubQuestion, ...]:
    m = _HAN_CLAUSE.match(words)
    if not m or not _HAN_ASKING.search(m["outer"]):
        return ()
    phrase = f"{m['clause']}的{m['kind']}"
    if not _HAN_TRIVIAL.fullmatch(m["outer"].rstrip("？?")):
        return SubQuestion(phrase, phrase, _han_kind(m["kind"])), SubQuestion(LINK + m["outer"])
    inner = _HAN_AGENT.match(phrase)  # what is asked of who did it: 发明水钟的人的故乡是哪里
    if not inner or not _han_kind(inner["kind"]):
        return ()
    phrase = inner["inner"]
    outer = f"{LINK}的{inner['outer']}{m['outer']}"
    return SubQuestion(phrase, phrase, _han_kind(inner["kind"])), SubQuestion(outer)


def _han_kind(noun: str) -> str:
    """What of a noun only says what the answer is; 镇长 and 铸造者 say what it is to the other."""
    if noun in _HAN_KINDS:
        return noun
    return noun[-1] if noun[-1] in "者人" else ""
