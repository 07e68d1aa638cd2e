"""The words by which receipts and bills are understood, for each language or country one entry.

To add a language, add a `Words` to VOCABULARY; what it leaves out it does not have. Each field is
one string of phrases with commas between them:

- a space stands for any spaces and points, or none: "sdn bhd" is also "SDN.BHD."
- "*" at either end means that the word may go on there: "*straße" is also "Hauptstraße"
- "…" stands for anything on the line

Case does not matter, and letters that print and OCR confuse with digits (1, l and i; 0 and o) match
each other everywhere, so slips of OCR are not listed.

Where the words come from: MALAYSIA and the English list were tuned while looking at 25 receipts of
SROIE (Malaysian shops); benchmarks/bench_form_fields.py measures them on these and 25 others. All
other words come from knowledge of the languages. No receipts in them were at hand: they are judged,
not measured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Words:
    """What one language or country calls the parts of a receipt.

    What is to be paid, from the most to the least telling: `rounded_total`, `payable`, `complete`,
    `total`. `amount` may follow `total`; `including` and `tax` make "total incl. tax" of it.
    `not_total` overrules all four. `payment` less `change` is the total as well. `summary` begins
    what is only about taxes.
    """

    total: str = ""
    complete: str = ""
    payable: str = ""
    rounded_total: str = ""
    amount: str = ""
    including: str = ""
    tax: str = ""
    not_total: str = ""
    payment: str = ""
    change: str = ""
    summary: str = ""
    currency: str = ""
    """Codes and signs before an amount."""
    unit: str = ""
    """What stands behind an amount without decimals."""
    date: str = ""
    month: str = ""
    other_date: str = ""
    """What stands before a date that is not the receipt's."""
    firm: str = ""
    street: str = ""
    house_number: str = ""
    registration: str = ""
    """What stands before a firm's number in a register."""
    document: str = ""
    """What the paper is called: no firm's name and no address."""
    not_firm: str = ""
    """How a heading begins that is no firm's name."""
    not_place: str = ""
    """What stands on lines of a heading that are neither name nor address."""


ENGLISH = Words(
    total="total",
    payable="grand total, net total, nett total, net amt, nett amt, net amount, nett amount, "
    "net to pay, nett to pay, amount due, amount payable, total due, total payable, total to pay, "
    "balance due",
    rounded_total="total round*, total amount round*, round* total, round* amt, round* amount, "
    "round* d total, total … after round*, total … after adj*, total … incl* round*, "
    "total … incl* adj*, total … incl* of round*, total … after of round*",
    amount="amount*, amt*, sales*, sale",
    including="incl*, with, w/",
    tax="gst, sst, tax, vat, 6%",
    not_total="sub total*, sub-total*, subtotal*, *qty*, *exclu*, excl, *item(s)*, *discount*, "
    "*point*, *saving*, tax total*, total qty*, total quantity*, total item*, total no, "
    "total pcs*, total disc*, total saving*, total gst*, total tax*, total vat*, total sst*, "
    "total excl*, total exc, total before*, total supplies*, total amount excl*, total w/o*, "
    "total wo*, total … (ex*, total … ex, total … exc",
    payment="cash, tender, tendered, paid, payment, visa, master, mastercard, amount tendered, "
    "amount paid",
    change="change, balance",
    summary="gst … summary, tax … summary, sst … summary, vat … summary, *tax code*",
    currency="USD, GBP, $, £",
    date="date, dat",
    month="jan*, feb*, mar*, apr*, may*, jun*, jul*, aug*, sep*, oct*, nov*, dec*",
    other_date="due*, exp*, valid*, print*, wef*, w.e.f*, since*, gst*",
    firm="ltd, limited, inc, llc, plc, corp, corporation, pty, co., enterprise, trading, "
    "restaurant, cafe, stationery, hardware, machinery, supermarket, market, mart, store, stores, "
    "bakery, pharmacy, hotel, industries, holding, holdings, service, services",
    street="section, street, st., road, rd, avenue, ave, lane, drive, blvd, boulevard, floor, "
    "block, blk, unit, level, plaza, mall, complex, suite, lot",
    house_number="no",
    registration="reg*, no*, id*",
    document="invoice, receipt, bill, order",
    not_firm="tax*, cash*, invoice*",
    not_place="tel, fax, phone, hp, h/p, gst, sst, tax, reg, co no, company no, company reg, "
    "invoice, receipt, cash, bill, date, email, e-mail, www, http, website, cashier, table, order, "
    "member, document, doc, time, trans",
)

MALAYSIA = Words(
    currency="RM, MYR",
    change="baki",
    firm="s d n b h d, s d n h d, b h d, s/b, restoran, kedai, perniagaan",
    street="jalan, jln, lorong, taman, tmn, kawasan, persiaran, bandar, kampung, kg., seksyen, "
    "johor, selangor, kuala, penang",
    registration="roc*, gst*",
    not_place="roc",
)

GERMAN = Words(
    total="summe, gesamt, gesamtsumme, gesamtbetrag, betrag, total",
    payable="zu zahlen, zahlbetrag, rechnungsbetrag, endbetrag, endsumme, zu zahlender betrag",
    amount="betrag*, preis*",
    including="inkl*, mit",
    tax="mwst, ust, umsatzsteuer, mehrwertsteuer, steuer",
    not_total="zwischensumme*, *rabatt*, summe mwst*, summe ust*, summe netto*, gesamt netto*, "
    "*nettosumme*, *nettobetrag*, *mwst betrag*, *mwst-betrag*, *steuerbetrag*",
    payment="bar, gegeben, bezahlt, girocard, ec karte, ec-karte, kartenzahlung",
    change="rückgeld, zurück, wechselgeld",
    currency="EUR, CHF, €",
    date="datum, rechnungsdatum",
    month="jänner, märz, mai, okt, oktober, dez, dezember",
    other_date="fällig*, gültig*, seit*, bis",
    firm="gmbh",
    street="*straße, *strasse, *str., *platz, *gasse, *allee",
    document="rechnung, quittung, kassenbon, beleg",
    not_place="telefon, telefax, ust-id*, ust-idnr*, steuernummer, steuernr",
)

FRENCH = Words(
    total="total, montant",
    payable="net à payer, total à payer, à payer, montant dû, reste à payer",
    complete="total ttc, montant ttc, total t t c",
    amount="montant*, général",
    not_total="sous total*, sous-total*, total ht, total h t, total tva*, total remise*, "
    "montant ht, montant tva*, *remise*",
    payment="espèces, especes, carte bancaire, payé, reçu",
    change="rendu, rendu monnaie, monnaie rendue, à rendre",
    currency="€",
    date="date",
    month="fév, févr, février, avr, avril, mai, juin, juil, juillet, août, déc, décembre",
    other_date="échéance*, valable*, depuis*, jusqu*",
    firm="s a r l, s a s",
    street="rue, boulevard, avenue, quai, chemin",
    document="facture, reçu, ticket",
    not_place="siret, siren, téléphone, n° tva, tva",
)

SPANISH = Words(
    total="total, importe, importe total, total importe",
    payable="total a pagar, a pagar, importe a pagar",
    complete="total con iva, total iva incl*",
    amount="importe*",
    not_total="sub total*, subtotal*, total iva, total descuento*, *descuento*, base imponible*, "
    "total base*",
    payment="efectivo, entregado, tarjeta, pagado",
    change="cambio, su cambio, devolución",
    currency="€, MXN",
    date="fecha",
    month="ene, enero, abr, abril, ago, agosto, dic, diciembre",
    other_date="vencimiento*, válido*, desde*, hasta*",
    street="calle, avenida, avda., paseo",
    document="factura, recibo",
    not_place="teléfono, cif, nif, c.i.f, n.i.f",
)

ITALIAN = Words(
    total="totale, importo",
    payable="totale complessivo, totale da pagare, da pagare, totale euro",
    amount="importo*",
    not_total="subtotale*, sub totale*, sub-totale*, totale iva, totale sconto*, *sconto*, "
    "di cui iva*",
    payment="contanti, contante, pagato, importo pagato",
    change="resto",
    currency="€",
    date="data",
    month="gen, gennaio, mag, maggio, giu, giugno, lug, luglio, ago, agosto, sett, settembre, "
    "ott, ottobre, dic, dicembre",
    other_date="scadenza*, valido*, dal",
    street="viale, piazza",
    document="fattura, scontrino, ricevuta",
    not_place="partita iva, p.iva, telefono",
)

DUTCH = Words(
    total="totaal, totaalbedrag, bedrag",
    payable="te betalen, totaal te betalen, te voldoen",
    amount="bedrag*",
    including="incl*",
    tax="btw",
    not_total="subtotaal*, sub totaal*, sub-totaal*, totaal btw*, totaal excl*, *korting*",
    payment="contant, betaald, pinnen, pin, ontvangen",
    change="wisselgeld, terug, retour",
    currency="€",
    date="datum",
    month="mrt, maart, mei, okt, oktober",
    other_date="vervaldatum*, geldig*, sinds*",
    street="*straat, *plein, *gracht",
    document="factuur, kassabon",
    not_place="telefoon, kvk, btw",
)

CHINESE = Words(
    complete="应付, 實收, 实收, 合 计, 总 计, 合 計, 總 計, 應付",
    not_total="小计, 小計, 税额合计, 折扣",
    payment="现金, 現金",
    change="找零, 找赎, 找續",
    summary="汇总",
    currency="¥, ￥",
    unit="元",
    date="日期",
    firm="有限公司, 酒店, 餐厅, 超市, 商店",
    street="省, 市, 区, 路, 街, 号",
)

JAPANESE = Words(
    complete="合 計, 総 計, お支払, お会計, 税込合計, ご請求額, ご利用額",
    not_total="小 計, 消費税, 内税, 外税, 割引, 値引",
    payment="現金, お預, お預かり, 預り",
    change="お釣, おつり, 釣銭, お返し",
    currency="¥, ￥",
    unit="円",
    date="日付, 発行日",
    firm="株式会社, 有限会社",
    street="丁目, 番地",
)

VOCABULARY = (ENGLISH, MALAYSIA, GERMAN, FRENCH, SPANISH, ITALIAN, DUTCH, CHINESE, JAPANESE)

_LOOK_ALIKES = ("il1|", "o0")
_NO_LETTER_BEFORE, _NO_LETTER_BEHIND = r"(?<![^\W\d_])", r"(?![^\W\d_])"
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # words without spaces between them


def phrases(field: str) -> tuple[str, ...]:
    """The phrases of a field in all languages, each once."""
    lists = (getattr(words, field).split(",") for words in VOCABULARY)
    return tuple(dict.fromkeys(p.strip() for phrases in lists for p in phrases if p.strip()))


@cache
def alternatives(field: str) -> str:
    """A field's phrases as one group of a regular expression, the longest first."""
    longest_first = sorted(phrases(field), key=len, reverse=True)
    return f"(?:{'|'.join(map(phrase_pattern, longest_first))})"


def phrase_pattern(phrase: str) -> str:
    """A phrase as a regular expression.

    >>> bool(re.search(phrase_pattern("total incl*"), "TOTA1 INCLUSIVE", re.I))
    True
    >>> bool(re.search(phrase_pattern("total"), "SUBTOTAL", re.I))
    False
    """
    text = phrase.strip("*")
    before = "" if phrase[0] == "*" or not _is_spaced_letter(text[0]) else _NO_LETTER_BEFORE
    behind = "" if phrase[-1] == "*" or not _is_spaced_letter(text[-1]) else _NO_LETTER_BEHIND
    return before + "".join(map(_character_pattern, re.sub(r" ?… ?", "…", text))) + behind


def _is_spaced_letter(character: str) -> bool:
    return character.isalpha() and not _CJK.match(character)


def _character_pattern(character: str) -> str:
    if character == " ":
        return r"[\s.]*"
    if character == "…":
        return ".*"
    group = next((g for g in _LOOK_ALIKES if character.lower() in g), "")
    return f"[{group}]" if group else re.escape(character)
