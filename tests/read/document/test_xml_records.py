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
    """Entities and CDATA are read, comments told to be some, words beside elements in order."""
    text = (
        '<!DOCTYPE x [<!ENTITY co "Müller &#38; Co">]>\n<o xmlns:a="urn:a"><!-- <a>hidden</a> -->\n'
        '<a:order id="17"><a:item qty="3">Schraube <b>M8</b> lang</a:item>'
        "<note><![CDATA[5 < 6 & ok]]></note></a:order></o>"
    )
    assert xml_records(text.encode(), text) == [
        XmlRecord("<!-- <a>hidden</a> -->", (2, 2), "comment()[1]"),
        XmlRecord(
            "order: id: 17; item: Schraube M8 lang; qty: 3; note: 5 < 6 & ok.", (3, 3), "order"
        ),
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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x &lt;y and z&gt; 3: List&lt;String&gt;", "a: x <y and z> 3: List<String>."),
        ("&lt;p&gt;A List&lt;int&gt; of &lt;b&gt;5&lt;/b&gt;&lt;/p&gt;", "a: A List<int> of 5."),
        ("under<lb/>the mat, in<lb break='no'/>side", "a: under the mat, inside."),
        ("He rose.<note>In 1912.</note>So", "a: He rose. In 1912. So."),
        ("H<sub>2</sub>O", "a: H2O."),
        ("&co; <b>Lund</b>", "a: Acme & Sons Lund."),
        ("<!-- c -->oak <b>ash</b>", "a: oak ash."),
        ("see <screen>a\n  b</screen>", "a: see a\n  b"),
    ],
)
def test_words_of_all_kinds(text: str, words: str) -> None:
    """None is lost, none is glued to the next, and code keeps its lines."""
    doctype = '<!DOCTYPE x [<!ENTITY co "Acme &amp; Sons">]>'
    assert read(f"{doctype}<x><a>{text}</a></x>")[0] == words


def test_empty_fields_and_comments_say_something() -> None:
    """A field by its name; a comment its words, at its lines."""
    assert read("<l><h><name>Mill</name><pool/></h><h/></l>") == ["h: name: Mill; pool.", "h."]
    text = "<!-- by Ann -->\n<c>\n<s><port>80</port><!-- below\n9000 --></s>\n</c>"
    assert xml_records(text.encode(), text) == [
        XmlRecord("by Ann", (1, 1), "comment()[1]"),
        XmlRecord("s: port: 80.", (3, 3), "s"),
        XmlRecord("below 9000", (3, 4), "comment()[2]"),
    ]


@pytest.mark.parametrize(
    "field", ["<p>five words of the text {}</p>", "<k>{}</k>\n<true/>", '<case n="{}" time="1"/>']
)
def test_long_records_are_their_fields(field: str) -> None:
    """Each at its own lines."""
    text = "<x><body>\n" + "".join(field.format(n) + "\n" for n in range(300)) + "</body></x>"
    records = xml_records(text.encode(), text)
    assert [r.lines for r in records] == [(n, n) for n in range(2, len(records) + 2)]


def test_long_fields_leave_the_short_ones_together() -> None:
    """As an entry's title and address."""
    long = "word " * 300
    first, second, *_ = read(f"<c><i><t>T</t><u>U</u><d>{long}</d></i><i><t>V</t></i></c>")
    assert first == "i: t: T; u: U."
    assert second.startswith("d: word word")
