"""What a request for a picture, a recording or a model wants to see or hear: its words without
those for the request and for the medium. In English, German, French, Spanish and Chinese.
"""

from __future__ import annotations

import re

_MEDIA = {
    "en": r"photo(?:graph)?s?|pictures?|pics?|images?|drawings?|recordings?|audio|sounds?|noises?"
    r"|clips?|videos?|films?|models?|mesh(?:es)?",
    "de": r"fotos?|fotografien?|bild(?:er|ern)?|zeichnung(?:en)?|(?:ton)?aufnahmen?|geräusche?"
    r"|videos?|filme?|modelle?",
    "fr": r"photos?|images?|dessins?|enregistrements?|sons?|bruits?|vidéos?|films?|modèles?",
    "es": r"fotos?|imagen|imágenes|dibujos?|grabaci(?:ón|ones)|sonidos?|ruidos?|vídeos?|modelos?",
}
_KINDS = {
    "en": r"(?:(?:old|new|recent|nice|good|short|3d|audio|sound|video|colou?r)\s+)?",
    "de": r"(?:(?:alte[snr]?|neue[snr]?|3d)[\s-]+)?",
    "fr": r"(?:(?:vieille|vieux|nouvelle|belle)s?\s+)?",
    "es": "",
}
_REQUESTS = {
    "en": r"(?:please\s+)?(?:(?:can|could)\s+you\s+)?"
    r"(?:(?:show|find|play|give|get)(?:\s+(?:me|us))?|(?:is|are)\s+there|(?:do|have)\s+(?:we|you|i)(?:\s+(?:have|got))?|(?:(?:in|on)\s+)?which"
    r"|what)",
    "de": r"(?:bitte\s+)?(?:(?:zeig|such|spiel|find)(?:e|t)?(?:\s+(?:mir|uns))?|gibt\s+es"
    r"|ha(?:st|ben)\s+(?:wir|du|sie)|(?:auf\s+|in\s+)?welche[mnrs]?)",
    "fr": r"(?:montre[rz]?(?:-(?:moi|nous))?|joue[rz]?|y\s+a-t-il|avez-vous|(?:sur\s+)?quelle?s?)",
    "es": r"(?:muéstrame|muestra|busca|reproduce|hay|(?:en\s+)?qué)",
}
_ARTICLES = {
    "en": r"(?:(?:a|an|the|any|some|all|my|our)\s+)?",
    "de": r"(?:(?:ein|eine[mnrs]?|das|die|de[nmrs])\s+)?",
    "fr": r"(?:(?:une?|des|les?|la)\s+|l['’])?",
    "es": r"(?:(?:una?s?|unos|las?|los|el)\s+)?",
}
_SHOWS = {
    "en": r"(?:(?:that|which)\s+)?(?:shows?|showing|depicts?|has|have|with|of|contains?|containing"
    r"|(?:is|are)\s+of|in\s+which|where)(?:\s+there\s+(?:is|are))?",
    "de": r"(?:zeigt|zeigen|von|vom|mit|ist|sind|hat|haben|enthält|(?:hört|sieht)\s+man)",
    "fr": r"(?:montrent?|contient|avec|où\s+l['’]on\s+(?:voit|entend)|de|du|des|d['’])",
    "es": r"(?:muestran?|contienen?|tiene|de|del|con|se\s+(?:ve|oye))",
}
_FRAMES = tuple(
    re.compile(
        rf"^\W*(?:{_REQUESTS[code]}\s+)?{_ARTICLES[code]}{_KINDS[code]}(?:{_MEDIA[code]})\s+"
        rf"{_SHOWS[code]}(?:\s+|(?<=['’]))(?P<subject>{_ARTICLES[code]}\S.*)$",
        re.I,
    )
    for code in _MEDIA
)
"""A request with its medium, once, and what it is of."""
_COMMAND = re.compile(
    r"^\W*(?:please\s+)?(?:(?:show|play|find)\s+(?:me|us)|zeig(?:e|t)?\s+(?:mir|uns)"
    r"|spiel(?:e|t)?\s+(?:mir|uns)|montre[rz]?-(?:moi|nous)|joue[rz]?-(?:moi|nous)|muéstrame)\s+"
    r"(?P<subject>\S.*)$",
    re.I,
)
_TAIL = re.compile(
    r"^(?P<subject>\w.*?)\s+(?:photo(?:graph)?s?|pictures?|recordings?|fotos?|zu\s+(?:sehen|hören))"
    r"\W*$",
    re.I,
)
_ARTICLE = re.compile(
    r"^(?:an?|the|ein|eine[mnrs]?|das|die|de[nmrs]|une?|les?|la|el|los|las)\s+(?=\S)"
)
"""In small letters: Los Angeles and Den Haag begin with none."""

_ZH_MEDIA = "照片|图片|图像|录音|音频|声音|模型|视频|片段"
_ZH_FRAME = re.compile(
    "^(?:请)?(?:给我|帮我|让我)?(?:找|看看|看|听听|听|播放|放)?(?:一下)?(?:有没有|有)?"
    "(?:(?:哪|那|这)?一?(?:个|張|张|段|幅|条|些)|哪)"
    f"(?:{_ZH_MEDIA})(?:里面|里|裡|中|上)?(?:有|是|显示|能听到|可以听到)?(?=.)"
)
_ZH_ORDER = re.compile(
    "^(?:请)?(?:给我|帮我|让我)(?:找|看看|看|听听|听|播放|放)?(?=.)|^有没有(?=.)"
)
_ZH_TAIL = re.compile(f"的(?:{_ZH_MEDIA})[吗？?。 ]*$")
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


def requested_subject(words: str) -> str:
    """The thing that is to be seen or heard; the words as they are where they ask for no medium.

    >>> requested_subject("Which recording has a dog barking?")
    'dog barking'
    >>> requested_subject("Show me photos of a man on a horse"), requested_subject("nail file")
    ('man on a horse', 'nail file')
    >>> requested_subject("Auf welcher Aufnahme hört man einen Hahn?"), requested_subject("a lion")
    ('Hahn', 'a lion')
    >>> requested_subject("哪个录音里有狗叫？"), requested_subject("图书馆")
    ('狗叫', '图书馆')
    """
    text = " ".join(words.split())
    if _IDEOGRAPH.search(text):
        rest = _ZH_FRAME.sub("", text)
        if _ZH_TAIL.search(rest):
            rest = _ZH_ORDER.sub("", _ZH_TAIL.sub("", rest))
    else:
        m = next((m for frame in _FRAMES if (m := frame.match(text))), None)
        m = m or _COMMAND.match(text)
        rest = m["subject"] if m else text
        if tail := _TAIL.match(rest):
            rest = tail["subject"]
    if rest == text:
        return words
    return _ARTICLE.sub("", rest.strip(" ?!.。？！"))
