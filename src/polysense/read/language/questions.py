"""What a question asks about: its words without those that only ask.

Nothing that may be content is left out: no word of a phrase, nothing in capitals (US, IT), and of a
question the frame at its head ("where is the", "wie hoch ist") alone. How rare a word is tells BM25
what it is worth; see `_COMMON_WORDS` for the exception.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from polysense.read.language.analysis import terms
from polysense.read.language.detect import MIN_QUERY_WORDS, detect_query_language
from polysense.read.language.folding import fold_case, simplify_han
from polysense.read.language.function_words import FUNCTION_WORDS, count_function_words

_HEAD_WORD_LISTS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "who whom whose what which where when why how",
        "is are was were do does did can could will would shall should has have had may might must "
        "many much long often far exactly to",
        "the a an i you we they one he she it this that these those there any my your our their",
    ),
    "de": (
        "wer wen wem wessen was wo wann warum wieso weshalb wie welche welcher welches welchen "
        "welchem wieviel wieviele woher wohin",
        "ist sind war waren wird werden wurde wurden hat haben hatte kann können muss soll darf "
        "der die das den dem des ein eine einen einem einer ich du er sie es wir ihr man viel "
        "viele lange oft",
    ),
    "fr": (
        "qui que quoi quel quelle quels quelles où quand comment pourquoi combien lequel laquelle "
        "qu est-ce",
        "est sont était étaient a ont avait fut furent sera peut doit le la les l un une des du de "
        "d ce c cette ces il elle ils elles on je tu nous vous t y est-ce que qui",
    ),
    "es": (
        "quién quiénes qué cuál cuáles dónde cuándo cómo cuánto cuánta cuántos cuántas",
        "es son era eran fue fueron está están ha han puede debe el la los las un una unos unas "
        "se me yo tú él ella usted de",
    ),
    "it": (
        "chi che cosa quale quali dove quando come perché quanto quanta quanti quante",
        "è sono era erano fu ha hanno può deve il lo la i gli le l un uno una si cosa",
    ),
    "pt": (
        "quem que qual quais onde quando como quanto quanta quantos quantas",
        "é são era eram foi foram está estão tem têm pode deve o a os as um uma se é que",
    ),
    "nl": (
        "wie wat waar wanneer waarom hoe welke welk hoeveel",
        "is zijn was waren wordt worden werd heeft hebben kan moet de het een ik je hij zij we men "
        "veel lang vaak",
    ),
    "pl": (
        "kto co gdzie kiedy dlaczego jak który która które jaki jaka jakie ile czy",
        "jest są był była było były się można",
    ),
    "sv": (
        "vem vad var när varför hur vilken vilket vilka",
        "är var blev har hade kan ska det den de en ett jag man många mycket",
    ),
    "da": (
        "hvem hvad hvor hvornår hvorfor hvordan hvilken hvilket hvilke",
        "er var blev har havde kan skal det den de en et jeg man mange meget",
    ),
    "no": (
        "hvem hva hvor når hvorfor hvordan hvilken hvilket hvilke",
        "er var ble har hadde kan skal det den de en et jeg man mange mye",
    ),
    "fi": ("kuka mikä mitä missä milloin miksi miten kuinka", "on oli ovat olivat se ne monta"),
    "cs": ("kdo co kde kdy proč jak který která které kolik", "je jsou byl byla bylo byly se"),
    "hu": ("ki mi hol mikor miért hogyan milyen melyik hány mennyi", "van volt a az egy"),
    "ro": ("cine ce unde când cum care cât câtă câți câte", "este sunt era a au fost se un o"),
    "tr": ("kim ne nerede nasıl neden niçin kaç hangi", "bir bu o"),
    "vi": ("ai gì đâu nào sao", "là có"),
    "id": ("siapa apa mana kapan mengapa bagaimana berapa di", "adalah itu ini yang"),
    "ru": (
        "кто что где когда почему как какой какая какое какие сколько чей куда откуда",
        "был была было были есть это ли",
    ),
    "uk": ("хто що де коли чому як який яка яке які скільки чи", "був була було були є це"),
    "el": (
        "ποιος ποια ποιο ποιοι τι πού πότε γιατί πώς πόσο πόσα πόσοι",
        "είναι ήταν ο η το οι τα ένας μια ένα",
    ),
    "ar": ("من ما ماذا متى أين كيف لماذا كم هل أي", "هو هي كان كانت"),
    "he": ("מי מה איפה היכן מתי למה מדוע איך כמה האם", "הוא היא זה היה היתה"),
    "hi": ("क्या कौन कब कहाँ कहां क्यों कैसे कितना कितने किस", "है हैं था थे थी"),
}  # fmt: skip
_HEADS = {
    code: tuple(frozenset(words.split()) for words in (*lists, "")[:3])
    for code, lists in _HEAD_WORD_LISTS.items()
}
"""Language -> (what a question begins with; what may stand behind it, once or more: auxiliaries, in
other languages than English pronouns and articles too; what may stand last, once).
"""

_GERMAN_WAS = re.compile(
    r"\W*was\s+(?:steht|stehen|kostet|kosten|kostete|sagt|sagen|macht|machen|heißt|gibt|gab|bedeutet"
    r"|enthält|enthalten|passiert|passierte|geschah|geschieht|brauche|braucht|brauchen|benötigt|weiß"
    r"|wiegt|zeigt|fehlt|verdient|verdiente|bekam|bekommt|kaufte|schreibt|schrieb)\b",
    re.I,
)
"""German verbs behind "was", which is English too."""

_GERMAN_VERB = re.compile(
    r"\W*(?:darf|dürfen|muss|müssen|kann|können|soll|sollen|gibt|hat|haben|ist|sind|war|waren|wird"
    r"|wurde|wurden)\s+(?:man|ich|wir|ihr|es|er|sie|der|die|das|ein|eine|jemand)\b",
    re.I,
)
"""How a German question begins that wants a yes or a no."""

_CHINESE_VERB = re.compile(
    r"^(?:请问)?(?:可不可以|可以|能不能|能否|是不是|是否|会不会|有没有)(?=[^\W_]{2})"
)
"""The same in Chinese."""

_PREPOSITION_TEXT = (
    "in at on from for by with to of about into under since until during auf mit von für bei an "
    "aus dans de à par pour avec en con por para di da em op van met voor na do od w z на в с от из"
)
_PREPOSITIONS_OF_HEADS = frozenset(_PREPOSITION_TEXT.split())
"""What may stand before an interrogative: in which, from where, mit welchem, en qué."""

_POLITE_FRAME = re.compile(
    r"\s*(?:please\s+)?(?:(?:can|could|would|will)\s+(?:you|we)\s+)?(?:please\s+)?"
    r"(?:(?:tell|show|give)\s+(?:me|us)|do\s+you\s+know|i\s+(?:want|would\s+like|need)\s+to\s+know)"
    r"\b(?:\s+(?:about|please))?\s*,?\s*",
    re.I,
)
"""English frames around a question: could you please tell me."""

_MEAN_FRAME = re.compile(r"(\s*what\s+do(?:es)?\s+\S.*?)\s+mean\s*[?.!]*\s*", re.I | re.S)

_IDEOGRAPHIC = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_IDEOGRAPHIC_ASKING = re.compile(
    "(?:请问)|哪一?(?:段|页|句|处|章|行)(?:里|中|话)?(?:讲到|说到|提到|写到|讲|说)?|(?:请|能否|可以|能)?(?:告诉|跟|给)我(?:们)?(?:看看|说说|说)?|什么时候|为什么|什么|哪里|哪儿|哪些"
    "|哪个|哪位|哪一?(?=[\u4e00-\u9fff])|(?<![茶案])几(?:点钟?|号|时)"
    "|(?<![茶案])几(?=[月日年天次个种条只米元块人位岁楼层小分秒里家两])|多少|怎么样|怎么|怎样|何时|何处|何地"
    "|如何|谁|[吗呢](?=[^\u4e00-\u9fff]|$)"
    "|(?<![\u3041-\u3096])(?:どこ|いつ(?!も)|だれ|なに|なぜ|どう|いくつ|いくら)|誰|(?:です|ます)か"
    "|어디|언제|누가|누구|무엇|왜|어떻게|얼마"
)
"""What only asks in Chinese, Japanese and Korean, in simplified characters."""

_WORD = re.compile(r"[^\W_]+(?:[.,:/-][^\W_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_HEAD_WORD = re.compile(
    r"[\s¿¡\"'“„«(\[]*([^\W\d_]+(?:-(?:ce|il|elle|on|ils))?)(?:['’-]|(?=\W|$))\s*"
)
_ELISION = re.compile(
    r"-t-(?=il|elle|on)|\b(?:[cdjlmnst]|qu|lorsqu|jusqu|dell?|all|nell|sull|un)['’](?=\w)|['’]s\b",
    re.I,
)
"""l'eau, dell'acqua, a-t-il, the tower's."""

_NOUNS = frozenset({"can"})
"""Function words that are nouns as well: they only ask in the frame of a question."""

_COMMON_TEXT = (
    "a an the of in on at to for from by with and or is are was were be been do does did that this "
    "these those its as there have has had"
)
_COMMON_WORDS = frozenset(_COMMON_TEXT.split())
"""English words that full text is not asked for in a question. BM25 alone, nDCG@10 of Cranfield's
225 long questions and R@1 of XQuAD's 612 in English: .375, .936 with this list; with the frame cut
alone .367, .941; with all function words cut .376, .933; with the list of 130 words that was here
before ("us", "it", "will", "handle" among them) .376, .935. In German the frame alone is better
(.882, against .876 with all function words cut).
"""

_ARTICLES = frozenset(["a", "an", "the"])
"""What full text is not asked for in two or three words: where it has none of the others, "a dog
barking" finds each passage with an "a".
"""


def keywords(question: str) -> str:
    """A question without the frame that only asks; all of it where nothing else is left.

    >>> keywords("where is the receipt?"), keywords("who are you")
    ('receipt', 'who are you')
    >>> keywords("a dog barking"), keywords("the who")
    ('dog barking', 'the who')
    >>> keywords("hepatitis A vaccine")
    'hepatitis A vaccine'
    >>> keywords("US exports"), keywords("Where is the IT department?"), keywords("last will")
    ('US exports', 'IT department', 'last will')
    >>> keywords("Wie hoch ist der Turm?"), keywords("¿Dónde está la llave?")
    ('hoch ist der Turm', 'llave')
    """
    rest = _without_frame(question)
    words = _WORD.findall(rest)
    is_short = rest == question and len(words) < MIN_QUERY_WORDS
    if question_language(question) in ("", "en"):
        content = [w for w in words if not _is_function_word(w, _COMMON_WORDS)]
        if is_short:
            content = [w for i, w in enumerate(words) if not _is_article(w, i)]
        words = content if len(content) > 1 else words
    return " ".join(words) or question


def _is_article(word: str, place: int) -> bool:
    """In the middle of words an A is a name: hepatitis A, plan A."""
    return word.lower() in _ARTICLES and (word.islower() or place == 0)


def content_words(text: str) -> str:
    """Of a text in English, or in no certain language, the words that are not common ones; ""
    where none are left.

    >>> content_words("a dog"), content_words("to be")
    ('dog', '')
    """
    if question_language(text) not in ("", "en"):
        return text
    return " ".join(w for w in _WORD.findall(text) if not _is_function_word(w, _COMMON_WORDS))


def content_terms(question: str, language: str = "") -> list[str]:
    """The distinct terms of a question that carry it; all of them where none do.

    Left out are function words of the language that the question is in, by its words or its head;
    what is written in capitals amid small letters (US, IT) is none. `language` is that by which
    `terms` stems, for a comparison with a text in it.

    >>> content_terms("What is the wheel of the wheel?"), content_terms("Wie hoch ist der Turm?")
    (['wheel'], ['hoch', 'turm'])
    >>> content_terms("the US exports"), content_terms("my last will")
    (['us', 'export'], ['last', 'will'])
    """
    return list(_content_terms(question, language))


@lru_cache(maxsize=1 << 10)
def _content_terms(question: str, language: str) -> tuple[str, ...]:
    code = question_language(question) or "en"
    function_words = FUNCTION_WORDS.get(code, frozenset()) - _NOUNS
    rest = _LETTERS.sub(
        lambda m: " " if _is_function_word(m.group(), function_words) else m.group(),
        _ELISION.sub(" ", _without_frame(question)),
    )
    content = (t for t in terms(rest, language) if not (code == "zh" and t in function_words))
    return tuple(dict.fromkeys(content)) or tuple(dict.fromkeys(terms(question, language)))


def comparison_language(question: str, languages: Iterable[str]) -> str:
    """The language by which a question and texts in these languages are both stemmed: the
    question's, else that of most of the texts.

    >>> comparison_language("Mühle", ["de", "de", "en"])
    'de'
    >>> comparison_language("the mill that is beside the brook", ["de"])
    'en'
    """
    language = question_language(question)
    counts = Counter(code for code in languages if code)
    return language or max(counts, key=lambda code: counts[code], default="")


@lru_cache(maxsize=1 << 10)
def question_language(question: str, min_function_words: int = 1) -> str:
    """The language whose function words a question has: as `detect_query_language`, and of a short
    question by the interrogative at its head, if it has so many function words of that language;
    "" where neither tells.

    >>> question_language("Wie hoch ist der Turm?"), question_language("door handle")
    ('de', '')
    >>> question_language("come together"), question_language("come together", 2)
    ('it', '')
    """
    language = detect_query_language(question)
    if language:
        return language
    if _GERMAN_WAS.match(question) or _GERMAN_VERB.match(question):
        return "de"
    counts = count_function_words(question)
    head = _HEAD_WORD.match(question)
    word = fold_case(head[1]) if head else ""
    candidates = [
        code
        for code, (first, *_) in _HEADS.items()
        if word in first
        and counts[code] >= min_function_words
        and (code == "en" or counts[code] > counts["en"])
    ]
    return max(candidates, key=lambda code: counts[code], default="")


def _without_frame(question: str) -> str:
    """A question without what asks at its head, and in scripts without spaces anywhere; all of it
    where nothing else is left.
    """
    text = question
    if _IDEOGRAPHIC.search(question):
        pieces, end = [], 0
        for m in _IDEOGRAPHIC_ASKING.finditer(simplify_han(question)):
            pieces.append(question[end : m.start()])
            end = m.end()
        text = " ".join((*pieces, question[end:]))
    for verb in (_GERMAN_VERB, _CHINESE_VERB):
        text = verb.sub(" ", text, count=1) if verb.match(text) else text
    if polite := _POLITE_FRAME.match(text):
        text = text[polite.end() :]
    if meaning := _MEAN_FRAME.fullmatch(text):
        text = meaning[1]
    text = _without_head(text, question_language(text))
    return text if _WORD.search(text) else question


def _without_head(text: str, language: str) -> str:
    first, between, last = _HEADS.get(language or "en", _HEADS["en"])
    head = _HEAD_WORD.match(text)
    if head and fold_case(head[1]) in _PREPOSITIONS_OF_HEADS:
        behind = _HEAD_WORD.match(text, head.end())
        head = behind if behind and fold_case(behind[1]) in first else head
    if not head or not (_is_small(head[1]) or text.isupper()):  # WHO guidelines
        return text
    word, end = fold_case(head[1]), head.end()
    if word not in first and not (word in between and language in ("", "en")):
        return text
    while (m := _HEAD_WORD.match(text, end)) and _is_function_word(m[1], between):
        end = m.end()
    if m and _is_function_word(m[1], last):
        return text[m.end() :]
    # an auxiliary at the head asks only before a pronoun or an article: not can bus, may report
    return text[end:] if word in first else text


def _is_small(word: str) -> bool:
    """Whether a word is not written in capitals, as US and IT are; one letter tells nothing."""
    return len(word) == 1 or not word.isupper()


def _is_function_word(word: str, function_words: frozenset[str]) -> bool:
    """Capitals make a name of a word; of a question in capitals, they make names of all."""
    return _is_small(word) and fold_case(word) in function_words
