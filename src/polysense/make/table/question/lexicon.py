"""The words of operations on tables, in English, Chinese, German, French and Spanish.

Each table gives a meaning and the words for it. A phrase matches words in a row; a word with a star
matches all that begin so. The lists are of the languages' common words, not of a data set's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from polysense.make.table.question.normalise import CJK, Token, tokenize

MONEY = (
    "$ € £ ¥ ₹ usd eur gbp cny jpy dollar dollars euro euros pound pounds crown crowns yuan yen "
    "franc francs cent cents kronen krone kroner 元 块 块钱 人民币 美元 欧元"
)
LENGTH = (
    "m metre metres meter meters km kilometre kilometres kilometer kilometers kilometern cm mm "
    "centimetre centimetres mile miles mi ft foot feet inch inches mètres kilomètres metros "
    "kilómetros 米 公里 千米 厘米 毫米"
)
TIME = (
    "s sec second seconds min mins minute minutes h hr hrs hour hours day days week weeks "
    "minuten stunden tage heures jours minutos horas días 秒 分钟 小时 天 日"
)
MASS = (
    "kg g t kilo kilos kilogram kilograms gram grams gramm tonne tonnes ton tons lb lbs "
    "kilogrammes grammes kilogramos gramos 公斤 千克 克 吨"
)
_SPELLINGS = (
    "$ usd dollar dollars 美元", "€ eur euro euros 欧元", "£ gbp pound pounds",
    "¥ cny yuan 元 块 块钱 人民币", "crown crowns krone kronen kroner", "franc francs",
    "cent cents", "yen jpy",
    "m metre metres meter meters metern mètres metros 米",
    "km kilometre kilometres kilometer kilometers kilometern kilomètres kilómetros 公里 千米",
    "cm centimetre centimetres centimeter centimeters 厘米", "mm 毫米", "mi mile miles",
    "ft foot feet", "in inch inches", "s sec second seconds 秒",
    "min mins minute minutes minuten minutos 分钟", "h hr hrs hour hours stunden heures horas 小时",
    "d day days tage jours días 天 日",
    "kg kilo kilos kilogram kilograms kilogrammes kilogramos 公斤 千克",
    "g gram grams gramm grammes gramos 克", "t ton tons tonne tonnes tonnen 吨",
    "% percent prozent 百分之",
    "m² sqm 平方米 quadratmeter quadratmetern", "km² 平方公里 quadratkilometer quadratkilometern",
    "m³ 立方米 kubikmeter", "l litre litres liter liters litros 升",
)  # fmt: skip
SAME_UNIT: Mapping[str, str] = {
    word: line.split()[0] for line in _SPELLINGS for word in line.split()
} | {
    "square metre": "m²", "square metres": "m²", "square meter": "m²", "square meters": "m²",
    "square kilometre": "km²", "square kilometres": "km²", "square kilometers": "km²",
    "cubic metres": "m³", "cubic meters": "m³", "mètres carrés": "m²", "metros cuadrados": "m²",
}  # fmt: skip
"""A unit's spellings, each with the one by which they are compared."""

ATTRIBUTES: Mapping[str, tuple[str, str, str]] = {
    # attribute: words in a header, in order of likelihood; words that ask for it; units
    "price": (
        "price cost fare fee rate charge preis kosten prix coût tarif precio coste 价格 单价 售价 "
        "票价 价 费用 成本 收费",
        "price, prices, cost, costs, costing, priced, kostet, kosten, coûte, coûtent, cuesta, "
        "cuestan, 价格, 多少钱, 价钱, 票价, 费用, 成本, 花费",
        MONEY,
    ),
    "length": (
        "length distance long länge strecke longueur distance longitud distancia 长度 全长 距离 "
        "里程 长",
        "long, far, length, distance, lang, weit, longueur, longitud, 多长, 长度, 全长, 多远",
        LENGTH,
    ),
    "duration": (
        "duration time length dauer zeit durée duración tiempo 时长 时间 用时",
        "long, take, takes, last, lasts, duration, dauert, 多久, 时长",
        TIME,
    ),
    "height": (
        "height elevation altitude höhe hauteur altitude altura altitud 高度 海拔 身高 高",
        "high, tall, height, elevation, altitude, hoch, hauteur, alto, alta, altura, 多高, 高度, "
        "海拔",
        LENGTH,
    ),
    "depth": ("depth tiefe profondeur profundidad 深度 水深 深", "deep, depth, tief, 多深", LENGTH),
    "width": (
        "width breadth breite largeur anchura ancho 宽度 宽",
        "wide, broad, breit, 多宽",
        LENGTH,
    ),
    "weight": (
        "weight mass load gewicht poids peso 重量 质量 体重 重",
        "weigh, weighs, weighing, heavy, weight, wiegt, schwer, pèse, pesa, 多重, 重量",
        MASS,
    ),
    "age": (
        "age alter âge edad 年龄 岁",
        "old, age, alt, 多大, 几岁",
        "years year jahre ans años 岁",
    ),
    "size": (
        "area size capacity population volume fläche größe superficie tamaño 面积 大小 容量 人口",
        "big, large, groß, grand, grande, 多大",
        "km² m² ha hectares acres 平方米 公顷 litres",
    ),
    "slope": (
        "slope gradient climb ascent steepness steigung anstieg gefälle pente dénivelé pendiente "
        "desnivel 坡度 爬升",
        "steep, steil, raide, 多陡",
        "",
    ),
    "founding": (
        "founded founding foundation established built opened born birth gründung gegründet "
        "gründungsjahr gebaut baujahr eröffnet geboren geburtsjahr fondation fondé naissance né "
        "construction fundación fundado nacimiento nacido año année jahr year 成立 建成 建造 出生 "
        "创办 年份",
        "",
        "",
    ),
    "area": ("area surface fläche superficie 面积", "area, 面积", "km² m² ha 公顷"),
    "population": (
        "population inhabitants people einwohner habitants habitantes 人口",
        "population, inhabitants, populous, 人口",
        "people",
    ),
    "capacity": (
        "capacity seats places beds volume plätze 容量 座位",
        "capacity, 容量",
        "l litres liters 升",
    ),
    "speed": (
        "speed velocity pace geschwindigkeit vitesse velocidad 速度 时速",
        "fast, quick, speed, schnell, vite, rápido, 多快, 速度",
        "km/h mph m/s kn knots",
    ),
    "temperature": (
        "temperature temperatur température temperatura 温度 气温",
        "warm, hot, cold, temperature, 温度, 气温",
        "°c °f °",
    ),
    "meaning": (
        "meaning description explanation message bedeutung beschreibung signification "
        "significado 含义 意思 说明 描述",
        "mean, meaning, stand for, bedeutet, signifie, significa, 什么意思, 含义, 意思, "
        "表示什么, 代表什么",
        "",
    ),
    "person": (
        "manager owner person contact head warden keeper director leader chief officer name "
        "author teacher doctor nurse driver captain engineer clerk agent guide chair supervisor "
        "coordinator lead chef leiter leiterin ansprechpartner verantwortlich responsable "
        "encargado gérant 负责人 经理 主管 站长 店长 馆长 校长 联系人 管理员 姓名 老师 店主 船长",
        "who, whom, whose, wer, wem, wen, qui, quién, quiénes, looks after, look after, "
        "in charge of, in charge, responsible for, responsible, runs, run, manages, manage, "
        "managed by, leads, leitet, verantwortlich, zuständig, dirige, 谁, 负责人, 负责, "
        "管理, 主管",
        "",
    ),
    "moment": (
        "date day when time opened opening built founded planted year start begin departure "
        "arrival datum jahr date année fecha año 日期 时间 年份 年 建成 开放",
        "when, wann, quand, cuándo, 什么时候, 何时, 哪一天, 哪年, 哪一年",
        "",
    ),
    "location": (
        "place location where site room address town city shelf ort lieu lugar 地点 位置 地址 房间",
        "where, wo, où, dónde, 哪里, 哪儿, 在哪, 何处",
        "",
    ),
}
"""What may be asked of a thing without the name of its column."""

_SUPERLATIVES = """
+: most often, most frequently, am häufigsten, le plus souvent, \
most, highest, largest, biggest, greatest, maximum, max, best, top, meisten, höchste*, größte*, \
plus grand, plus grande, plus élevé, plus élevée, mayor, máximo, más alto, más, 最多, 最高, 最大
-: least often, am seltensten, le moins souvent, \
least, fewest, lowest, smallest, minimum, min, wenigsten, niedrigste*, kleinste*, geringste*, \
plus petit, plus petite, plus bas, moins, menor, mínimo, 最少, 最低, 最小
+price: most expensive, dearest, priciest, costliest, teuerste*, plus cher, plus chère, \
más caro, más cara, 最贵
-price: cheapest, least expensive, billigste*, günstigste*, moins cher, moins chère, \
más barato, más barata, 最便宜
+length: longest, farthest, furthest, längste*, weiteste*, plus long, plus longue, más largo, \
más larga, 最长, 最远
+duration: longest, längste*, plus long, plus longue, 最久, 最长
-duration: shortest, quickest, kürzeste*, 最短
-length: shortest, nearest, kürzeste*, plus court, plus courte, más corto, más corta, 最短, 最近
+height: tallest, highest, höchste*, plus haut, plus haute, más alto, más alta, 最高
-height: shortest, lowest, niedrigste*, 最低, 最矮
+depth: deepest, tiefste*, plus profond, más profundo, 最深
-depth: shallowest, flachste*, 最浅
+width: widest, broadest, breiteste*, 最宽
-width: narrowest, schmalste*, 最窄
+weight: heaviest, schwerste*, plus lourd, plus lourde, más pesado, más pesada, 最重
-weight: lightest, leichteste*, plus léger, más ligero, 最轻
+slope: steepest, steilste*, plus raide, 最陡
-slope: gentlest, flattest, flachste*
+age: oldest, älteste*, plus vieux, plus vieille, plus âgé, plus âgée, plus ancien, plus ancienne, \
más antiguo, más antigua, más viejo, más vieja, 最老, 最年长, 最古老, 最早
-age: youngest, newest, jüngste*, neueste*, plus jeune, plus récent, plus récente, más joven, \
más nuevo, más nueva, más reciente, 最年轻, 最小, 最新, 最晚
-founding: oldest, älteste*, plus vieux, plus vieille, plus âgé, plus âgée, plus ancien, \
plus ancienne, más antiguo, más antigua, más viejo, más vieja, 最老, 最年长, 最古老, 最早
+founding: youngest, newest, jüngste*, neueste*, plus jeune, plus récent, plus récente, más joven, \
más nuevo, más nueva, más reciente, 最年轻, 最新, 最晚
-moment: first, earliest, zuerst, als erster, als erste, früheste*, en premier, primero, 最早, 最先
+moment: last, latest, most recently, zuletzt, als letzter, als letzte, späteste*, en dernier, \
último, 最晚, 最后, 最近
+size: largest, biggest, größte*, 最大
-size: smallest, kleinste*, 最小
+speed: fastest, quickest, schnellste*, plus rapide, más rápido, 最快
-speed: slowest, langsamste*, 最慢
+temperature: warmest, hottest, wärmste*, 最热, 最暖
-temperature: coldest, coolest, kälteste*, 最冷
+population: most populous, 人口最多
"""
_COMPARATIVES = """
+: more, higher, larger, bigger, greater, mehr, höher, größer, plus, más, mayor, 更多, 更高, 更大
-: less, fewer, lower, smaller, weniger, niedriger, kleiner, moins, menos, menor, 更少, 更低, 更小
+price: more expensive, dearer, teurer, plus cher, más caro, 更贵
-price: cheaper, less expensive, billiger, günstiger, moins cher, más barato, 更便宜
+length: longer, farther, länger, plus long, más largo, 更长, 更远
-length: shorter, nearer, kürzer, 更短, 更近
+height: taller, higher, höher, 更高
-height: shorter, lower, 更低, 更矮
+depth: deeper, tiefer, 更深
+width: wider, broader, breiter, 更宽
-width: narrower, 更窄
+weight: heavier, schwerer, plus lourd, más pesado, 更重
-weight: lighter, leichter, 更轻
+age: older, älter, 更老
-age: younger, jünger, 更年轻
+size: larger, bigger, größer, 更大
-size: smaller, kleiner, 更小
+speed: faster, quicker, schneller, 更快
-speed: slower, langsamer, 更慢
"""
_BOUNDS = """
>: more than, over, above, greater than, larger than, higher than, exceeding, mehr als, über, \
plus de, más de, after, nach, après, después de, 超过, 高于, 多于, 大于, 长于, 重于
>=: at least, no less than, not less than, mindestens, au moins, al menos, por lo menos, 至少, \
不少于, 不低于
<: less than, fewer than, under, below, lower than, smaller than, weniger als, unter, moins de, \
menos de, bajo, before, vor, avant, antes de, 低于, 少于, 小于, 不到, 不足, 短于, 轻于
<=: at most, no more than, not more than, up to, höchstens, maximal, au plus, como máximo, 最多, \
不超过, 至多
"""
_BOUNDS_BEHIND = """
>: or more than, 之后, 以后, 后
>=: or more, or above, and above, oder mehr, ou plus, o más, 以上, 及以上
<: 以内, 之内, 之前, 以前, 前
<=: or less, or fewer, or below, oder weniger, ou moins, o menos, 以下, 及以下
"""
_OPERATIONS = """
percent: by what percentage, what percentage, by what percent, by how many percent, \
percentage change, percent change, growth rate, um wie viel prozent, 增长率, 百分之几
change: grow, grew, grown, growth, growing, rise, rose, risen, increase, increased, fall, fell, \
fallen, drop, dropped, decrease, decreased, decline, declined, shrink, shrank, change, changed, \
gestiegen, gewachsen, gefallen, gesunken, steigt, stieg, sank, wuchs, \
zugenommen, abgenommen, veränderung, zunahme, abnahme, augmenté, augmentation, diminué, baissé, \
crecido, creció, aumentó, aumentado, disminuyó, bajó, \
增长, 增加, 减少, 下降, 上升, 上涨, 变化, 提高, 降低
difference: difference between, difference in, difference of, difference, differ, unterschied, \
différence, diferencia, 相差, 差额, \
差多少, 差距
average: average, mean, on average, durchschnitt, durchschnittlich*, im durchschnitt, moyenne, \
en moyenne, promedio, media, 平均, 平均值, 均值
sum: total, in total, sum, altogether, combined, together, overall, insgesamt, gesamt, zusammen, \
summe, total, en tout, au total, somme, en total, suma, 总共, 一共, 合计, 总计, 总和, 共计, 总
"""
_WORDS = """
count: how many, number of, count of, wie viele, wieviele, combien de, cuántos, cuántas, \
多少个, 几个, 几种, 几家, 几座, 几条, 多少种, 多少家, 多少座, 多少条, 数量
amount: how much, wie viel, wieviel, combien, cuánto, cuánta, 多少
everything: everything, alles, tout, todo, 全部, 所有东西
by_how_much: by how much, how much, um wie viel, de combien, en cuánto, 多少
each: per, for each, each, every, by, pro, je, par, por, 按, 每个, 每, 各
chart: chart, charts, plot, plots, graph, graphs, draw, diagram, diagramm, zeichne, figure, \
bar chart, line chart, pie chart, graphique, gráfico, 画出, 画, 图表, 图, 绘制
table: table, list, tabelle, tableau, tabla, show, give, compare, comparison, versus, vs, \
vergleiche, 列出, 表, 表格, 比较, 对比
all: all, all the, every, alle, allen, tous, toutes, todos, todas, 所有, 全部, 各, 历年, 每
verb: take, takes, took, taken, score, scores, scored, scoring, spend, spends, spent, pay, pays, \
paid, earn, earns, earned, earnt, receive, received, reach, reached, grade, grades, \
score, amount, mark, marks, hatte, hatten, gab, gaben, bekam, bekamen, erzielte, erzielten, \
zahlte, zahlten, bezahlt, bezahlte, verdiente, verdienten, hubo, había, tuvo, tuvieron, pagó, \
pagaron, gastó, gastaron, ganó, eut, avait, ont, payé, dépensé, gagné, obtenu, 花了, 花, 付了, \
付, 得了, 考了, 挣了
sold_out: out of stock, sold out, ausverkauft, nicht vorrätig, nicht auf lager, nicht am lager, \
vergriffen, en rupture de stock, épuisé, épuisés, épuisée, épuisées, agotado, agotados, agotada, \
agotadas, sin existencias, 缺货, 售罄, 卖完, 没货
in_stock: in stock, vorrätig, auf lager, am lager, en stock, disponibles, 有货, 现货
offer: do you sell, do you have, do you offer, are there, there are, sell you, verkauft ihr, \
verkaufen sie, habt ihr, haben sie, gibt es, y a t il, vendez vous, avez vous, hay, venden, \
tienen, tenéis, 有, 卖
dimension: 分, 分数, points, point, punkte, punkten, puntos, 人, 个
periods: year, years, jahr, jahre, jahren, années, ans, años, 年, 年份, 历年
from: from, between, since, seit, depuis, von, zwischen, de, entre, desde, 从, 自
to: to, until, till, through, and, bis, und, à, a, et, y, hasta, 到, 至
or: or, oder, ou, o, 还是, 或, and, und, et, y, 和, 与
than: than, als, que, 比
handled: sold, sell, sells, made, make, makes, produced, produce, produces, harvested, caught, \
shipped, delivered, ordered, bought, used, verkauft, hergestellt, geerntet, vendu, vendus, \
vendues, vendido, vendidos, vendidas, 卖出, 卖了, 卖, 售出, 销售, 生产, 收获, 产
neutral: error, code, fault, fehler, erreur, 错误, 代码, 故障, recorded, counted, listed, amount, \
value, values, name, named, called, kind, kinds, type, \
item, items, there, here, does, did, have, has, got, be, been, being, hat, haben, gibt, \
请问, 什么, 哪个, 哪些, 哪种, 哪一个, 哪一种, 哪家, 哪座, \
哪条, 哪位, 哪, 些, 种, 个, 座, 条, 只, 本, 台, 张, 件, 位, 家, 间, 艘, 辆, 棵, \
的, 了, 是, 在, 和, 有, 被, 与, 为, \
吗, 呢, 里, 中, 由, 所, 那, 这, 几, 其, 以, 于, 上, 下, 年, 月, 把, 给, 我, 它
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase of a table of words: what kind of meaning, which meaning, how many words."""

    kind: str
    meaning: str
    size: int


@cache
def _phrases() -> tuple[Mapping[tuple[str, ...], list[Entry]], list[tuple[str, Entry]]]:
    """Phrases by their words, and the beginnings of words that stand with a star."""
    whole: dict[tuple[str, ...], list[Entry]] = {}
    beginnings: list[tuple[str, Entry]] = []
    for kind, table in _tables():
        meaning, _, phrases = table.partition(": ")
        for phrase in phrases.split(", "):
            if phrase.endswith("*"):
                beginnings.append((phrase[:-1], Entry(kind, meaning, 1)))
                continue
            words = tuple(map(_key, tokenize(phrase.strip())))
            if words:
                whole.setdefault(words, []).append(Entry(kind, meaning, len(words)))
    return whole, beginnings


def _tables() -> Iterator[tuple[str, str]]:
    for kind, text in (
        ("superlative", _SUPERLATIVES),
        ("comparative", _COMPARATIVES),
        ("bound", _BOUNDS),
        ("bound_behind", _BOUNDS_BEHIND),
        ("operation", _OPERATIONS),
        ("word", _WORDS),
    ):
        yield from ((kind, line) for line in text.strip().split("\n"))
    for attribute, (_, asking, _) in ATTRIBUTES.items():
        yield "attribute", f"{attribute}: {asking}"


def entries_at(tokens: Sequence[Token], start: int) -> list[Entry]:
    """The meanings that phrases beginning at a word may have, the longest first.

    >>> entries_at(tokenize("more than five"), 0)[0]
    Entry(kind='bound', meaning='>', size=2)
    """
    whole, beginnings = _phrases()
    result: list[Entry] = []
    for size in range(min(_longest(), len(tokens) - start), 0, -1):
        result += whole.get(tuple(map(_key, tokens[start : start + size])), [])
    result += [e for beginning, e in beginnings if tokens[start].raw.startswith(beginning)]
    return result


def _key(token: Token) -> str:
    """A word as it is compared here: as it stands, an ideograph in its simplified form."""
    return token.stem if CJK.match(token.raw) else token.raw


@cache
def _longest() -> int:
    return max(map(len, _phrases()[0]))


def is_same_unit(a: str, b: str) -> bool:
    """Whether two words are one unit.

    >>> is_same_unit("euros", "€"), is_same_unit("kg", "g")
    (True, False)
    """
    a, b = (u.lower().strip(". ") for u in (a, b))
    return a == b or SAME_UNIT.get(a, a) == SAME_UNIT.get(b, b)
