"""The check of sentences against what they cite: what is false is caught, what is true stays, in the
words that a model may choose.
"""

from __future__ import annotations

import pytest

from polysense.generate.citations.check import citations, faults, is_translation

TOWER = (
    "The tower is built of local granite and is 23 metres tall from the rock to the lamp. It "
    "was drawn by Tamsin Orrock in 1887, but it does not open on Mondays. A ticket costs "
    "$1,250.50, and one of type E-17 takes twelve weeks. In 2019 it had 1,198,400 visitors, "
    "35 per cent more than the year before. The lamp was first lit on 3 March 1888 at 9:30 "
    "pm. Dogs are not allowed on the gallery. The keeper, employed by the United States "
    "Lighthouse Board (USLB), never married."
)
ZH_TOWER = (
    "灯塔高23米，由陈美兴在1887年3月建成，耗资150万元。星期一不开放。门票四元，儿童免"
    "费。2019年约有120万人参观，比上一年增长了35%。登塔需走二百零六级台阶。塔内禁止吸"
    "烟。"
)
DE_TOWER = (
    "Der Leuchtturm ist 23 Meter hoch und besteht aus heimischem Granit. Er wurde 1887 von "
    "Tamsin Orrock entworfen. Montags ist er nicht geöffnet. Im Jahr 2019 kamen 1.198.400 "
    "Besucher, 35 Prozent mehr als im Vorjahr. Der Eintritt kostet 4,50 Euro. Die Lampe wurde "
    "am 3. März 1888 zum ersten Mal angezündet."
)
LAKE = (
    "Lake Vesna lies at an altitude of 1,842 metres in the Kolar Range and covers about 3.4 "
    "square kilometres. Its greatest depth, 61 metres, was measured by the hydrologist Marta "
    "Dulic in August 1963. The lake is fed by two streams and drains into the Orla. It "
    "freezes over from December to April, and swimming is prohibited throughout the year "
    "because the water supplies the town of Brezno (population 12,750). No motor boats have "
    "been permitted since 2004. A ferry with 45 seats crosses it every 40 minutes between 8 "
    "a.m. and 6 p.m.; the crossing takes a quarter of an hour and costs €3.20. Fish stocks "
    "fell from 90 tonnes in 1970 to 27 tonnes in 2015, mainly because of acid rain."
)
ZH_LAKE = (
    "维斯纳湖海拔1842米，面积约3.4平方公里。1963年8月，水文学家杜丽测得其最大深度为"
    "61米。湖水供应布雷兹诺镇一万二千七百五十名居民，因此全年禁止游泳。自2004年起不允许机"
    "动船驶入。渡轮有45个座位，每40分钟一班，票价3.2欧元。1970年鱼类存量为90吨，到"
    "2015年降至27吨，主要原因是酸雨。湖面从十二月到次年四月结冰。"
)
DE_LAKE = (
    "Der Vesnasee liegt auf 1.842 Metern Höhe im Kolargebirge und bedeckt rund 3,4 "
    "Quadratkilometer. Seine größte Tiefe, 61 Meter, hat die Hydrologin Marta Dulic im August "
    "1963 gemessen. Das Baden ist ganzjährig verboten, weil der See die Stadt Brezno (12.750 "
    "Einwohner) mit Wasser versorgt. Motorboote sind seit 2004 nicht mehr zugelassen. Eine "
    "Fähre mit 45 Sitzplätzen verkehrt alle 40 Minuten zwischen 8 und 18 Uhr; die Überfahrt "
    "kostet 3,20 Euro. Der Fischbestand sank von 90 Tonnen im Jahr 1970 auf 27 Tonnen im Jahr "
    "2015."
)

TRUE = (
    "The tower stands 23 m high and is made of local granite.",
    "Designed by Tamsin Orrock in 1887, the granite tower is twenty-three metres in height.",
    "In 1887 Tamsin Orrock drew up the tower.",
    "The tower is closed on Mondays.",
    "It isn't open on Mondays.",
    "About 1.2 million people visited it in 2019.",
    "It received roughly 1.2 million visitors in 2019, an increase of 35% over the previous year.",
    "Nearly 1.2 million people came in 2019.",
    "More than 1.1 million visitors came in 2019.",
    "Tickets cost 1,250.50 dollars.",
    "A type E-17 ticket takes 12 weeks.",
    "The lamp was first lit on March 3rd, 1888.",
    "It was lit for the first time at 21:30 on 3 March 1888.",
    "The lamp was lit in March 1888.",
    "You may not bring dogs onto the gallery.",
    "Dogs are forbidden on the gallery.",
    "The keeper never married.",
    "The keeper worked for the USLB.",
    "The keeper was employed by the U.S. Lighthouse Board.",
    "The tower dates from the 1880s.",
    "The tower is approximately 23 metres (from rock to lamp).",
    "It does not open Mondays, and a ticket is $1,250.50.",
    "Approximately 1.2 million visitors came in 2019.",
    "The tower was designed in the 19th century by Tamsin Orrock.",
    "Visitor numbers rose 35 percent, to 1,198,400.",
    "The 23-metre tower was drawn by Orrock.",
)
TRUE_ZH = (
    "该灯塔的高度为23公尺。",
    "灯塔高二十三米，一八八七年建成。",
    "灯塔由陈美兴于1887年3月建成，花费1,500,000元。",
    "灯塔周一闭馆。",
    "星期一灯塔不对外开放。",
    "门票为4元，儿童不收费。",
    "2019年参观人数约120万，同比增长百分之三十五。",
    "需要走206级台阶才能登塔。",
    "塔内不准吸烟。",
    "2019年大约有一百二十万人参观。",
)
TRUE_DE = (
    "Der Turm misst 23 m.",
    "Tamsin Orrock entwarf den Leuchtturm im Jahr 1887.",
    "Montags bleibt der Leuchtturm geschlossen.",
    "Am Montag hat er nicht geöffnet.",
    "Rund 1,2 Millionen Gäste kamen 2019, das sind 35 % mehr als im Jahr davor.",
    "Etwa 1,2 Mio. Besucher wurden 2019 gezählt.",
    "Der Eintrittspreis beträgt 4,50 €.",
    "Das Bauwerk ist dreiundzwanzig Meter hoch.",
    "Am 3.3.1888 wurde die Lampe erstmals angezündet.",
    "Die Lampe brannte zum ersten Mal am 3. März 1888.",
    "Der aus Granit gebaute Leuchtturm ist 23 Meter hoch.",
)
TRUE_OF_LAKE = (
    "Lake Vesna is situated 1842 m above sea level in the Kolar Range.",
    "The lake is 61 m deep at its deepest point, as Marta Dulic found in 1963.",
    "It has an area of roughly 3.4 km².",
    "You can't swim in the lake at any time of the year.",
    "Swimming is not permitted, since the lake supplies Brezno with water.",
    "Since 2004, motor boats have not been allowed on the lake.",
    "Motor boats have been banned since 2004.",
    "The ferry runs every forty minutes from 8:00 to 18:00.",
    "A crossing costs 3.20 euros and lasts 15 minutes.",
    "The ferry seats 45 people.",
    "The lake is frozen between December and April.",
    "Fish stocks declined from 90 t in 1970 to 27 t in 2015.",
    "By 2015 the stocks had dropped to 27 tonnes because of acid rain.",
    "Brezno, a town of nearly 13,000 inhabitants, gets its water from the lake.",
    "Brezno has about 12,800 inhabitants.",
    "Two streams feed it, and it drains into the river Orla.",
    "The depth was measured in August 1963 by hydrologist Marta Dulic.",
    "The lake, which lies in the Kolar Range, is fed by 2 streams.",
)
TRUE_OF_LAKE_ZH = (
    "维斯纳湖位于海拔1842米处。",
    "湖的最大水深是六十一米，由水文学家杜丽于1963年8月测定。",
    "该湖面积大约3.4平方千米。",
    "湖里全年不能游泳。",
    "布雷兹诺镇约有1.3万居民，饮用水来自这个湖。",
    "布雷兹诺镇有12,750名居民。",
    "2004年以来，机动船不得驶入该湖。",
    "渡轮每四十分钟开一班，票价为3.20欧元。",
    "鱼类存量从1970年的90吨下降到2015年的27吨。",
    "湖面在12月至4月间结冰。",
)
TRUE_OF_LAKE_DE = (
    "Der Vesnasee befindet sich in 1842 m Höhe.",
    "An der tiefsten Stelle ist der See 61 m tief, wie Marta Dulic 1963 ermittelte.",
    "Im See darf man das ganze Jahr über nicht baden.",
    "Brezno hat knapp 13.000 Einwohner und bezieht sein Wasser aus dem See.",
    "Seit 2004 dürfen keine Motorboote mehr fahren.",
    "Die Fähre fährt alle vierzig Minuten von 8:00 bis 18:00 Uhr.",
    "Eine Überfahrt kostet 3,20 €.",
    "Der Fischbestand ging von 90 t (1970) auf 27 t (2015) zurück.",
    "Gemessen wurde die Tiefe von der Hydrologin Marta Dulic im August 1963.",
)
FALSE = (
    "The tower stands 32 m high.",
    "About 1.4 million people visited it in 2019.",
    "1.2 million people visited it in 2019.",
    "More than 1.2 million people visited in 2019.",
    "It is open on Mondays.",
    "It opens on Mondays.",
    "It is closed on Tuesdays.",
    "The lamp was first lit on April 3rd, 1888.",
    "The lamp was first lit on 3 March 1889.",
    "It was lit at 8:30 pm.",
    "Dogs are allowed on the gallery.",
    "The keeper married.",
    "It was designed by Jonas Orrock.",
    "A ticket costs 1,250.50 euros.",
    "It is made of granite and is 23 feet tall.",
    "Type E-19 takes 12 weeks.",
    "It had 1,198,400 visitors, 53 percent more than the year before.",
    "The tower dates from the 1890s.",
    "The tower isn't built of granite.",
    "It had 11.98 million visitors.",
)
FALSE_ZH = (
    "灯塔高32米。",
    "灯塔高23公里。",
    "灯塔于1887年5月建成。",
    "耗资15万元。",
    "星期一开放。",
    "星期二不开放。",
    "门票四十元。",
    "2019年约有120人参观。",
    "增长了百分之五十三。",
    "塔内可以吸烟。",
    "登塔需走三百零六级台阶。",
)
FALSE_DE = (
    "Der Turm misst 32 m.",
    "Montags ist er geöffnet.",
    "Am Dienstag ist er nicht geöffnet.",
    "Rund 1,4 Millionen Besucher kamen 2019.",
    "Der Eintritt kostet 4,50 Dollar.",
    "Der Eintritt kostet 45 Euro.",
    "Der Leuchtturm ist 23 Kilometer hoch.",
    "Die Lampe wurde am 3. Mai 1888 zum ersten Mal angezündet.",
    "Der Leuchtturm besteht nicht aus heimischem Granit.",
    "Er wurde 1887 von Peter Hansen entworfen.",
)
FALSE_OF_LAKE = (
    "Lake Vesna lies at 1,482 metres.",
    "It covers about 3.4 square miles.",
    "Its greatest depth was measured by Marta Dulic in April 1963.",
    "The depth was measured by Marta Kovac in 1963.",
    "Motor boats have been permitted since 2004.",
    "The ferry does not cross the lake.",
    "The ferry crosses every 14 minutes.",
    "The crossing costs 3.20 dollars.",
    "Fish stocks rose from 90 tonnes to 27 tonnes.",
    "Fish stocks fell to 72 tonnes in 2015.",
    "Brezno has about 15,000 inhabitants.",
    "The ferry runs until 8 p.m.",
    "The lake drains into the Danube.",
    "The lake freezes over from November to April.",
    "The lake is in the Alps and is home to rare seals.",
)
FALSE_OF_LAKE_ZH = (
    "维斯纳湖海拔1482米。",
    "湖的最大深度为61公里。",
    "最大深度在1963年3月测得。",
    "湖里可以游泳。",
    "自2004年起允许机动船驶入。",
    "渡轮每14分钟一班。",
    "票价3.2美元。",
    "布雷兹诺镇有1.5万居民。",
    "鱼类存量降至72吨。",
    "湖面从十一月开始结冰。",
)
FALSE_OF_LAKE_DE = (
    "Der See liegt auf 1.482 Metern Höhe.",
    "Die größte Tiefe wurde im April 1963 gemessen.",
    "Die größte Tiefe wurde von Helga Novak gemessen.",
    "Baden ist erlaubt.",
    "Motorboote sind seit 2004 zugelassen.",
    "Die Fähre verkehrt alle 14 Minuten.",
    "Die Überfahrt kostet 3,20 Dollar.",
    "Brezno hat etwa 15.000 Einwohner.",
    "Der Fischbestand sank auf 72 Tonnen.",
    "Die Fähre verkehrt nicht.",
)
BRIDGE = (
    "The Halden Bridge, opened on 14 June 1932, spans 412 metres across the Rone estuary and "
    "carries two lanes of traffic. It was designed by the engineer Ruth Aldane and cost 2.7 "
    "million pounds, a third more than planned. Around 18,000 vehicles use it every day. In "
    "1987 a barge struck the eastern pier; nobody was injured, but the bridge stayed closed "
    "for eleven weeks. Lorries over 7.5 tonnes may not cross it. The toll, £1.50 for cars, "
    "was abolished in 2006. Repainting takes a team of twelve people about four years and "
    "30,000 litres of paint."
)
TRUE_OF_BRIDGE = (
    "The bridge was opened on June 14th, 1932.",
    "Ruth Aldane, an engineer, designed the bridge.",
    "It is 412 m long and has two lanes.",
    "It cost £2.7m to build.",
    "Some 18,000 vehicles cross it daily.",
    "In 1987, a barge hit the eastern pier and the bridge was shut for 11 weeks.",
    "No one was hurt when a barge struck the bridge in 1987.",
    "Vehicles heavier than 7.5 t are not allowed on the bridge.",
    "Until 2006, cars paid a toll of 1.50 pounds.",
    "The toll was scrapped in 2006.",
    "It takes a dozen people roughly four years to repaint it.",
    "Repainting requires 30,000 l of paint.",
    "The bridge opened in the summer of 1932.",
    "Designed by Ruth Aldane, it crosses the Rone estuary.",
    "About 18 thousand vehicles use the bridge each day.",
)
FALSE_OF_BRIDGE = (
    "The bridge was opened on 14 July 1932.",
    "It is 421 m long.",
    "It cost $2.7 million.",
    "It was designed by Ruth Almond.",
    "Several people were injured in 1987.",
    "The bridge stayed open for eleven weeks.",
    "Lorries over 7.5 tonnes may cross it.",
    "The toll was not abolished.",
    "About 80,000 vehicles use it every day.",
    "It takes twenty people four years.",
    "The bridge was closed for eleven months.",
    "The toll was abolished in 2009.",
)
PARAPHRASES = (
    *((s, BRIDGE, "en") for s in TRUE_OF_BRIDGE),
    *((s, TOWER, "en") for s in TRUE),
    *((s, ZH_TOWER, "zh") for s in TRUE_ZH),
    *((s, DE_TOWER, "de") for s in TRUE_DE),
    *((s, LAKE, "en") for s in TRUE_OF_LAKE),
    *((s, ZH_LAKE, "zh") for s in TRUE_OF_LAKE_ZH),
    *((s, DE_LAKE, "de") for s in TRUE_OF_LAKE_DE),
)
FALSEHOODS = (
    *((s, BRIDGE, "en") for s in FALSE_OF_BRIDGE),
    *((s, TOWER, "en") for s in FALSE),
    *((s, ZH_TOWER, "zh") for s in FALSE_ZH),
    *((s, DE_TOWER, "de") for s in FALSE_DE),
    *((s, LAKE, "en") for s in FALSE_OF_LAKE),
    *((s, ZH_LAKE, "zh") for s in FALSE_OF_LAKE_ZH),
    *((s, DE_LAKE, "de") for s in FALSE_OF_LAKE_DE),
)


@pytest.mark.parametrize(("sentence", "evidence", "language"), PARAPHRASES)
def test_what_the_evidence_says_in_other_words_stays(
    sentence: str, evidence: str, language: str
) -> None:
    """Numbers, units, days and times in another form, rounded where that is told, other words,
    another order, a denial by another word.
    """
    assert faults(sentence, evidence, language=language) == ()


@pytest.mark.parametrize(("sentence", "evidence", "language"), FALSEHOODS)
def test_what_it_does_not_say_is_caught(sentence: str, evidence: str, language: str) -> None:
    """In the same words and in others."""
    assert faults(sentence, evidence, language=language)


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("The tower is 32 metres tall.", "32 is not in the evidence"),
        ("The tower is thirty-two metres tall.", "32 is not in the evidence"),
        ("The tower is 23 feet tall.", "23 is in metre in the evidence, not in foot"),
        ("A ticket costs £1,250.50.", "1250.5 is in dollar in the evidence, not in sterling"),
        ("It was drawn by Jonas Orrock in 1887.", "Jonas is not in the evidence"),
        ("One of type E-19 takes twelve weeks.", "E-19 is not in the evidence"),
        ("It opens on Mondays.", "the evidence denies it"),
        ("The tower is not built of granite.", "the evidence does not deny it"),
        ("It was lit on 3 April 1888.", "3 April 1888 is not in the evidence"),
        ("It is closed on Tuesdays.", "Tuesdays is not in the evidence"),
        ("Penguins swim quickly in cold seas.", "only 0% of its words are in the evidence"),
    ],
)
def test_a_fault_is_told_as_what_it_is(sentence: str, fault: str) -> None:
    """A number, a unit, a name, a code, a denial, a day, or all of it."""
    assert fault in faults(sentence, TOWER, language="en")


def test_the_questions_own_words_are_known() -> None:
    """A name and a number that only the question has may be repeated; not the number of a question
    whether it is right.
    """
    assert faults("For Anna, the tower is 23 metres tall.", TOWER)
    assert faults("For Anna, the tower is 23 metres tall.", TOWER, "What can I tell Anna?") == ()
    sentence = "For 99 dollars the tower does not open on Mondays."
    assert faults(sentence, TOWER)
    assert faults(sentence, TOWER, "Can I go in on Mondays for 99 dollars?") == ()
    words = "Is the tower 99 metres tall?"
    assert faults("The tower is 99 metres tall.", TOWER, words, asks_whether=True)


def test_of_a_translation_numbers_units_codes_and_copied_names_are_compared() -> None:
    """Words of another language cannot be."""
    assert faults("该灯塔高23米，由Tamsin Orrock设计。", TOWER, language="en") == ()
    assert faults("该灯塔高32米。", TOWER, language="en")
    assert faults("该灯塔高23英尺。", TOWER, language="en")
    assert faults("该灯塔由Jonas Orrock设计。", TOWER, language="en")
    german = "Der Turm ist dreiundzwanzig Meter hoch und wurde aus Stein gebaut."
    assert faults(german, TOWER, language="en") == ()
    assert faults(german.replace("drei", "zwei"), TOWER, language="en")
    assert is_translation("de", TOWER)
    assert not is_translation("en", TOWER)


def test_a_translation_far_in_meaning_is_struck_where_an_encoder_reads_both() -> None:
    """It is asked for a translation alone."""
    sentence = "企鹅在寒冷的海里游得很快。"
    assert faults(sentence, TOWER, language="en", nearness=lambda a, b: 0.4) == ()
    (fault,) = faults(sentence, TOWER, language="en", nearness=lambda a, b: 0.2)
    assert "far from" in fault
    assert faults("It is 23 metres tall.", TOWER, language="en", nearness=lambda a, b: -1.0) == ()


def test_of_a_thing_in_another_language_names_may_be_translated_by_who_perceived_it() -> None:
    """Numbers are held to it; its meaning may be far from the few words that are read there."""
    sign = "Liegeplatz 7, Hafen von Kopenhagen"
    sentence = "Some men in red coats stand near berth 7 in the harbour of Copenhagen."

    def faults_of(text: str) -> tuple[str, ...]:
        return faults(text, sign, language="de", is_perceived=True, nearness=lambda a, b: -1.0)

    assert faults_of(sentence) == ()
    assert faults_of(sentence.replace("7", "9"))


def test_citations_are_told_apart_from_words() -> None:
    """In any of the ways in which models write them."""
    assert citations("It is tall [1][3].") == ("It is tall.", (1, 3))
    assert citations("It is tall. [2, 1; 2]") == ("It is tall.", (2, 1))
    assert citations("It is tall.") == ("It is tall.", ())


@pytest.mark.parametrize("sentence", ["The tower is haunted.", "Orrock is dead."])
def test_of_a_short_sentence_every_word_must_be_there(sentence: str) -> None:
    """One of two words says whatever it likes of the other."""
    assert any("of its words are in the evidence" in f for f in faults(sentence, TOWER))
