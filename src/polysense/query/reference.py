"""Whether the words of a question speak of the file that is given beside them."""

from __future__ import annotations

import re

_DEMONSTRATIVES = (
    "this these it that them turn convert transform redraw summarise summarize translate "
    "dies diese dieser dieses diesen diesem das daraus damit "
    "ceci cela ce cet cette ces celui este esta esto estos estas eso questo questa questi queste"
)
_REFERENCE = re.compile(rf"\b(?:{'|'.join(_DEMONSTRATIVES.split())})\b|这|這|此|把|转|轉|它", re.I)

_FILES = (
    "file clip video film movie recording sound song picture photo photograph image drawing "
    "scan model mesh document datei aufnahme bild foto zeichnung modell dokument fichier "
    "vidéo enregistrement dessin modèle archivo vídeo película grabación imagen dibujo "
    "modelo documento"
)
FILE_NOUNS = frozenset(_FILES.split())
"""What a file may be called that is not named."""

_A_FILE = "|".join(_FILES.split())
_IDENTITY = re.compile(
    rf"\b(?:which|what)\s+(?:{_A_FILE})\s+is\s+(?:this|that|it)\b"
    r"|\bwhere\s+is\s+(?:this|it)\s+from\b"
    rf"|\b(?:welche[rsmn]?|aus\s+welche[rm])\s+(?:{_A_FILE})\s+ist\s+(?:das|dies)"
    rf"|\b(?:de\s+)?quel(?:le)?\s+(?:{_A_FILE})\s+(?:est-ce|vient)|\b(?:de\s+)?qué\s+(?:{_A_FILE})\s+es\b"
    r"|(?:这|這)是?(?:出自|来自|來自)?哪(?:一)?(?:个|個|张|張|段|部)(?:文件|视频|視頻|片|录音|錄音|图|圖|照片|模型)",
    re.I,
)


def asks_which_file(words: str) -> bool:
    """Whether they ask which file it is that is given beside them, not what is in it.

    >>> asks_which_file("Which clip is this from?"), asks_which_file("Which error is this?")
    (True, False)
    """
    return _IDENTITY.search(words) is not None


def with_title(words: str, title: str) -> str:
    """The words with a title in place of what points at a file; behind them, where nothing does.

    >>> with_title("What does this cost?", "the mug Brun")
    'What does the mug Brun cost?'
    >>> with_title("What is the price?", "the mug Brun")
    'What is the price? (the mug Brun)'
    """
    if not title:
        return words
    replaced, count = _REFERENCE.subn(lambda _: title, words, count=1)
    return replaced if count else f"{words} ({title})"


def refers_to_file(words: str) -> bool:
    """Whether they point at something: "how do I fix this?", "turn it into code".

    >>> refers_to_file("How do I fix this?"), refers_to_file("Where is the knife?")
    (True, False)
    """
    return _REFERENCE.search(words) is not None
