"""XML to lines of words."""

from __future__ import annotations

import time

import pytest

from polysense.read.document.xml_records import XmlRecord, xml_records


def read(text: str) -> list[str]:
    return [record.text for record in xml_records(text.encode(), text)]


def test_a_feed() -> None:
    """What each entry says is together; a page in it is its words."""
    records = read(
        "<rss><channel><title>Bee</title>"
        "<item><title>Hive 9</title><description>&lt;p&gt;At &lt;b&gt;noon&lt;/b&gt;</description>"
        "</item><item><title>Hive 10</title></item></channel></rss>"
    )
    assert records == [
        "channel: title: Bee.",
        "item: title: Hive 9; description: At noon.",
        "item: title: Hive 10.",
    ]


def test_references_comments_and_mixed_words() -> None:
    """Entities and CDATA are read, comments are not, words beside elements stay in order."""
    text = (
        '<!DOCTYPE x [<!ENTITY co "Müller &#38; Co">]>\n<o xmlns:a="urn:a"><!-- <a>hidden</a> -->\n'
        '<a:order id="17"><a:item qty="3">Schraube <b>M8</b> lang</a:item>'
        "<note><![CDATA[5 < 6 & ok]]></note></a:order></o>"
    )
    assert xml_records(text.encode(), text) == [
        XmlRecord(
            "order: id: 17; item: Schraube M8 lang; qty: 3; note: 5 < 6 & ok.", (3, 3), "order"
        )
    ]
    assert read('<!DOCTYPE x [<!ENTITY co "Lund">]><x><by>&co;</by><n>1</n></x>')[0] == "by: Lund."


def test_a_wrong_encoding_is_no_hindrance() -> None:
    """The letters decide, not what the declaration says."""
    raw = '<?xml version="1.0" encoding="utf-8"?><a><b>Müller</b></a>'.encode("latin-1")
    assert [r.text for r in xml_records(raw, raw.decode("latin-1"))] == ["b: Müller."]


def test_paths_and_bytes() -> None:
    """The way tells one from the others; letters that stand for bytes are cut short."""
    text = "<l><e><k>a</k><v>1</v></e><e><k>b</k><v>" + "A" * 999 + "</v></e></l>"
    first, second = xml_records(text.encode(), text)
    assert (first.path, second.path) == ("e[1]", "e[2]")
    assert len(second.text) < 99


@pytest.mark.parametrize("text", ["<a><b></a>", "", "<a", "words"])
def test_what_is_no_xml(text: str) -> None:
    """Is told."""
    with pytest.raises(ValueError, match="no well-formed"):
        read(text)


def test_deep_and_hostile_files() -> None:
    """Neither entities within entities nor depth take long."""
    assert read('<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><x><y>&c;</y></x>') != []
    deep = "<a>" * 200 + "x" + "</a>" * 200
    assert read(deep) == ["a: a: x."]


def test_many_fields_cost_little() -> None:
    """Each of another name, beside what is nested."""
    fields = "".join(f"<k{n}>v</k{n}>" for n in range(20_000))
    began = time.process_time()
    assert read(f"<a>{fields}<b><c><d>1</d></c></b></a>")[-1].endswith("d: 1.")
    assert time.process_time() - began < 5
