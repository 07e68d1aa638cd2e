"""Plans of questions whose every word is explained: what they come to, and when there is none."""

from __future__ import annotations

import pytest

from polysense.make.table.question import engine
from polysense.make.table.question.direct import direct_plan
from polysense.make.table.question.reading import Reading
from polysense.read.table.frame import Frame


def table(text: str) -> Frame:
    columns, *rows = (tuple(line.split(",")) for line in text.strip().split("\n"))
    return Frame(columns, tuple(rows))


FERRIES = table(
    "Ferry,Berths,Fare (euros),Captain\nOtter,40,12,Ida\nGull,65,9,Piet\nTern,22,30,Ana"
)
ACCOUNTS = table("Item,2031,2032,2033\nFlour,410,388,455\nBread,120,141,150")
SALES = table(
    "Gate,Day,Tickets\nEast,Friday,20\nWest,Friday,31\nEast,Sunday,43\nWest,Sunday,8\nEast,Monday,5"
)
TEA = table("名称,产地,价格（元）\n白露,东山,45\n云雾,西山,128\n春芽,东山,66")


PUPILS = table("Pupil,Class,Maths,Bus\nIda,6A,82,yes\nOle,6B,58,no\nUte,6A,71,yes")
STOCK = table("Chair,Stock,Founded\nAsh,4,1931\nElm,0,1887\nOak,9,1964")
SPENT = table(
    "date,kind,amount (EUR),payer\n2031-01-04,Oil,90,Ida\n2031-01-09,Rope,7,Ole\n"
    "2031-02-01,Rope,6,Ida"
)
TOWNS = table("Town,2001,2011,2021\nAsk,310,420,505\nElv,900,880,610")
TICKETS = table(
    "ticket,topic,agent,hours to close\n7301,Leak,Ada,4\n7302,Noise,Bo,9\n7303,Leak,Cy,2"
)
PREISE = Frame(
    ("Ware", "Preis (EUR)"), (("Hammer", "12,90"), ("Beil", "7,50"), ("Amboss", "1.249,00"))
)
STROM = table("Jahr,Strom (MWh),Gas (MWh)\n2020,372,940\n2021,401,899\n2022,388,760")
OBST = table("水果,价格（元/斤）\n梨,6\n李,18\n枣,25")
LADEN = table("门店,店长,面积（平方米）\n东湖店,何静,180\n南门店,唐宁,240")

CODES = table("Code,Meaning\nE14,Filter blocked\nE15,No water")


def values(frame: Frame, question: str) -> list[str] | None:
    """What a question comes to, by the column that it asks for; None where it has no plan."""
    reading = Reading(frame, question, context=("ferries", "accounts of the bakery", "population"))
    plan = direct_plan(reading)
    if plan is None:
        return None
    rows = engine.run({"t": reading}, engine.query_sql(reading, plan, "t"))
    if plan.rows:
        column = reading.names.index(plan.select[plan.answer][1])
        return [frame.rows[row[0] - 1][column] for row in rows]
    results = [row[plan.answer] for row in rows]
    return [f"{v:.6g}" if isinstance(v, float) else str(v) for v in results]


@pytest.mark.parametrize(
    ("frame", "question", "expected"),
    [
        (FERRIES, "How many berths does the Gull have?", ["65"]),
        (FERRIES, "Who is in charge of the Tern?", ["Ana"]),
        (FERRIES, "Which ferry is the cheapest?", ["Gull"]),
        (FERRIES, "Which ferries cost under 20 euros?", ["Otter", "Gull"]),
        (FERRIES, "Which ferry has 22 berths?", ["Tern"]),
        (FERRIES, "How many ferries have more than 30 berths?", ["2"]),
        (FERRIES, "Which is cheaper, the Otter or the Tern?", ["Otter", "Tern"]),
        (FERRIES, "What is the fare of the Otter and the Tern?", ["12", "30"]),
        (FERRIES, "Wie viele Berths hat Gull?", ["65"]),
        (ACCOUNTS, "By how much did flour fall from 2031 to 2032?", ["-22"]),
        (ACCOUNTS, "What was the average of bread from 2031 to 2033?", ["137"]),
        (ACCOUNTS, "What was bread in 2032?", ["141"]),
        (ACCOUNTS, "By what percentage did bread grow from 2031 to 2033?", ["25"]),
        (SALES, "How many tickets were sold at the East gate?", ["68"]),
        (SALES, "How many tickets were sold at the East gate on Friday and Sunday?", ["63"]),
        (SALES, "What is the average of the tickets on Sunday?", ["25.5"]),
        (CODES, "What does E15 mean?", ["No water"]),
        (PUPILS, "What is the average maths of class 6A?", ["76.5"]),
        (PUPILS, "Which pupils scored below 75 in maths?", ["Ole", "Ute"]),
        (PUPILS, "How many pupils take the bus?", ["2"]),
        (PUPILS, "Who got the best maths mark?", ["Ida"]),
        (STOCK, "Which chairs are out of stock?", ["Elm"]),
        (STOCK, "Which chair is the oldest?", ["Elm"]),
        (SPENT, "How much did we spend on rope in total?", ["13"]),
        (SPENT, "How much was spent in January?", ["97"]),
        (SPENT, "What did Ida pay altogether?", ["96"]),
        (TOWNS, "Which town had the largest population in 2011?", ["Elv"]),
        (TOWNS, "How did the population of Ask change from 2001 to 2021?", ["195"]),
        (TICKETS, "How many tickets were about a leak?", ["2"]),
        (TICKETS, "Which ticket took the longest to close?", ["7302"]),
        (PREISE, "Was ist die billigste Ware?", ["Beil"]),
        (PREISE, "Was kostet der Hammer?", ["12,90"]),
        (PREISE, "Welche Waren kosten über 10 Euro?", ["Hammer", "Amboss"]),
        (STROM, "Um wie viel sank der Gasverbrauch von 2021 auf 2022?", ["-139"]),
        (OBST, "哪些水果超过十五元？", ["李", "枣"]),
        (LADEN, "哪家店面积最大？", ["南门店"]),
        (TEA, "哪种名称价格最高？", ["云雾"]),
        (TEA, "春芽的价格是多少？", ["66"]),
        (TEA, "东山的平均价格是多少？", ["55.5"]),
        (TEA, "价格低于100元的有哪些？", ["白露", "春芽"]),
    ],
)
def test_what_a_question_comes_to(frame: Frame, question: str, expected: list[str]) -> None:
    """Lookups, the first, limits, counts, sums, averages and changes, under all conditions."""
    assert values(frame, question) == expected


@pytest.mark.parametrize(
    ("frame", "question"),
    [
        (FERRIES, "How many berths does the Heron have?"),  # no such row
        (FERRIES, "How wide is the Gull?"),  # no such column
        (FERRIES, "Which ferries cost under 20 pounds?"),  # another currency
        (FERRIES, "Which ferry is not the cheapest?"),
        (FERRIES, "Which ferry is the second cheapest?"),
        (FERRIES, "Who is in charge of the kitchen?"),
        (ACCOUNTS, "What was bread in 2034?"),
        (ACCOUNTS, "How much did the wages grow from 2031 to 2032?"),
        (ACCOUNTS, "What was the average growth of bread?"),  # two operations
        (SALES, "How many tickets were returned on Friday?"),
        (SALES, "How many tickets were sold on Tuesday?"),
        (CODES, "What does E16 mean?"),
        (PUPILS, "How many pupils are absent most often?"),
        (PUPILS, "How many rooms take the bus?"),
        (STOCK, "How many chairs did you sell?"),  # a stock is no sale
        (ACCOUNTS, "How much did bread earn in 2032?"),  # of a column of money nothing is known
        (SPENT, "How much did Ida score?"),
        (TOWNS, "How did the rainfall of Ask change from 2001 to 2021?"),
        (TEA, "红袍的价格是多少？"),
        (TEA, "哪种茶最重？"),
    ],
)
def test_near_misses_have_no_plan(frame: Frame, question: str) -> None:
    """One word that neither table nor language explains, and nothing is said."""
    assert values(frame, question) is None


def test_who_leads_must_be_clear() -> None:
    """East has the best row, and most in all; without the row it has only the one."""
    assert values(SALES, "Which gate has the most tickets?") == ["East"]
    doubt = table("Gate,Day,Tickets\nEast,a,9\nEast,b,1\nWest,a,8\nWest,b,7")
    assert values(doubt, "Which gate has the most tickets?") is None


VOTES = table("name,paid,voted\nAna,yes,no\nBo,no,yes\nCy,yes,yes\nDi,no,no")
MEMBERS = table("name,member,paid\nAna,yes,yes\nBo,no,yes\nCy,yes,no\nDi,no,no")
WAHL = table("Name,bezahlt,gewählt\nAna,ja,nein\nBo,nein,ja\nCy,ja,ja\nDi,nein,nein")


@pytest.mark.parametrize(
    ("frame", "question", "expected"),
    [
        (VOTES, "Who has paid but not voted?", ["Ana"]),
        (VOTES, "Who has not paid but voted?", ["Bo"]),
        (VOTES, "Who hasn't paid but has voted?", ["Bo"]),
        (VOTES, "Who voted, but has not paid?", ["Bo"]),
        (VOTES, "Who has paid and voted?", ["Cy"]),
        (VOTES, "Who has not paid and not voted?", ["Di"]),
        (VOTES, "Who has not paid or voted?", ["Di"]),
        (VOTES, "Who has not paid?", ["Bo", "Di"]),
        (VOTES, "Which names have paid but not voted?", ["Ana"]),
        (MEMBERS, "Who is a member but hasn't paid?", ["Cy"]),
        (MEMBERS, "Which members have not paid?", ["Cy"]),
        (MEMBERS, "Which members have paid?", ["Ana"]),
        (MEMBERS, "Who is not a member but has paid?", ["Bo"]),
        (WAHL, "Wer hat bezahlt, aber nicht gewählt?", ["Ana"]),
        (WAHL, "Wer hat nicht bezahlt, aber gewählt?", ["Bo"]),
        (WAHL, "Wer hat gewählt und nicht bezahlt?", ["Bo"]),
        (WAHL, "Wer hat nicht bezahlt?", ["Bo", "Di"]),
    ],
)
def test_a_negation_is_of_one_column(
    frame: Frame, question: str, expected: list[str] | None
) -> None:
    """Of what is named behind it, not of all that says yes or no."""
    assert values(frame, question) == expected


DEPARTMENTS = table("departement,population\nAisne,500\nOise,800\nSomme,900\nNord,700")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which departement has the largest population?", ["Somme"]),
        ("What is the total population?", ["2900"]),
        ("What is the population of Somme?", ["900"]),
        ("How many departements are there?", ["4"]),
        ("Quelle est la somme de population?", ["2900"]),
    ],
)
def test_a_row_that_is_called_as_a_sum(question: str, expected: list[str] | None) -> None:
    """It is one of the rows; without a capital the word asks for the sum."""
    assert values(DEPARTMENTS, question) == expected


SCHULEN = table("Name,Art,Kosten\nNord,Gesamtschule,10\nSüd,Gymnasium,30\nOst,Gesamtschule,20")


def test_a_kind_that_begins_as_the_whole() -> None:
    """It is a cell, not the sum of a column."""
    assert values(SCHULEN, "Welche Schulen sind Gesamtschulen?") != ["60"]
    assert values(SCHULEN, "Wie hoch sind die Gesamtkosten?") == ["60"]
