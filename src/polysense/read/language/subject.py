"""What a request for a picture, a recording or a model wants to see or hear: its words without
those for the request and for the medium. In English, German, French, Spanish and Chinese.
"""

from __future__ import annotations

import re

_MEDIA = (
    r"photo(?:graph)?s?|pictures?|pics?|images?|drawings?|recordings?|audio|sounds?|noises?|clips?"
    r"|videos?|films?|models?|meshe?s?|files?"
    r"|foto(?:s|grafien?)?|bild(?:er|ern)?|aufnahmen?|tonaufnahmen?|geräusche?|klänge?|modelle?"
    r"|datei(?:en)?"
    r"|image|enregistrements?|sons?|bruits?|vidéos?|modèles?|fichiers?"
    r"|fotos?|imagen(?:es)?|grabaci(?:ón|ones)|sonidos?|ruidos?|modelos?|archivos?"
)
_VERBS = (
    r"show(?:s|ing|n)?|contain(?:s|ing)?|find|play|hear|heard|see|seen|look for|search for|is|are"
    r"|was|were|has|have|there|any|some|a|an|the|me|us|you|we|i|can|could|do|does|in|on|of|with|where"
    r"|which|that|please"
    r"|zeig(?:e|t|en)?|such(?:e|t|en)?|spiel(?:e|t|en)?|hört|hören|sieht|sehen|enthält|gibt|es|man|hat"
    r"|ist|sind|mir|uns|ein|eine|eines|einen|einem|einer|der|die|das|dem|den|von|vom|mit|auf"
    r"|welche[rsmn]?|zu"
    r"|montre[rz]?|moi|nous|contient|entend|voit|joue[rz]?|un|une|des|du|de|d|le|la|les|l|avec|dans"
    r"|sur|où|on|y|il|t|est|sont|quelle?s?"
    r"|muéstrame|muestra|contiene|oye|ve|reproduce|hay|uno|una|unos|unas|el|los|las|del|con|en|se|qué"
)
_FRAME = re.compile(
    rf"^\W*(?:(?:{_VERBS})\W+)*(?:{_MEDIA})(?:\W+(?:{_VERBS}|{_MEDIA}))+\W+(?=\w)", re.I
)
_TAIL = re.compile(
    rf"(?<=\w)\W+(?:{_MEDIA})\W*$|(?<=\w)\W+(?:zu\s+(?:sehen|hören)|gezeigt|can be (?:seen|heard)"
    r"|se (?:oye|ve|muestra))\W*$",
    re.I,
)
_CHINESE = re.compile(
    "^(?:请)?(?:给我|帮我)?(?:找|看看|播放|显示|放)?(?:出|一下)?(?:有没有|有|是)?"
    "(?:哪|那|这|一)?(?:一)?(?:个|张|段|幅|条|些)?(?:照片|图片|图像|图|录音|音频|声音|模型|文件|视频|片段)"
    "(?:文件)?(?:里面|里|中|上)?(?:有|是|显示|能听到|可以听到)?"
    "|^(?:请)?(?:给我|帮我|让我)(?:找|看看|看|听听|听|播放|放)?"
    "|^(?:有没有|有)(?=.+(?:照片|图片|图像|录音|音频|声音|模型|视频|片段))"
    "|的?(?:照片|图片|图像|录音|音频|声音|模型|视频|片段)[吗？?。 ]*$"
)
_REQUEST = re.compile(rf"^(?:(?:{_VERBS})\W+)+(?=\w)", re.I)
_COMMAND = re.compile(
    r"^\W*(?:please\s+)?(?:show|play|find|zeig|spiel|such|montre|joue|muéstra|reproduce)", re.I
)
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")


def requested_subject(words: str) -> str:
    """The thing that is to be seen or heard; the words as they are where they ask for no medium, or
    nothing else is left.

    >>> requested_subject("Which recording has a dog barking?")
    'dog barking'
    >>> requested_subject("Show me photos of a red boat"), requested_subject("the sound of rain")
    ('red boat', 'rain')
    >>> requested_subject("Auf welcher Aufnahme hört man einen Hahn?"), requested_subject("a lion")
    ('Hahn', 'a lion')
    >>> requested_subject("哪个录音里有狗叫？"), requested_subject("the chair model")
    ('狗叫', 'chair')
    """
    text = " ".join(words.split())
    if _IDEOGRAPH.search(text):
        rest = _CHINESE.sub("", _CHINESE.sub("", text))
    else:
        rest = _TAIL.sub("", _FRAME.sub("", text))
        rest = _REQUEST.sub("", rest) if rest != text or _COMMAND.match(text) else rest
    return rest.strip(" ?!.。？！") if rest != text and re.search(r"\w", rest) else words
