"""Which language words are in: documents by a model, questions without."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.language.detect import detect_language, detect_query_language

PARAGRAPHS = {
    "tr": (
        "Köyün ortasındaki eski çeşme yazın bile kurumaz. Kadınlar sabahları oraya su almaya gelir, "
        "çocuklar da taşların üstünde oynar.",
        "Balıkçılar ağlarını akşamdan onarır, çünkü tekneler gün doğmadan denize açılır.",
        "Kütüphane pazartesi günleri kapalıdır; kitaplar giriş kapısının yanındaki kutuya bırakılır.",
    ),
    "ro": (
        "Moara de la marginea satului macină grâu numai toamna, când apa râului este destul de mare.",
        "Fântâna din curte a fost săpată de bunicul meu și nu a secat niciodată, nici în verile cele "
        "mai calde.",
        "Brutăria se deschide la șase dimineața, iar pâinea caldă se termină înainte de prânz.",
    ),
    "vi": (
        "Chiếc thuyền cũ nằm trên bãi cát suốt mùa đông, đến mùa xuân người ta mới sơn lại nó.",
        "Mỗi buổi sáng bà tôi ra vườn hái rau rồi mang ra chợ bán cho những người quen.",
        "Con đường lên núi rất dốc, nên khách đi bộ phải nghỉ nhiều lần trước khi tới chùa.",
    ),
    "pl": (
        "Młyn nad rzeką działał jeszcze przed wojną, a dziś mieści się w nim niewielkie muzeum.",
        "Każdej jesieni mieszkańcy zbierają jabłka i robią z nich sok, który sprzedają na targu.",
        "Prom odpływa o siódmej rano, jeżeli mgła nie jest zbyt gęsta.",
    ),
    "sv": (
        "Fyrvaktaren tände lampan varje kväll och skrev vädret i sin bok innan han gick och lade sig.",
        "På vintern ligger båtarna i skjulet, och när isen har gått målas de om av byns ungdomar.",
        "Biblioteket stänger klockan åtta, men böcker kan lämnas i luckan bredvid dörren.",
    ),
    "de": (
        "Die Glocke der kleinen Kapelle läutet nur, wenn Nebel über dem See liegt.",
        "Im Keller des Rathauses lagern Urkunden, die niemand seit Jahrzehnten gelesen hat.",
        "Wer den Schlüssel verliert, zahlt zwölf Kronen und bekommt einen neuen vom Hausmeister.",
    ),
    "es": (
        "El molino del valle dejó de funcionar cuando construyeron la carretera nueva.",
        "Los pescadores reparan las redes por la tarde y salen al mar antes de que amanezca.",
        "La biblioteca cierra los lunes, pero los libros pueden dejarse en el buzón de la entrada.",
    ),
    "ru": (
        "Старая мельница стоит у реки, и осенью в ней до сих пор мелют зерно.",
        "Каждое утро рыбаки выходят в море, а вечером чинят сети на берегу.",
        "Библиотека закрыта по понедельникам, книги можно оставить в ящике у входа.",
    ),
    "uk": (
        "Старий млин стоїть біля річки, і восени в ньому й досі мелють зерно.",
        "Щоранку рибалки виходять у море, а ввечері лагодять сіті на березі.",
    ),
    "ar": (
        "تقع الطاحونة القديمة قرب النهر، وما زال أهل القرية يطحنون فيها القمح كل خريف.",
        "يصلح الصيادون شباكهم في المساء ثم يخرجون إلى البحر قبل شروق الشمس.",
        "المكتبة مغلقة يوم الاثنين، ويمكن وضع الكتب في الصندوق بجانب الباب.",
    ),
    "zh": (
        "河边的老磨坊到了秋天还在磨面，村里的人都把麦子送到那里去。",
        "图书馆星期一不开门，要还的书可以放进门口的箱子里。",
        "渡船每天早上七点开，冬天雾大的时候要等到八点。",
    ),
    "en": (
        "The mill by the river grinds wheat in autumn only, when the water is high enough.",
        "Fishermen mend their nets in the evening and put to sea before the sun is up.",
        "Stopping the loom takes a minute.",
    ),
    "fr": (
        "Le moulin de la vallée ne tourne qu'en automne, quand la rivière est assez haute.",
        "La boulangerie ouvre à six heures et le pain chaud est vendu avant midi.",
    ),
    "ja": ("古い水車は秋になると今でも村の小麦をひいています。",),
    "ko": ("마을의 오래된 물레방아는 가을마다 아직도 밀을 빻는다.",),
}


@pytest.mark.parametrize("code", PARAGRAPHS)
def test_paragraphs_of_documents(code: str) -> None:
    """What `where="lang = ..."` finds, and which encoders are put to a text."""
    assert [detect_language(p) for p in PARAGRAPHS[code]] == [code] * len(PARAGRAPHS[code])


NO_LANGUAGE = ["", "42", "?!", "\n\t", "💣", "3.14 + 2", "M8 hex standoff", "Karl Müller", "Tea"]
NO_LANGUAGE += [
    "total 74.90 EUR",
    "door handle",
    "SKU-114 | 9,50 | A4",
    "Ljubljana, Brno, Graz, Győr",
]


@pytest.mark.parametrize("text", NO_LANGUAGE)
def test_what_cannot_be_told(text: str) -> None:
    """Numbers, signs, names, cells and code are in no language: no encoder is kept from them."""
    assert detect_language(text) == ""
    assert detect_query_language(text) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1953年的收据在哪里", "zh"),
        ("收据", "zh"),
        ("東京の天気はどうですか", "ja"),
        ("영수증은 어디에 있습니까", "ko"),
        ("где находится чек", "ru"),
        ("де ключ від маяка, її немає", "uk"),
        ("أين الإيصال", "ar"),
        ("چراغ دریایی کجاست", "fa"),
        ("איפה הקבלה", "he"),
        ("πού είναι η απόδειξη", "el"),
        ("रसीद कहाँ है", "hi"),
        ("ใบเสร็จอยู่ที่ไหน", "th"),
        ("¿dónde está el recibo de la tienda?", "es"),
        ("où est le reçu de la boutique et quand", "fr"),
        ("wo ist der Beleg und wer hat ihn", "de"),
        ("dove sono gli scontrini della città vecchia", "it"),
        ("onde está o recibo que não foi pago", "pt"),
        ("waar is de bon en wat heeft het", "nl"),
        ("what does 收据 mean in the document", "en"),
        ("ｗｈｅｒｅ ｉｓ ｔｈｅ ｋｅｙ ｏｆ ｔｈｅ ｂｏａｔ", "en"),
    ],
)
def test_questions(text: str, code: str) -> None:
    """By script, however short; in Latin letters from six words on. Full-width letters are letters."""
    assert detect_query_language(text) == code


SHORT_QUERIES = [
    "war memorial",
    "pour concrete",
    "no data",
    "die cast",
    "moving van",
    "red bicycle",
]
SHORT_QUERIES += ["con man", "sin tax", "man pages", "pan con tomate", "Wer hat den Turm gebaut?"]


@pytest.mark.parametrize("text", SHORT_QUERIES)
def test_short_queries_are_in_no_language(text: str) -> None:
    """Two words that are function words elsewhere silence no encoder."""
    assert detect_query_language(text) == ""


@given(st.text())
def test_anything_has_a_code_or_none(text: str) -> None:
    """Never an error."""
    assert len(detect_language(text)) in (0, 2)
    assert len(detect_query_language(text)) in (0, 2)


def test_long_text_is_sampled() -> None:
    """A book costs no more than its first page."""
    assert detect_language("the end of it " * 1_000_000) == "en"
    assert detect_query_language("the end of it " * 1_000_000) == "en"


def test_questions_load_no_model() -> None:
    """A search process answers before a model of languages would be there."""
    code = (
        "import sys; from polysense.read.language.analysis import analyse_query; "
        "from polysense.read.language.questions import content_terms; "
        "analyse_query('Wo ist der alte Schlüssel der Sternwarte?'); content_terms('qui a peint'); "
        "sys.exit('py3langid' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_code_is_in_no_foreign_language() -> None:
    """Encoders that read English alone are put to code, whatever its names look like."""
    code = "for i, d in enumerate(des):\n    que[d] += la * el(i)\n    del un[i], il[d]\n"
    assert detect_language(code * 5) in ("", "en")
