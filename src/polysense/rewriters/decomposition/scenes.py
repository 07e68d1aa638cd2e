"""The things that a story or a film is to be of: each is found by itself, for its own scene."""

from __future__ import annotations

import re

from polysense.question import SubQuestion
from polysense.rewriters.decomposition.comparisons import MAX_THINGS, name_of

MAX_WORDS = 5
"""Words of one thing; what is longer is a sentence, not a list. Judged."""

_VERB = (
    r"(?:(?:tell|show|give|make|play|create|film|erzähle?|zeige?|mach|raconte[rz]?|montre[rz]?|cuenta"
    r"|muestra)(?:-moi|\s+(?:me|us|mir|uns))?\s+)?"
)
_FORM = (
    r"(?:(?:an?|the|eine?n?|die|der|das|une?|la|le|una|el)\s+|l['’])?(?:(?:short|kurze[rsn]?|petite?)\s+)?"
    r"(?:story|tale|film|movie|video|clip|slide\s?show|animation|geschichte|diaschau|histoire|vidéo"
    r"|historia|vídeo|película)"
)
_OF = r"(?:of|about|with|on|showing|von|vom|über|mit|de|du|des|avec|sobre|con|del)"
_STORY = re.compile(
    rf"^\W*(?:please\s+|bitte\s+)?{_VERB}{_FORM}\s+{_OF}\s+(?P<things>[^.?!:;]+)[.?!]*$", re.I
)
_SEPARATOR = re.compile(
    r"\s*,\s*(?:(?:and|und|et|y)\s+)?|\s+(?:and|und|et|y)\s+(?:(?:de|du|des)\s+)?", re.I
)
_HAN_STORY = re.compile(
    "^(?:请|請)?(?:讲述|講述|讲|講|拍|制作|製作)?(?:一个|一個|一段)?(?:关于|關於)?(?P<things>[^，？。]+?[、和与與][^，？。]+?)"
    "的(?:故事|视频|視頻|短片|影片)[。！!]*$"
)
_HAN_SEPARATOR = re.compile("[、和与與]")


def scenes(words: str) -> tuple[SubQuestion, ...]:
    """One thing for each scene; empty where no story of several is asked for.

    >>> [q.thing for q in scenes("Tell the story of the mill, the flood and the new bridge")]
    ['mill', 'flood', 'new bridge']
    >>> scenes("The story of the mill"), scenes("Who tells the story of Anna and Ben?")
    ((), ())
    """
    m, separator = _STORY.match(words.strip()), _SEPARATOR
    if m is None:
        m, separator = _HAN_STORY.match("".join(words.split())), _HAN_SEPARATOR
    things = [t.strip() for t in separator.split(m["things"]) if t.strip()] if m else []
    is_list = 2 <= len(things) <= MAX_THINGS and all(len(t.split()) <= MAX_WORDS for t in things)
    if not is_list or len({t.lower() for t in things}) < len(things):
        return ()
    return tuple(SubQuestion(t, name_of(t)) for t in things)
