"""The things that a story or a film is to be of: each is found by itself, for its own scene."""

from __future__ import annotations

import re

from polysense.question import SubQuestion
from polysense.rewriters.decomposition.comparisons import MAX_THINGS, name_of
from polysense.rewriters.decomposition.coordination import FIRMS

MAX_WORDS = 5
"""Words of one thing; what is longer is a sentence, not a list. Judged."""
MIN_CHARACTERS = 2
"""Of each thing where 和 or 与 alone joins them: one character may be half of a word. Judged."""

_VERB = (
    r"(?:(?:tell|show|give|make|play|create|film|erzähle?|zeige?|mach|raconte[rz]?|montre[rz]?|cuenta"
    r"|muestra)(?:-moi|\s+(?:me|us|mir|uns))?\s+)?"
)
_FORM = (
    r"(?:(?:an?|the|eine?n?|die|der|das|une?|la|le|una|el)\s+|l['’])?(?:(?:short|kurze[rsn]?|petite?)\s+)?"
    r"(?:story|tale|film|movie|video|clip|slide\s?show|animation|geschichte|diaschau|histoire|vidéo"
    r"|historia|vídeo|película)"
)
_GENITIVE = r"(?:des|der|eine[sr])\s+"
_OF = (
    r"(?:(?:of|about|with|on|showing|von|vom|über|mit|de|du|des|avec|sobre|con|del)\s+|d['’]"
    rf"|(?={_GENITIVE}))"
)
_ROMANCE_OF = r"(?:(?:de|du|des|del)\s+|d['’])"
_OF_AGAIN = dict.fromkeys(("d'", "d’", "de", "du", "del"), _ROMANCE_OF) | {
    "": _GENITIVE,
    "des": rf"(?:{_ROMANCE_OF}|{_GENITIVE})",
}
_PLEASE = (
    r"(?:please|bitte|s['’]il\s+(?:te|vous)\s+pla[iî]t|por\s+favor|thanks|thank\s+you|then|now"
    r"|for\s+(?:me|us))"
)
_STORY = re.compile(
    rf"^\W*(?:{_PLEASE}\s*,?\s+)?{_VERB}{_FORM}\s+(?P<of>{_OF})(?P<things>[^.?!:;]+?)"
    rf"(?:\s*,?\s+{_PLEASE})*\s*[.?!]*$",
    re.I,
)
_AND = r"(?:and|und|et|y|&|as\s+well\s+as|sowie)"
_THEN = r"(?:(?:then|finally|dann|danach|puis|ensuite|enfin|luego|después)\s+)?"
_SEPARATOR = re.compile(
    rf"\s*,\s*(?:{_AND}\s+)?{_THEN}|\s+{_AND}\s+{_THEN}|\s+(?:then|dann|puis|luego)\s+", re.I
)
_SENTENCE = re.compile(
    r"^(?:how|when|why|whether|who|whose|what|where|which|wie|wann|warum|wieso|ob|wer|was|wo"
    r"|dass|comment|quand|pourquoi|qui|où|cómo|cuándo|quién|dónde|por\s+qué)\b"
    r"|\b(?:between|zwischen|entre)\b"
    "|[谁誰哪]|什么|什麼|怎么|怎麼|怎样|怎樣|如何|为何|為何|多少|之间|之間",
    re.I,
)
"""What begins a clause, or holds things together: no list."""

_HAN_STORY = re.compile(
    "^(?:(?:请|請|麻烦|麻煩)你?)?(?:我?想[听聽看])?(?:(?:给|給|为|為|跟|帮|幫)(?:我们?|我們|大家))?"
    "(?:(?:讲述|講述|讲|講|说|說|拍|制作|製作|做)(?:一?[讲講说說]|一下)?)?(?:[一个個段部则則]{1,2})?"
    "(?:关于|關於|有关|有關)?"
    "(?P<things>[^，？。]+?[、和与與][^，？。]+?)的(?:故事|视频|視頻|短片|影片)吧?[。！!]*$"
)
_HAN_WORD = (
    "和(?:平(?![原台臺板房民面])|[谐諧尚睦约約蔼藹弦煦善缓緩硕碩珅局谈談]|解(?![放说說药藥])"
    "|服(?![务務装裝饰飾])|[气氣](?![球候象温溫味])|[声聲](?![音])|田(?![野地园園])|歌(?![手曲声聲剧劇唱星])"
    "|[风風](?![筝箏暴车車景雨浪雪力扇]))"
    "|(?<![公中])共和|(?<![温溫])暖和|(?<![体體气氣高低水室保恒])[温溫]和|[总總]和|[缓緩柔谐諧祥饱飽昭颐頤雍附]和"
    "|[随隨]和|(?<![空强強语語曲低])[调調]和|[义義]和[团團]|呼和浩特|太和殿"
    "|[参參给給赠贈授]与|[参參給贈授]與|[与與](?:会者|會者|众不同|眾不同|世|时俱进|時俱進)"
)
"""Words that 和 or 与 is a part of; not before what makes the second character another word's."""
_HAN_SEPARATOR = re.compile(f"(?P<word>{_HAN_WORD})|[、和与與]")


def scenes(words: str) -> tuple[SubQuestion, ...]:
    """One thing for each scene; empty where no story of several is asked for.

    >>> [q.thing for q in scenes("Tell the story of the mill, the flood and the new bridge")]
    ['mill', 'flood', 'new bridge']
    >>> scenes("The story of the mill"), scenes("Who tells the story of Anna and Ben?")
    ((), ())
    """
    things = _ideographs("".join(words.split())) or _things(words.strip())
    is_list = 2 <= len(things) <= MAX_THINGS and all(len(t.split()) <= MAX_WORDS for t in things)
    if not is_list or len({t.lower() for t in things}) < len(things):
        return ()
    if things[-1].lower() in FIRMS or any(map(_SENTENCE.search, things)):
        return ()
    return tuple(SubQuestion(t, name_of(t)) for t in things)


def _things(words: str) -> list[str]:
    """What is said once before all of them, as "about", may be said again before each."""
    m = _STORY.match(words)
    if m is None:
        return []
    first_of = m["of"].strip().lower()
    again_text = _OF_AGAIN.get(first_of, rf"{first_of}\s+")
    again = re.compile(rf"^{again_text}", re.I)
    return [again.sub("", t.strip()) for t in _SEPARATOR.split(m["things"]) if t.strip()]


def _ideographs(words: str) -> list[str]:
    m = _HAN_STORY.match(words)
    if m is None:
        return []
    things, start = [], 0
    for separator in _HAN_SEPARATOR.finditer(m["things"]):
        if not separator["word"]:
            things.append(m["things"][start : separator.start()])
            start = separator.end()
    things = [t for t in (*things, m["things"][start:]) if t]
    is_doubtful = "、" not in m["things"] and any(len(t) < MIN_CHARACTERS for t in things)
    return [] if is_doubtful else things
