"""Words of descriptions without the marks of Markdown and HTML."""

from __future__ import annotations

import re

_MOST = 300
"""Characters that are emphasised at once; judged."""

_INLINE = "a|abbr|b|code|del|em|font|i|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|tt|u|var"
_BLOCK = (
    "blockquote|br|center|dd|details|div|dl|dt|h[1-6]|hr|img|li|ol|p|pre|summary|table|tbody|td|"
    "tfoot|th|thead|tr|ul"
)
_MARKUP = re.compile(
    rf"(?P<code>`[^`]{{1,{_MOST}}}`)"
    rf"|</?(?:(?:{_INLINE})|(?P<block>{_BLOCK}))(?:\s[^<>]{{0,2000}})?/?>"
    r"|(?<![\w*])(?P<mark>[*]{1,3})(?=[^\s*])"
    rf"(?P<words>[^\n]{{1,{_MOST}}}?)(?<=[^\s*])(?P=mark)(?![\w*])"
    r"|(?<!\w)(?P<line>_{1,2})(?=[^\s_])"
    rf"(?P<lined>[^\n]{{1,{_MOST}}}?)(?<=[^\s_])(?P=line)(?!\w)"
)
_CODE = re.compile(rf"`([^`]{{1,{_MOST}}})`")
_FENCE = re.compile(r"```[\w-]*")


def plain(text: str) -> str:
    """A text on one line without marks; what is a name, a type or a sum keeps its signs.

    >>> plain("The **user_id** of a `List<String>`,<br>at most 2*3*4")
    'The user_id of a List<String>, at most 2*3*4'
    """
    return " ".join(_CODE.sub(r"\1", _unmark(_FENCE.sub(" ", text))).split())


def _unmark(text: str) -> str:
    return _MARKUP.sub(_replace, text)


def _replace(m: re.Match[str]) -> str:
    if m["code"]:
        return m["code"]
    if words := m["words"] or m["lined"]:
        return _unmark(words)
    return " " if m["block"] else ""
