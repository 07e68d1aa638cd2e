"""What kind of answer a question expects: a duration, an amount, a person, a date, a reason.

Answer typing as in Li & Roth, "Learning question classifiers" (COLING 2002), with tables of
interrogatives for each language in place of a learned classifier: they say what they cover.
"""

from __future__ import annotations

import re
from functools import cache

from polysense.question import AnswerKind
from polysense.read.language.values import unit_kind

_Rows = tuple[tuple[str, AnswerKind], ...]

_COST_EN = (
    r"(?:cost|charge|charged|pay|paid|worth|price|priced|spend|spent|earn|fee|fare|toll|rent)"
)
_MEASURE_EN = (
    r"(?:number|amount|percentage|percent|population|total|average|income|revenues?|profit|loss"
    r"|sales|expenses?|costs?|height|width|length|depth|weight|size|age|speed|temperature|distance"
    r"|area|volume|capacity|rate|ratio|score|balance|value)"
)
_NUMERIC_EN = (
    r"(?:radius|diameter|circumference|height|width|length|depth|thickness|weight|speed|temperature"
    r"|pressure|voltage|wattage|torque|distance|threshold|percentage"
    r"|(?:window|sample|batch|file|font|page|image|grid) size)"
)
"""What is told by a number, whichever verb it is asked with."""

_ENGLISH: _Rows = (
    (rf"how much\b.{{0,80}}\b{_COST_EN}", "money"),
    (r"(?:what|which)(?:'s| is| was| are| were)? the (?:\w+ ){0,3}?(?:price|cost|fare|fee|toll|rent"
     r"|salary|wage)s?\b", "money"),
    (r"how much (?:is|are|was|were) (?:the|an?|one|your|this)\b", "money"),
    (r"how (?:much|many) (?:time|seconds|minutes|hours|days|weeks|months|years)\b", "duration"),
    (r"how long (?:is|was|are|were) (?!it (?:going|allowed))", "extent"),
    (r"(?:for )?how long\b", "duration"),
    (r"how (?:tall|high|deep|wide|far|thick|broad|large|big)\b", "length"),
    (r"how (?:heavy|much (?:do|does|did) .{1,60}\bweigh)", "mass"),
    (r"(?:what|which)(?: is| was| are| were) the (?:\w+ )?weight", "mass"),
    (r"how old\b", "amount"),
    (r"how often\b|how frequently\b", "frequency"),
    (r"how (?:many|much)\b|(?:what|which) (?:number|amount|percentage|percent|share|proportion"
     r"|fraction|quantity)\b|(?:what|which)(?:'s| is| was| are| were) (?:the )?(?:[\w'-]+ ){0,3}?"
     rf"{_MEASURE_EN}\b", "amount"),
    (rf"(?:at |by |to |with |of )?(?:what|which) (?:\w+ )?{_NUMERIC_EN} (?:do|does|did|is|was|are"
     r"|were|has|have|had|can|could|should|must|will|would)\b", "amount"),
    (r"(?:in |since |until |by |from )?(?:what|which) year\b", "year"),
    (r"(?:what|which)(?:'s| is| was)(?: the)? (?:date|day)\b", "date"),
    (r"(?:at )?what time\b|(?:at )?(?:what|which) hour\b", "clock"),
    (r"when\b.{1,80}\b(?:mentioned|said|shown|named|discussed|heard|seen|appears?|talk(?:s|ed)?"
     r"|speaks?)\b", "place"),
    (r"(?:since |until |from )?when\b|(?:on |in |during )?(?:what|which) (?:date|day|month|decade"
     r"|century|season|weekday)s?\b", "date"),
    (r"(?:by |to |from |with |for |of )?(?:who|whom|whose)\b", "person"),
    (r"where\b|(?:in |at |to |from )?(?:what|which) (?:place|city|town|country|street|village|state"
     r"|location)\b", "place"),
    (r"why\b|for what reason\b|what(?: is| was)? the reason\b", "reason"),
    (r"how (?:do|does|did|can|could|should|is|are|was|were|to)\b|in what way\b", "manner"),
    (r"what(?: is|'s| are) (?:an? |the )?(?:meant by |definition of )?[\w-]+(?: [\w-]+){0,3}\s*\??$"
     r"|what does .{1,60} mean\b|define\b", "definition"),
    (r"(?:is|are|was|were|do|does|did|can|could|may|must|should|has|have|had|will|would) ",
     "yes-no"),
)  # fmt: skip
_GERMAN: _Rows = (
    (r"(?:wie ?viel|was)\b.{0,80}\b(?:kostet|kosten|kostete|bezahlt|zahlt|verdient)", "money"),
    (r"(?:was|wie hoch) (?:ist|sind|war) (?:der|die|das) (?:preis|kosten|eintritt|gebühr|miete)\w*",
     "money"),
    (r"wie lang (?:ist|sind|war|waren)\b", "extent"),
    (r"wie lange\b", "duration"),
    (r"wie (?:hoch|tief|breit|weit|groß|dick)\b", "length"),
    (r"wie schwer\b|wie ?viel .{1,60}\bwieg", "mass"),
    (r"wie (?:oft|häufig)\b", "frequency"),
    (r"wie ?viele?\b|wie alt\b|welcher anteil\b", "amount"),
    (r"(?:in |seit |ab |bis )?(?:welchem|welches) jahr\b", "year"),
    (r"(?:um )?wie ?viel uhr\b", "clock"),
    (r"(?:seit |bis |ab )?wann\b|an welchem tag\b|in welchem (?:monat|jahrhundert)\b", "date"),
    (r"(?:von |mit |für |zu )?(?:wer|wen|wem|wessen)\b", "person"),
    (r"(?:wo|woher|wohin)\b|in welche[mr] (?:stadt|land|ort|straße)\b", "place"),
    (r"(?:warum|wieso|weshalb|aus welchem grund)\b", "reason"),
    (r"wie (?:wird|werden|kann|macht|funktioniert)\b|womit\b|wodurch\b", "manner"),
    (r"was (?:ist|sind|bedeutet|heißt) (?:ein |eine |der |die |das )?[\w-]+\s*\??$", "definition"),
)  # fmt: skip
_FRENCH: _Rows = (
    (r"combien\b.{0,80}\b(?:coûte|coûtent|coûtait|payer|paie|gagne)|quel(?:le)? est le (?:prix|coût"
     r"|tarif|loyer)", "money"),
    (r"(?:pendant |depuis )?combien de temps\b", "duration"),
    (r"quelle(?: est| était)? la (?:hauteur|longueur|largeur|profondeur|distance|taille)\b",
     "length"),
    (r"quel(?: est| était)? le poids\b|combien .{1,40}\bpèse", "mass"),
    (r"à quelle fréquence\b|combien de fois\b", "frequency"),
    (r"combien\b|quel(?:le)? (?:nombre|pourcentage|âge|proportion)\b", "amount"),
    (r"(?:en |depuis )?quelle année\b", "year"),
    (r"à quelle heure\b", "clock"),
    (r"(?:depuis |jusqu'à )?quand\b|quel jour\b|quelle date\b|(?:au |en )?quel (?:mois|siècle)\b",
     "date"),
    (r"(?:à |de |par |avec |pour )?qui\b", "person"),
    (r"(?:d'|par )?où\b|dans quel(?:le)? (?:ville|pays|rue|lieu)\b", "place"),
    (r"pourquoi\b", "reason"),
    (r"comment\b", "manner"),
    (r"qu'est-ce qu(?:e|'un|'une)\b", "definition"),
)  # fmt: skip
_SPANISH: _Rows = (
    (r"cuánto\b.{0,80}\b(?:cuesta|cuestan|costaba|costó|paga|gana|vale)|cuál es el (?:precio|coste"
     r"|costo|alquiler)", "money"),
    (r"(?:por |durante )?cuánto tiempo\b|cuántos (?:minutos|días|años|meses)|cuántas (?:horas"
     r"|semanas)", "duration"),
    (r"qué (?:altura|longitud|anchura|profundidad|distancia)\b|a qué distancia\b", "length"),
    (r"cuánto pesa\b|qué peso\b", "mass"),
    (r"con qué frecuencia\b|cuántas veces\b|cada cuánto\b", "frequency"),
    (r"cuánt[oa]s?\b|qué (?:número|cantidad|porcentaje|edad)\b", "amount"),
    (r"(?:en |desde )?qué año\b", "year"),
    (r"a qué hora\b", "clock"),
    (r"(?:desde |hasta )?cuándo\b|(?:en |de )?qué (?:fecha|día|mes|siglo)\b", "date"),
    (r"(?:a |de |por |con |para )?quién(?:es)?\b", "person"),
    (r"(?:de |a |por |en )?(?:dónde|adónde)\b|en qué (?:ciudad|país|lugar|calle)\b", "place"),
    (r"por qué\b", "reason"),
    (r"cómo\b", "manner"),
    (r"qué (?:es|son) (?:un |una |el |la )?[\w-]+\s*\??$", "definition"),
)  # fmt: skip
_CHINESE: _Rows = (
    (r"多少[钱錢元]|[几幾][元块塊]|(?:价格|售价|票价|费用|租金|价钱)(?:是|为)?(?:多少|几)",
     "money"),
    (r"多(?:久|长时间|少(?:天|年|个月|小时)).{0,8}一次|(?:多少|几)次|频率", "frequency"),
    (r"多久|多长时间|多長時間|(?:多少|几|幾)个?(?:秒|分钟|小时|小時|天|周|星期|月|年)(?!代|级|前)",
     "duration"),
    (r"多(?:高|长|長|宽|寬|深|远|遠|厚)|(?:高|长|宽|深)(?:是|为)?多少", "length"),
    (r"多重|(?:重|重量)(?:是|为)?多少", "mass"),
    (r"哪一?年|(?:何|什么|哪个)年份?", "year"),
    (r"[几幾](?:点|點|时|時)|什么时间", "clock"),
    (r"(?:什么时候|何时).{0,20}(?:提到|说到|讲到|出现|谈到)", "place"),
    (r"什么时候|什麼時候|何时|何時|(?:几|幾|哪一?)(?:月|号|號|日|天)|哪个(?:时期|世纪|年代|月|季节)"
     r"|什么时期", "date"),
    (r"多少|[几幾](?=[个個种種条條只隻本名位人台部座间間张張所家岁歲倍度])|百分之几|多大",
     "amount"),
    (r"谁|誰|哪位|何人|哪个人|什么人|哪一?位", "person"),
    (r"哪里|哪裡|哪儿|何处|何處|什么地方|哪个(?:城市|国家|省|地方|地区)|哪一?[国省市]", "place"),
    (r"为什么|為什麼|为何|為何|何故|什么原因|原因是什么", "reason"),
    (r"怎么|怎麼|怎样|怎樣|如何", "manner"),
    (r"(?:什么|什麼)(?:是|叫做?)[^，,]{1,12}[？?]?$|^[^，,的]{1,12}是(?:什么|什麼)[？?]?$|是什么意思",
     "definition"),
    (r"[吗嗎](?:[？?]|$)|是不是|有没有|能不能|会不会", "yes-no"),
)  # fmt: skip

_INTERROGATIVE = re.compile(
    r"(?:what|which|who|whose|whom|where|when|why|how|was|welche\w*|wer|wo|wann|wie|warum|quel\w*|que"
    r"|qui|où|quand|comment|qué|cuál\w*|quién|dónde|cómo|cuándo)\b"
)
_ANYWHERE = frozenset({"zh"})
"""Languages in which an interrogative stands where its answer would stand, not at the head."""

_TABLES: dict[str, _Rows] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "fr": _FRENCH,
    "es": _SPANISH,
    "zh": _CHINESE,
}
_CLAUSE = re.compile(r"[,;:，；：]\s*|\b(?:and|und|et|y)\s+")
_UNITS_ASKED = re.compile(r"\b(?:how many|wie ?viele?|combien de|cuánt[oa]s) ([^\W\d_]+)")
_IDEOGRAPHIC = re.compile("[\u3400-\u9fff]")


def answer_kind(words: str, language: str = "") -> AnswerKind:
    """The kind of answer that a question expects; "" where its words do not tell.

    The interrogative is looked for at the head of the question, then at those of its clauses ("In
    the north, how many ..."), then anywhere.

    >>> answer_kind("How many grams of coffee go into the filter?"), answer_kind("渡船几点开？")
    ('mass', 'clock')
    >>> answer_kind("Wer hat die Sternwarte gebaut?", "de"), answer_kind("door handle")
    ('person', '')
    """
    text = " ".join(words.lower().split()).strip(" ¿¡\"'“„«(")
    if not text:
        return ""
    if units := _UNITS_ASKED.search(text):
        kind = unit_kind(units[1])
        if kind in ("duration", "length", "mass", "money"):
            return kind  # type: ignore[return-value]
    if _IDEOGRAPHIC.search(text):
        return _first(text, "zh", anywhere=True)
    code = language if language in _TABLES else "en"
    heads = [text, *(text[m.end() :] for m in _CLAUSE.finditer(text))]
    for head in heads:
        if kind := _first(head, code, anywhere=False):
            return kind
    # "what happens when": what follows is no question of its own, nor is it in a statement
    if _INTERROGATIVE.match(text) or not text.endswith("?"):
        return ""
    # an auxiliary in mid-sentence asks nothing: only what begins a question does
    kind = _first(text, code, anywhere=True)
    return "" if kind in ("yes-no", "definition", "manner") else kind


def _first(text: str, code: str, anywhere: bool) -> AnswerKind:
    for pattern, kind in _patterns(code):
        match = pattern.search(text) if anywhere else pattern.match(text)
        if match:
            return kind
    return ""


@cache
def _patterns(code: str) -> tuple[tuple[re.Pattern[str], AnswerKind], ...]:
    edge = "" if code in _ANYWHERE else r"\b"
    return tuple((re.compile(f"{edge}(?:{p})"), kind) for p, kind in _TABLES[code])
