"""Scripts, and the function words of languages: by which those in Latin letters are told apart,
and which a question's content is without.

One table for who reads words and who speaks them. Function words after Grefenstette, "Comparing two
language identification schemes" (1995): articles, pronouns, prepositions, conjunctions,
auxiliaries, interrogatives, but for those that are spelled as a noun, a verb or a name is (us,
will), where it can be helped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

SCRIPTS: Mapping[str, str] = {
    "ja": "\u3040-\u30ff",
    "zh": "\u2e80-\u2fdf\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "ko": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "ru": "\u0400-\u052f",
    "ar": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
    "he": "\u0590-\u05ff",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
}
"""The letters that stand for one language, as they stand in brackets of a pattern.

Kana alone are Japanese, ideographs Chinese too.
"""

_LATIN_WORD_LISTS = {
    "en": "the of and to in is that it was for on are as with his they at be this from have or "
    "had by but what some we can out were which how when who whom whose where why does did do "
    "about into has not an a i you your my me there their would could should between been its "
    "these those than then he she her him our if so because while whether during through",
    "es": "el la los las de del que y en un una unos unas es por con para se no su al lo como más "
    "pero sus le les ya o este esta estos estas ese esa eso sí porque entre cuando muy sin sobre "
    "también qué cuál cuáles cuándo dónde quién quiénes cómo cuánto cuánta cuántos cuántas fue "
    "fueron son era eran está están ha han hay hasta desde donde quien me te nos mi tu ser",
    "fr": "le la les des du de et en un une est que qui dans pour pas sur au aux avec ce cet cette "
    "ces il elle ils elles sont plus par ne se ou mais nous vous leur leurs son sa ses quel quelle "
    "quels quelles où quand comment pourquoi combien était été étaient a ont y on lui sans sous "
    "entre je tu me mon ma mes qu faut",
    "de": "der die das den dem des und in von zu mit ist im für auf nicht ein eine einer eines "
    "einem einen als auch es an werden aus er hat dass sie nach wird bei um am sind noch wie "
    "über so zum war waren haben nur oder aber vor zur bis was wer wen wem wessen wann welche "
    "welcher welches welchen welchem wo warum wieso wieviel viel wurde wurden ich du wir ihr sein "
    "seine ihre wenn durch gegen ohne unter kann können sich",
    "it": "il lo la gli le di che e un una uno è per con non si da al allo alla del dello della "
    "dei degli delle sono come più ma nel nella nei nelle anche questo questa quale quali quando "
    "dove chi cosa perché quanto quanta quanti quante era erano ha hanno è stato stata sul sulla "
    "su in a i",
    "pt": "o a os as de do da dos das que e em um uma é por com para não se no na nos nas ao aos "
    "à mais como mas foi foram ele ela seu sua quando onde quem qual quais são quanto quanta "
    "quantos quantas porque pelo pela este esta esse essa isso está estão tem têm",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als bij maar door "
    "wordt worden uit naar heeft hebben wat wie waar wanneer waarom hoe welke welk hoeveel deze "
    "dit die ik je hij zij ze we was waren kan kunnen werd over tot",
    "pl": "ale był była było były czy dla do i jak jego jej ich jest są na nie od oraz po przez "
    "się to ten ta te tym tej w we z ze za że o u co kto kiedy gdzie dlaczego który która które "
    "ile lub ma go",
    "sv": "att av de den det en ett från för han hon har hade inte jag med och om på sig som till "
    "var är vad vem när hur varför vilken vilket vilka där kan ska skulle efter vid eller men man",
    "da": "af at de den det en et er for fra ham han har havde hun hvad hvem hvor hvornår hvordan "
    "hvorfor hvilken hvilket i ikke jeg kan med men og om på sig som til var vi ved efter eller",
    "no": "av at de den det en et er for fra ham han har hadde hun hva hvem hvor når hvordan "
    "hvorfor hvilken hvilket i ikke jeg kan med men og om på seg som til var vi ved etter eller",
    "fi": "ja on ei se että oli joka mutta kun kuin myös niin hän ovat olla tai mikä mitä missä "
    "milloin kuka miksi miten kuinka ne tämä jos sen ole",
    "cs": "a v ve na je se že s z ze do o i k ke to jako za po pro by byl byla bylo který která "
    "které od ale jsou co kdo kde kdy proč jak kolik jeho její nebo si aby",
    "hu": "a az és hogy nem is egy van volt ez de meg azt csak mint ki mi hol mikor miért hogyan "
    "milyen melyik vagy el már még ha",
    "ro": "și în de la cu pe este un o a din care nu că pentru se să sunt mai ce al ale cel cea au "
    "fost prin sau unde când cine cum cât câți câte lui ei ca dar după într",
    "tr": "bir bu da daha değil en gibi her ile için kadar mi mı ne olan olarak sonra ve çok "
    "nerede nasıl neden kim kaç hangi o şu ya ki ama",
    "vi": "và của là có được cho không trong một với các những này đó khi để từ đã ở như người "
    "nào gì đâu ai sao bao nhiêu thế vào ra về cũng",
    "id": "yang dan di dari untuk dengan pada ini itu adalah ke tidak dalam akan juga oleh atau "
    "apa siapa mana kapan mengapa bagaimana berapa ada telah saya",
}
_OTHER_WORD_LISTS = {
    "ru": "и в во не на что он она оно они я мы вы с со как а то все так его её ее но да к ко у же "
    "за бы по от о об из ему ей их был была было были быть есть для это этот эта эти тот та те "
    "кто когда где почему какой какая какое какие сколько чем чего куда откуда который которая "
    "ли или до при",
    "uk": "і й в у не на що він вона воно вони я ми ви з зі як а то та його її але до за б по від "
    "о про із їх був була було були бути є для це цей ця ці той хто коли де чому який яка яке які "
    "скільки чи або при",
    "el": "ο η το οι τα του της των τον την και να σε με για από στο στη στην στον στα στις είναι "
    "ήταν που πού πως πώς τι ποιος ποια ποιο ποιοι πότε γιατί πόσο πόσα πόσοι δεν θα ένα μια",
    "ar": "في من على إلى عن ما ماذا متى أين كيف لماذا كم هل هو هي هم أن إن كان كانت التي الذي هذا "
    "هذه ذلك تلك مع أو ثم قد لا لم لن بين بعد قبل أي التى و",
    "he": "של את על אל עם הוא היא הם זה זאת מה מי איפה היכן מתי למה מדוע איך כמה האם לא או גם כי "
    "אשר יש היה היתה",
    "hi": "का की के में है हैं को से पर और ने यह वह कि था थे थी क्या कौन कब कहाँ कहां क्यों कैसे "
    "कितना कितने किस एक हो या भी",
    "zh": "的 了 是 在 和 有 个 被 与 为",
}
FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    code: frozenset(words.split())
    for code, words in {**_LATIN_WORD_LISTS, **_OTHER_WORD_LISTS}.items()
}
"""The function words of a language by its ISO 639-1 code, in lower case; of Chinese, characters."""

_REQUEST_TEXT = (
    "a an the of in on at to for from by with and or is are was were be been do does did what "
    "which who whom whose when where why how that this these those it its as there have has had "
    "can could will would shall should many much any some i you he we they my your me us about "
    "tell show look looks like "
    "的 了 是 在 和 有 什 么 什么 谁 哪 里 哪里 多少 吗 呢 个 被 与 为 何 时 何时 怎 样 怎样 怎么 "
    "哪个 哪些 谁的 为什 哪位 如何 年 元"
)
REQUEST_WORDS = frozenset(_REQUEST_TEXT.split())
"""English and Chinese words of which a request is made and no name of a column, a row or a thing:
for rules that look in a request for such names. Not for searching, where they may be content.
"""

_MAX_IDEOGRAPHS_PER_KANA = 12
"""More than these, and the kana are a quotation in Chinese. Judged, not measured."""

_TOKEN = re.compile(r"[^\W\d_]+")

_LANGUAGES_OF_WORD: dict[str, tuple[str, ...]] = {
    word: tuple(code for code in _LATIN_WORD_LISTS if word in FUNCTION_WORDS[code])
    for code in _LATIN_WORD_LISTS
    for word in FUNCTION_WORDS[code]
}


def count_function_words(text: str) -> Counter[str]:
    """How many words of a text are function words of each language in Latin letters.

    >>> count_function_words("Wo ist das Boot?")["de"]
    3
    """
    return Counter(
        code for token in _TOKEN.findall(text.lower()) for code in _LANGUAGES_OF_WORD.get(token, ())
    )


def is_japanese(kana: int, ideographs: int) -> bool:
    """Whether so many ideographs among so many kana are read as Japanese."""
    return kana > 0 and kana * _MAX_IDEOGRAPHS_PER_KANA > ideographs
