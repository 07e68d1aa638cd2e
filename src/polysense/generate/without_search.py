"""Questions that no library need be searched for: a greeting, plain arithmetic. No passage supports
what is answered, and the answer says so.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping

from polysense.question import Question
from polysense.results import Answer, AnswerPart
from polysense.types import Part, Route

NOT_FROM_THE_LIBRARY = "answered without a search: nothing of the library supports it"
"""What such an answer warns of."""

MAX_DIGITS = 15
"""Digits of a number that is reckoned with; longer ones are codes. Judged."""

_GREETINGS: Mapping[str, str] = {
    "en": r"(?:hello|hi|hey)(?: there| everybody| all)?|good (?:morning|day|afternoon|evening)"
    r"|thanks?(?: you)?(?: very much| a lot)?|how are you(?: today)?",
    "zh": "(?:你好|您好|嗨|早上好|下午好|晚上好|谢谢|谢谢你|多谢)[啊呀吗]?",
    "de": r"hallo(?: zusammen)?|guten (?:tag|morgen|abend)|moin|danke(?: schön)?",
    "fr": r"bonjour|bonsoir|salut|merci(?: beaucoup)?",
    "es": r"hola|buen[oa]s (?:días|tardes|noches)|(?:muchas )?gracias",
}
_REPLIES: Mapping[str, str] = {
    "en": "Hello. Ask me something about the files of this library.",
    "zh": "你好。请问一个关于这个资料库中文件的问题。",
    "de": "Hallo. Fragen Sie etwas über die Dateien dieser Bibliothek.",
    "fr": "Bonjour. Posez une question sur les fichiers de cette bibliothèque.",
    "es": "Hola. Pregunte algo sobre los archivos de esta biblioteca.",
}

_FRAME = re.compile(
    r"^(?:please\s+)?(?:(?:what(?:'s|’s| is| are| does)?|how much (?:is|are|does)|calculate|compute"
    r"|reckon|was (?:ist|sind|ergibt)|wie ?viel (?:ist|sind|ergibt)|rechne"
    r"|combien (?:fait|font)|calcule[rz]?|cuánto (?:es|son|suma)|calcula)\s+|请问|计算|算一下)?"
    r"(?P<sum>.+?)(?:\s*(?:equal|make|等于多少|等于几|是多少|得多少|是几|=)?\s*[=?？.!。]*)$",
    re.I,
)
_WORDS_OF_SUMS = (
    (r"\b(?:times|multiplied by|mal|fois|por)\b|[×·]|乘以|乘", "*"),
    (r"\b(?:divided by|geteilt durch|divisé par|dividido (?:por|entre))\b|÷|除以", "/"),
    (r"\bplus\b|\bmás\b|加上?", "+"),
    (r"\b(?:minus|moins|menos)\b|−|减去?", "-"),
    (r"(?<=\d)\s+x\s+(?=\d)", "*"),
    (r"(?<=\d)\s*(?:%|percent|Prozent)\s+(?:of|von)\s+(?=\d)", "/100*"),
    (r"\^", "**"),
)
_SUM = re.compile(r"[\d\s.+*/()-]+")
_OPERATION = re.compile(r"[\d)]\s*(?:\*\*?|\+|/100\*)\s*[\d(]|[\d)]\s+[-/]\s+[\d(]")
"""3*17 and 3 + 17 are sums; 2024-01-02, 3-17 and 24/7 are names unless they are spaced."""

_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
MAX_EXPONENT = 64


def answer_without_search(question: Question) -> Answer | None:
    """The answer in words to what needs no search; None for any other question."""
    words = question.query_text
    if any(p.modality != "text" or not isinstance(p.data, str) for p in question.query):
        return None
    text = reply_to_greeting(words) or reckon(words)
    if not text:
        return None
    part = AnswerPart(Part("text", text), "composed")
    route, warnings = Route(("text",), "text"), (NOT_FROM_THE_LIBRARY,)
    return Answer((part,), (), True, route, {}, warnings, usage=question.usage)


def reply_to_greeting(words: str) -> str:
    """What is said to a greeting that asks nothing; "" for anything else.

    >>> reply_to_greeting("Hello!")
    'Hello. Ask me something about the files of this library.'
    >>> reply_to_greeting("hello world")
    ''
    """
    text = words.strip(" .,!?。！？¡¿").lower()
    language = next((c for c, greeting in _GREETINGS.items() if re.fullmatch(greeting, text)), "")
    return _REPLIES.get(language, "")


def reckon(words: str) -> str:
    """A sum with its result; "" where the words are no plain sum.

    >>> reckon("what is 3*17?"), reckon("12 % of 50"), reckon("What happened on 2024-01-02?")
    ('3 * 17 = 51', '12 / 100 * 50 = 6', '')
    """
    m = _FRAME.match(words.strip())
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", m["sum"]) if m else ""
    for pattern, sign in _WORDS_OF_SUMS:
        text = re.sub(pattern, sign, text, flags=re.I)
    if not _SUM.fullmatch(text) or not _OPERATION.search(text):
        return ""
    if re.search(rf"\d{{{MAX_DIGITS + 1},}}", text):
        return ""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        value = _value(tree)
    except (SyntaxError, ValueError, ArithmeticError):
        return ""
    return f"{ast.unparse(tree)} = {value:.12g}"


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            a, b = _value(left), _value(right)
            if isinstance(op, ast.Pow) and abs(b) > MAX_EXPONENT:
                raise ValueError
            result = _OPERATORS[type(op)](a, b)
            if isinstance(result, complex):
                raise ValueError
            return result
    raise ValueError
