"""Whether words ask for something to be made that is not there yet: drawn, invented, composed."""

from __future__ import annotations

import re

_CREATION = re.compile(
    r"^\W*(?:please\s+|(?:can|could|would|will)\s+you\s+(?:please\s+)?|i\s+(?:want|need)\s+you\s+to\s+"
    r"|bitte\s+|(?:kannst|könntest)\s+du\s+|s'il\s+(?:te|vous)\s+plaît,?\s+|por\s+favor,?\s+)*"
    r"(?:(?:draw|illustrate|imagine|invent|generate|create|synthesi[sz]e|compose|animate|sculpt"
    r"|zeichne|skizziere|dessine[zr]?|dibuja)\b(?!.*\?\s*$)"
    r"|(?:paint|sketch|make|design|model"
    r"|male|erfinde|erzeuge|generiere|erstelle|entwirf|gestalte|komponiere"
    r"|peins|peignez|illustre[zr]?|imagine[zr]?|invente[zr]?|crée[zr]?|génère[zr]?"
    r"|pinta|ilustra|imagina|inventa|crea|genera|diseña|compón)"
    r"\s+(?:(?:me|us|mir|uns|nous)\s+)?(?:an?|the|my|our|some|another|one|two|three|this|what|how"
    r"|eine?[nmrs]?|der|die|das|den|meine?[nr]?|wie|une?|le|la|les|des|l['’]|moi|mon|ma|comment"
    r"|un[ao]?s?|el|los|las|mi|cómo)\b)"
    r"|^\W*(?:请|請|帮我|幫我|给我|給我)*(?:画|畫|绘|繪|生成|创作|創作|想象|想像|设计|設計|制作|製作)"
    r"(?!.*(?:什么|什麼|多少|几|幾|吗|嗎|谁|誰|哪|[?？]))",
    re.I,
)

_EXACT = re.compile(
    r"\b(?:chart|graph|plot|diagram|flow\s?chart|histogram|table|timeline|map|list|summary|collage"
    r"|montage|contact\s+sheet|slides?hows?|\w*diagramm\w*|tabelle\w*|karte|liste|schaubild"
    r"|diagramme|tableau|graphique|carte|gráfic[oa]|diagrama|tabla|mapa)\b"
    r"|图表|圖表|流程图|流程圖|折线|柱状|饼图|表格|地图|地圖|列表",
    re.I,
)
"""What is made of what is there, and of nothing else."""


_STYLE = re.compile(
    r"\b(?:re-?)?(?:painted|drawn|rendered|sketched|sculpted|animated|imagined|coloured|colored|sung|played)\s+"
    r"(?:in\s+the\s+(?:style|manner)\s+of|as\s+an?|like)\b"
    r"|\b(?:gemalt|gezeichnet|gesungen|gespielt)\s+(?:im\s+stil|wie|als)\b|\bim\s+stil\s+(?:von|des|der)\b.*"
    r"\b(?:gemalt|gezeichnet|gesungen|gespielt)\b"
    r"|\b(?:peinte?s?|dessinée?s?|chantée?s?)\s+(?:dans\s+le\s+style|à\s+la\s+manière|comme)\b"
    r"|\b(?:pintad[oa]s?|dibujad[oa]s?|cantad[oa]s?)\s+(?:al\s+estilo|como)\b"
    r"|\bas\s+an?\s+(?:watercolou?r|oil\s+painting|cartoon|comic|manga|caricature|pencil\s+sketch"
    r"|pixel\s+art|mosaic|stained\s+glass)\b"
    r"|(?:画|畫|绘|繪|唱|演奏)成.*(?:风格|風格)|用.*(?:风格|風格).*(?:画|畫|绘|繪)",
    re.I,
)
_IN_STYLE = re.compile(
    r"\b(?:in\s+the\s+style\s+of|im\s+stil\b|dans\s+le\s+style|al\s+estilo)", re.I
)

_QUESTION = re.compile(
    r"^\W*(?!(?:can|could|would|will)\s+(?:you|we|i)\b|(?:kannst|könntest)\s+du\b|(?:peux|pourrais)-tu\b"
    r"|(?:puedes|podrías)\b)(?:(?:(?:in|on|at|from|to|with|by|for|of|since|until)\s+)?(?:who|whom|whose"
    r"|what|which|when|where|why|how)\b"
    r"|(?:is|are|was|were|do|does|did|has|have|had|can|could|will|should|must|may)\b"
    r"|(?:wer|wen|wem|wessen|was|welche[rsmn]?|wann|wo|warum|wie|wurden?|ist|sind|waren?|hat|haben)\b"
    r"|(?:qui|que|quoi|quel(?:le)?s?|quand|où|pourquoi|comment|combien|est-ce)\b|qu['’]"
    r"|(?:quién(?:es)?|qué|cuál(?:es)?|cuándo|dónde|cómo|cuánt[oa]s?|por\s+qué)\b"
    r"|.*\?\s*$)"
    r"|谁|誰|什么|什麼|哪|何时|几|幾|多少|吗|嗎|怎么|怎样|为何",
    re.I,
)
"""What asks what was made so, and orders nothing; not: can you."""


def asks_to_create(words: str) -> bool:
    """Whether a question begins by ordering that something be made, other than a chart, a table and
    their like, which show what is there.

    >>> asks_to_create("Draw the lighthouse at night"), asks_to_create("画一只狐狸")
    (True, True)
    >>> asks_to_create("Show me the lighthouse"), asks_to_create("Draw a chart of the tides")
    (False, False)
    >>> asks_to_create("Design load of the bridge?"), asks_to_create("设计速度是多少")
    (False, False)
    """
    return bool(_CREATION.search(words)) and not _EXACT.search(words)


def asks_for_style(words: str) -> bool:
    """Whether a thing is wanted otherwise than it is: painted, drawn, sung in another's manner.

    >>> asks_for_style("The finch painted like a Van Gogh"), asks_for_style("me as a cartoon")
    (True, True)
    >>> asks_for_style("Houses in the style of Gaudí"), asks_for_style("Who played as a child?")
    (False, False)
    """
    if asks_to_create(words):
        return bool(_IN_STYLE.search(words) or _STYLE.search(words))
    return bool(_STYLE.search(words)) and not _QUESTION.search(words)
