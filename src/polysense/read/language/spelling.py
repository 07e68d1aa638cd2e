"""One spelling of words that British and American English spell differently, the American one:
who asks for a colour finds the color.

Only pairs that are one word: a cheque is no check, a storey no story.
"""

from __future__ import annotations

import re

_OUR_TEXT = (
    "arm behavi cand clang col demean endeav fav ferv flav harb hon hum lab neighb od parl ranc rig"
    " rum sav savi splend tum val vap vig"
)
_RE_TEXT = "calib cent fib goit lit lust meag met och sab sepulch somb spect theat"
_BEGINNINGS_TEXT = (
    "acknowledgement:acknowledgment ageing:aging aluminium:aluminum anaem:anem anaesth:anesth "
    "archaeo:archeo artefact:artifact caesarean:cesarean carburett:carburet coeliac:celiac "
    "cosily:cozily cosiness:coziness cosy:cozy counsellor:counselor diarrhoea:diarrhea "
    "doughnut:donut encyclopaed:encycloped faec:fec foet:fet gynaec:gynec haemat:hemat "
    "haemo:hemo instalment:installment jewellery:jewelry jeweller:jeweler judgement:judgment "
    "leukaem:leukem liquorice:licorice manoeuvre:maneuver manoeuvring:maneuvering "
    "marvellous:marvelous mediaev:mediev mould:mold moustache:mustache oedema:edema "
    "oesoph:esoph oestro:estro orthopaed:orthoped paediatr:pediatr palaeo:paleo plough:plow "
    "practis:practic pyjama:pajama sceptic:skeptic skilful:skillful smoulder:smolder sulph:sulf "
    "wilful:willful woollen:woolen yoghurt:yogurt"
)
_BEGINNINGS = dict(pair.split(":") for pair in _BEGINNINGS_TEXT.split())
_BEGINNING = re.compile("|".join(sorted(_BEGINNINGS, key=len, reverse=True)))
_OUR = re.compile(rf"((?:un|dis|mis|multi)?(?:{'|'.join(_OUR_TEXT.split())}))our")
_RULES = (
    (re.compile(rf"(\w*(?:{'|'.join(_RE_TEXT.split())}))re(s)?"), r"\1er\2"),
    (re.compile(rf"(\w*(?:{'|'.join(_RE_TEXT.split())}))red"), r"\1ered"),
    (re.compile(r"((?:self)?(?:licen|defen|offen|preten))c(e|es|ed|ing|eless)"), r"\1s\2"),
    (re.compile(r"((?:cata|ana|dia|mono|pro|epi|travel)log)ue(s)?"), r"\1\2"),
    (re.compile(r"((?:cata|ana|dia|mono|pro|epi|travel)log)u(ed|ing)"), r"\1\2"),
    (re.compile(r"(gr)e(y(?:s|ed|er|est|ing|ish|ness|scale)?)"), r"\1a\2"),
    (re.compile(r"(t)y(re[sd]?)"), r"\1i\2"),
    (re.compile(r"((?:anal|paral|catal|hydrol|electrol)y)s(e|ed|er|ers|ing)"), r"\1z\2"),
    (re.compile(r"((?:enro|fulfi|insti|disti)l)(s|ment|ments)?"), r"\1l\2"),
    (re.compile(r"(program)me(s)?"), r"\1\2"),
)


def american(word: str) -> str:
    """A word in small letters as Americans spell it; any other as it is.

    >>> [american(w) for w in ("colours", "neighbouring", "kilometre", "licence", "hour", "acre")]
    ['colors', 'neighboring', 'kilometer', 'license', 'hour', 'acre']
    """
    if match := _BEGINNING.match(word):
        return _BEGINNINGS[match.group()] + word[match.end() :]
    if "our" in word and (match := _OUR.match(word)):
        return f"{match[1]}or{word[match.end() :]}"
    for pattern, form in _RULES:
        if match := pattern.fullmatch(word):
            return match.expand(form)
    return word
