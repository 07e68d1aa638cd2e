"""Bytes to words, in whatever encoding."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.file.encoding import MAX_DAMAGE, decode, guess_encoding, wide_encoding

WORDS = "Der Müller mahlt täglich größere Mengen Getreide für die Bäcker der Umgebung."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_marked_encodings(encoding: str) -> None:
    """As they occur, with and without a mark."""
    assert decode((WORDS * 4).encode(encoding)) == WORDS * 4


def test_chinese_encodings() -> None:
    """As Chinese files still are."""
    text = "收据在抽屉里，不要忘记带走。天气很好，我们去公园散步。" * 4
    assert decode(text.encode("gb18030")) == text


@given(st.binary())
def test_anything_decodes(raw: bytes) -> None:
    """Never an error, never a NUL or a carriage return."""
    assert not set(decode(raw)) & {"\0", "\r"}


def test_a_named_encoding_counts_where_it_fits() -> None:
    """Wide ones only where there are zeros; never those that no document is in."""
    assert (
        decode("Größe".encode("cp1252"), "cp1252")
        == decode("Größe".encode("utf-16-le"), "utf-16-le")
        == "Größe"
    )
    for charset in ("utf-16", "ascii", "zlib", "no such", "unicode_escape", "punycode"):
        assert decode(b"na\xc3\xafve \\u0041-", charset) == "naïve \\u0041-"


LEGACY = {
    "cp1252": (
        "The café – “The Gull” – charges 12 € a head",
        "niño",
        "El año pasado, ¿cuántos niños vinieron?",
        "Smörgåsbord på Åland",
        "déjà vu",
        "Preis;Ort\n3,50;Lübeck",
        "São João; 25 °C",
    ),
    "mac_roman": ("déjà vu à la crèche", "Die Brücke über die Förde"),
    "cp850": ("Die Brücke über die Förde ist höher als die Mühle.",),
    "cp1250": (
        "Příliš žluťoučký kůň úpěl ďábelské ódy.",
        "Latarnia morska została zbudowana w 1887 roku na północy.",
        "A világítótorony a sziget északi partján áll, öreg és erős.",
    ),
    "cp1254": ("Deniz feneri 1887 yılında yapıldı, çok güzeldir.",),
    "cp1257": ("Švyturys pastatytas 1887 metais, jis yra ąžuolų miške.",),
    "cp1251": ("Маяк стоит на северном берегу острова.", "Привет"),
    "koi8_r": ("Маяк стоит на северном берегу острова.",),
    "cp866": ("Маяк стоит на северном берегу острова.",),
    "cp1253": ("Ο φάρος χτίστηκε το 1887.",),
    "cp1255": ("הגשר נבנה בשנת 1932",),
    "cp1256": ("بني الجسر عام 1932",),
    "cp874": ("ประภาคารสร้างขึ้นในปี 1887",),
    "gb18030": ("灯塔建于1887年。", "灯塔"),
    "big5": ("燈塔建於一八八七年。",),
    "cp932": ("灯台は1887年に建設された。",),
    "euc_jp": ("灯台は1887年に建設された。",),
    "euc_kr": ("등대는 1887년에 지어졌다.",),
}


@pytest.mark.parametrize(
    ("encoding", "words"), [(e, words) for e, texts in LEGACY.items() for words in texts]
)
def test_legacy_encodings_are_told_by_the_words(encoding: str, words: str) -> None:
    """In few words too: no letter of another alphabet, no box where a letter stood."""
    assert decode(words.encode(encoding)) == words


def test_a_damaged_byte_costs_a_letter() -> None:
    """The good lines of UTF-8 stay as they are."""
    good = "café and naïve and Zürich, 東京\n"
    assert decode(good.encode() * 3 + b"caf\xe9\n") == good * 3 + "caf\ufffd\n"
    assert decode((good * 9).encode()[:-2]).startswith(good * 8)


def test_damage_costs_a_letter_in_old_encodings_too() -> None:
    """Of Japanese and Chinese in whatever encoding; and a long line begins anywhere."""
    text = "灯台は一八八七年に白い石で建設された。" * 20
    for encoding in ("cp932", "euc_jp"):
        raw = text.encode(encoding)
        assert decode(raw[:100] + b"\xff" + raw[100:]).count("灯台") >= 19
    line = '{"id": 1, "text": "' + "x" * 20_000 + "灯台は白い。" * 5
    assert decode(line.encode("cp932")) == line


def test_what_looks_like_damage_may_be_another_encoding() -> None:
    """Chinese of GB 18030 that is characters of UTF-8 by chance, but for three of nine."""
    words = "IPCC 为什么表示歉意？"
    assert MAX_DAMAGE < 0.5
    assert decode(words.encode("gb18030")) == words


def test_what_is_cut_amid_a_character_is_utf_8() -> None:
    """As the first bytes of a file may be; at a file's end it is a letter of another encoding."""
    assert guess_encoding("the bridge über".encode()[:-3], is_cut=True) == "utf-8"
    assert decode("un café".encode("latin-1")) == "un café"


def test_hostile_bytes_cost_little() -> None:
    """Punycode is never decoded, and a sample is enough to tell."""
    began = time.process_time()
    assert decode(b"-" + b"a" * 1_000_000, "punycode")
    assert decode(bytes(range(128, 256)) * 20_000)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["The key is here.\n", "Ключ лежит под камнем.\n", WORDS * 99])
def test_two_bytes_a_letter_without_a_mark(encoding: str, text: str) -> None:
    """As Windows writes them; a stray NUL, or binary numbers, are none."""
    assert decode(text.encode(encoding)) == text
    assert wide_encoding(b"A stray zero\0 stands in it, as it may.") == ""
    for highest in (255, 511):
        numbers = [n % highest + 1 for n in range(0, 14_000, 7)]
        assert wide_encoding(struct.pack("<2000H", *numbers)) == ""
    assert wide_encoding(b"a\0b\0") == ""
    assert wide_encoding("Name\tAge\r\nAnn\t5\f".encode("utf-16-le")) == "utf-16-le"
    assert wide_encoding(bytes(range(256)) * 9) == wide_encoding(b"\1\0\xff\xff" * 99) == ""


def test_what_a_terminal_is_told() -> None:
    """Colours and struck-over letters are not said: words are whole."""
    assert decode(b"\x1b[1;31mdisk full\x1b[0m on \x1b]0;sh\x07sdb") == "disk full on sdb"
    assert decode(b"N\x08NA\x08AM\x08ME\x08E _\x08l_\x08s") == "NAME ls"
