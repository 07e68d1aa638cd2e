"""What values a text holds: numbers, amounts of money, durations, dates, names.

By tables of words per language and by script, for telling whether a sentence can be the answer to
"how long", "when", "who": it says nothing about whether the value is the right one. The lists come
from knowledge of the languages; they are judged, not measured.
"""

from __future__ import annotations

import re

_NUMBER_WORDS = (
    # English
    "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred hundreds thousand thousands million millions billion billions trillion dozen dozens "
    "half halves quarter quarters third thirds twice thrice double triple both none "
    # German
    "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig "
    "fünfzig sechzig siebzig achtzig neunzig hundert tausend million millionen milliarde "
    "milliarden dutzend halb halbe hälfte viertel drittel einmal zweimal dreimal doppelt beide "
    "keine "
    # French
    "deux trois quatre cinq sept huit neuf dix onze douze treize quatorze quinze seize vingt "
    "trente quarante cinquante soixante cent cents mille milliers million millions milliard "
    "milliards douzaine moitié demi quart tiers aucun aucune "
    # Spanish, Italian, Portuguese
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte "
    "treinta cuarenta cincuenta sesenta setenta ochenta noventa cien ciento cientos mil millón "
    "millones docena mitad medio ninguno ninguna due tre quattro cinque sei "
    "sette otto nove dieci venti trenta cento mila milione milioni metà dois três quatro sete oito "
    "nove dez vinte cem milhão milhões metade"
)
_COMPOUND = re.compile(
    r"(?:ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und(?:zwan|drei|vier|fünf|sech|sieb|acht"
    r"|neun)\w+ig|\w+(?:zehn|hundert|tausend)\w*"
)
_NUMBER_WORD_SET = frozenset(_NUMBER_WORDS.split())

_ONE = re.compile(
    r"(?<!the )(?<!this )(?<!that )(?<!no )(?<!any)(?<!some)(?<!every)(?<!each )\bone "
    r"(?!of\b|another\b|often\b|can\b|may\b|must\b|should\b|has\b|is\b|day\b)\w"
)
"""One keeper, not one of them, and not what one often hears."""

_ARTICLE = re.compile(r"\b(?:an?|eine?[nr]?|une?|una|uno)\s+([^\W\d_]+)")

_HAN_DIGITS = "零〇一二两兩三四五六七八九十百千万萬亿億半"
_HAN_COUNTED = re.compile(
    rf"(?!一[般起样直些定切致同旦面边向下时共])[{_HAN_DIGITS}]+(?:余|多)?[^\s，。、；：！？,.;:!?的是了在和有]"
)

_DURATION = (
    "second seconds sec secs minute minutes min mins hour hours hr hrs day days night nights week "
    "weeks fortnight month months year years decade decades century centuries millennium moment "
    "forever overnight "
    "sekunde sekunden minute minuten stunde stunden tag tage tagen woche wochen monat monate "
    "monaten jahr jahre jahren jahrzehnt jahrzehnte jahrhundert jahrhunderte "
    "seconde secondes heure heures jour jours semaine semaines mois an ans année années décennie "
    "siècle siècles segundo segundos minuto minutos hora horas día días semana semanas mes meses "
    "año años década siglo siglos secondo secondi ora ore giorno giorni settimana settimane mese "
    "mesi anno anni secolo dia dias ano anos século"
)
_LENGTH = (
    "mm cm dm m km millimetre millimetres millimeter millimeters centimetre centimetres centimeter "
    "centimeters metre metres meter meters kilometre kilometres kilometer kilometers inch inches "
    "foot feet ft yard yards mile miles league leagues storey storeys stories floors "
    "meter metern kilometer zentimeter millimeter zoll fuß meile meilen stockwerke "
    "mètre mètres kilomètre kilomètres centimètre centimètres pied pieds metro metros kilómetro "
    "kilómetros centímetro centímetros metri chilometri acre acres hectare hectares hektar"
)
_MASS = (
    "g kg mg t gram grams gramme grammes kilo kilos kilogram kilograms ton tons tonne tonnes pound "
    "pounds lb lbs ounce ounces oz gramm kilogramm tonnen pfund grammes tonnes gramos kilos "
    "toneladas grammi tonnellate stone"
)
_MONEY = (
    "dollar dollars cent cents euro euros eur usd gbp chf pound pounds pence penny shilling "
    "shillings crown crowns krona kronor krone kroner franc francs franken rupee rupees yen yuan "
    "rmb won peso pesos real reais rubel ruble rubles roubles lira mark marks taler thaler florin "
    "florins guilder guilders gulden ducat ducats zloty forint koruna koron dinar dirham rand "
    "gratis free kostenlos gratuit gratuite gratuito umsonst"
)
_FREQUENCY = (
    "every each daily weekly monthly yearly annually hourly quarterly nightly once twice never "
    "always often rarely per times täglich wöchentlich monatlich jährlich stündlich alle jeden "
    "jede jedes nie immer chaque quotidien quotidiennement hebdomadaire mensuel tous toutes jamais "
    "cada diario diariamente semanal mensual anual nunca ogni ogni"
)
_DATE = (
    "january february march april june july august september october november december jan feb "
    "mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday "
    "sunday mondays tuesdays wednesdays thursdays fridays saturdays sundays spring summer autumn "
    "winter morning noon midday afternoon evening midnight night dawn dusk sunrise sunset easter "
    "christmas century centuries decade today tomorrow yesterday weekend weekends weekdays "
    "after before during since until till while when whenever as once later earlier ago already if "
    "daily weekly monthly yearly every always never now "
    "januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag "
    "freitag samstag sonnabend sonntag montags dienstags mittwochs donnerstags freitags samstags "
    "sonntags frühling frühjahr sommer herbst morgen mittag nachmittag abend mitternacht nacht "
    "ostern weihnachten jahrhundert heute gestern nach vor während seit bis als wenn sobald uhr "
    "immer täglich falls si "
    "janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi "
    "mercredi jeudi vendredi samedi dimanche printemps été automne hiver matin midi soir minuit "
    "nuit pâques noël siècle après avant pendant depuis jusque lorsque quand dès chaque "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "lunes martes miércoles jueves viernes sábado domingo primavera verano otoño invierno mañana "
    "mediodía tarde noche siglo después antes durante desde hasta cuando cada "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre lunedì martedì "
    "mercoledì giovedì venerdì sabato domenica dopo prima quando"
)
_EVENT_TEXT = (
    "after before during since until till while when whenever as once later earlier ago already if "
    "every always never now nach vor während seit bis als wenn sobald immer falls si après avant "
    "pendant depuis jusque lorsque quand dès chaque después antes durante desde hasta cuando cada "
    "dopo prima quando"
)
_EVENT_WORDS = frozenset(_EVENT_TEXT.split())
"""Of the words of _DATE those that tell a time by another event, or no time."""

_HAN_DATE = re.compile(
    rf"[{_HAN_DIGITS}\d](?:年|月|日|号|號|点|點|时|時|世纪|世紀)|周[一二三四五六日末天]|週|星期|礼拜"
    "|[上中下]午|早[上晨]|清晨|凌晨|夜[里晚间]|晚上|傍晚|[春夏秋冬][天季]|世纪|年代|之?[前后後](?:来)?"
    "|期间|時期|时期|时候|当时|时[，,]|每[年月日天周]|今[年天]|去年|明年|昨天|明天|朝|初期|末期"
)
_HAN_MONEY = re.compile(
    rf"[{_HAN_DIGITS}\d][\d,.{_HAN_DIGITS}]*(?:多|余)?(?:元|块|塊|角|分钱|美元|欧元|英镑|日元|港币|文)|[¥￥$€£]|免费|免費"
)
_HAN_DURATION = re.compile(
    rf"[{_HAN_DIGITS}\d数多](?:多|余)?个?(?:秒|分钟?|小时|小時|天|日|周|星期|月|年|世纪|季)"
)
_HAN_LENGTH = re.compile(rf"[{_HAN_DIGITS}\d](?:多|余)?(?:毫|厘|分|千|公)?(?:米|里|尺|寸|丈|层|層)")
_HAN_MASS = re.compile(rf"[{_HAN_DIGITS}\d](?:多|余)?(?:毫克|千克|公斤|克|斤|两|吨|噸)")

_FREE_OF = re.compile(
    r"\bfree\s+(?:from|of\s+(?!charge|cost|fees?\b))|\w-free\b|\b(?:error|defect|duty|tax|risk)\s+free\b",
    re.I,
)
"""What lacks something else than a price."""

_CURRENCY_SIGN = re.compile(r"[$€£¥₹₽￥]")
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_NUMERAL = re.compile(r"\d+(?:[.,:/-]\d+)*")
_HAN = re.compile("[\u3400-\u9fff]")
_YEAR = re.compile(r"(?<![\d.,])(?:1\d|20|21)\d\d(?![\d]|[.,]\d)")
_DAY = re.compile(
    r"\d{1,4}[./-]\d{1,2}(?!\d)|\b\d{1,2}\.? may\b|\bmay \d{1,2}\b|\b\d{1,2}(?:st|nd|rd|th|er|º)\b",
    re.I,
)
_MAY = re.compile(
    r"\b(?i:in|of|each|every|last|next|this|until|till|since|by|from|to|early|mid|late|between|during"
    r"|before|after)[ -]May\b(?!\s+(?:I|we|you|they|he|she|it|be)\b)"
)
"""The month, which is written as a verb is."""

_HOURS = {
    "en": "(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)",
    "de": "(?:eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)",
    "fr": "(?:une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze)",
    "es": "(?:una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)",
}
"""The hours of a clock in words; "at one" is mostly of something."""

_NOT_OF_THINGS = (
    r"(?!\s+(?:per|percent|of|other|different|more|hundred|thousand|million)\b|\s+[^\W\d_]{3,}s\b)"
)

_CLOCK = re.compile(
    r"\b\d{1,2}[:.h]\d\d\b|\b\d{1,2}\s*(?:a\.?m\.?|p\.?m\.?|o'clock|uhr|h)\b|o['’]clock|noon"
    rf"|midnight|[{_HAN_DIGITS}\d](?:点|點|时(?!代|期|候)|時)"
    rf"|\bat\s+(?:(?:half past|(?:a )?quarter (?:past|to))\s+)?{_HOURS['en']}\b{_NOT_OF_THINGS}"
    rf"|\bum\s+(?:(?:halb|viertel (?:nach|vor))\s+)?{_HOURS['de']}\b"
    rf"(?!\s+(?:(?-i:(?!Uhr\b)[A-ZÄÖÜ])|(?:hundert|tausend|million)))"
    rf"|\bà\s+{_HOURS['fr']}\s+heures?\b|\ba\s+las?\s+{_HOURS['es']}\b{_NOT_OF_THINGS}",
    re.I,
)
_UNIT_AT_NUMBER = re.compile(r"\d\s?([^\W\d_]{1,14}|%|‰|°)")

_CALENDAR_TEXT = (
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday janvier février mars avril mai juin juillet "
    "août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "lunes martes miércoles jueves viernes sábado domingo januar februar märz juni juli oktober "
    "dezember"
)
CALENDAR = frozenset(_CALENDAR_TEXT.split())
"""Months and weekdays, which are written in other ways as well: no names."""

_SETS: dict[str, frozenset[str]] = {
    "duration": frozenset(_DURATION.split()),
    "length": frozenset(_LENGTH.split()),
    "mass": frozenset(_MASS.split()),
    "money": frozenset(_MONEY.split()),
    "frequency": frozenset(_FREQUENCY.split()),
    "date": frozenset(_DATE.split()),
}
_HAN_PATTERNS = {
    "duration": _HAN_DURATION,
    "length": _HAN_LENGTH,
    "mass": _HAN_MASS,
    "money": _HAN_MONEY,
    "date": _HAN_DATE,
}


def unit_kind(word: str) -> str:
    """What a unit measures: duration, length, mass or money; "" where it is in no table.

    >>> unit_kind("grams"), unit_kind("weeks"), unit_kind("chairs")
    ('mass', 'duration', '')
    """
    word = word.lower()
    return next((k for k in ("duration", "length", "mass", "money") if word in _SETS[k]), "")


def has_number(text: str) -> bool:
    """Whether a text says how many or how much: in digits or words, or that none or all are.

    >>> has_number("23 m"), has_number("a dozen eggs"), has_number("滴水三年"), has_number("Eggs")
    (True, True, True, False)
    """
    if _DIGIT.search(text) or _HAN_COUNTED.search(text):
        return True
    lower = text.lower()
    if _ONE.search(lower) or any(unit_kind(m) for m in _ARTICLE.findall(lower)):
        return True
    words = _words(text)
    return bool(words & _NUMBER_WORD_SET) or any(_COMPOUND.fullmatch(w) for w in words)


_COST_TEXT = (
    "cost costs price prices priced fee fees fare fares toll tolls rent rents charge charges pay "
    "pays paid tariff salary wage wages income revenue sales profit kosten kostet preis preise "
    "gebühr miete eintritt lohn gehalt zahlen zahlt coût coûte coûtent prix tarif loyer salaire "
    "frais costo coste cuesta cuestan precio precios tarifa alquiler sueldo total totals amount "
    "balance due gesamt summe betrag montant importe"
)
_COST = frozenset(_COST_TEXT.split())
_HAN_COST = re.compile("价|票|费|费用|租金|收费|工资|钱|合计|总计|小计|总额|金额")


def has_cost(text: str) -> bool:
    """Whether a text speaks of a price, a fee or an income."""
    return bool(_words(text) & _COST) or bool(_HAN_COST.search(text))


def has_money(text: str) -> bool:
    """Whether a text names a currency, or says that something is free.

    >>> has_money("Entry is free."), has_money("free of charge"), has_money("free from defects")
    (True, True, False)
    """
    text = _FREE_OF.sub(" ", text)
    if _CURRENCY_SIGN.search(text) or _HAN_MONEY.search(text):
        return True
    return bool(_words(text) & _SETS["money"])


def has_unit_of(kind: str, text: str) -> bool:
    """Whether a text has a unit of a duration, length or mass, or a currency."""
    if kind == "money":
        return has_money(text)
    pattern = _HAN_PATTERNS.get(kind)
    if pattern and pattern.search(text):
        return True
    words = _words(text) | {m.lower() for m in _UNIT_AT_NUMBER.findall(text)}
    return bool(words & _SETS[kind])


def has_date(text: str) -> bool:
    """Whether a text says when: a date, year, season, time of day, or by another event.

    >>> has_date("It opened in 1887."), has_date("凌晨两点更新"), has_date("It is red.")
    (True, True, False)
    """
    if _YEAR.search(text) or _CLOCK.search(text) or _HAN_DATE.search(text):
        return True
    return bool(_words(text) & _SETS["date"] or _DAY.search(text) or _MAY.search(text))


def has_calendar_date(text: str) -> bool:
    """Whether a text has a day, a month, a season or a year by its name or number: what is asked
    for as a date, and not as the time of another event.

    >>> has_calendar_date("on 14 October"), has_calendar_date("while some see it")
    (True, False)
    """
    names = _words(text) & (_SETS["date"] - _EVENT_WORDS)
    return bool(names or any(p.search(text) for p in (_YEAR, _DAY, _MAY, _HAN_DATE)))


def has_unspaced_script(text: str) -> bool:
    """Whether a text has ideographs."""
    return _HAN.search(text) is not None


def without_words(text: str, words: str) -> str:
    """A text without the words and numbers that `words` has as well.

    >>> without_words("How many go in is open; put in 16.", "How many go in?").split()
    ['is', 'open;', 'put', '16.']
    """
    own_words = frozenset(_WORD.findall(words.lower())) | frozenset(_NUMERAL.findall(words))
    text = _NUMERAL.sub(lambda m: " " if m.group() in own_words else m.group(), text)
    return _WORD.sub(lambda m: " " if m.group().lower() in own_words else m.group(), text)


def has_year(text: str) -> bool:
    """Whether a text has a number that may be a year, or a Chinese one."""
    return bool(_YEAR.search(text)) or bool(re.search(rf"[{_HAN_DIGITS}\d]{{1,4}}年", text))


def has_clock(text: str) -> bool:
    """Whether a text has a time of day."""
    return _CLOCK.search(text) is not None or bool(_words(text) & _SETS["date"])


def has_frequency(text: str) -> bool:
    """Whether a text says how often."""
    return has_number(text) or bool(_words(text) & _SETS["frequency"]) or "每" in text


NOUNS_IN_CAPITALS = frozenset(("de", "lb"))
"""Languages that write every noun with a capital, so that one does not make a name."""


def names_in(text: str) -> list[str]:
    """Words that are written as names: in capitals, or with one where no sentence begins.

    >>> names_in("The plans were drawn by Tamsin Orrock for NATO.")
    ['Tamsin', 'Orrock', 'NATO']
    """
    return [
        m.group()
        for m in _WORD.finditer(text)
        if m.group()[0].isupper()
        and m.group().lower() not in _SETS["date"] | CALENDAR
        and (not _begins_sentence(text, m.start()) or (len(m.group()) > 1 and m.group().isupper()))
    ]


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t\"'“”‘’«»([*_#>-")
    return not before or before[-1] in ".!?:\n。！？：；"


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))
