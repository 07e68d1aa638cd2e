"""Units by what they are, however they are written: "metres", "m" and "米" are one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

_UNITS_TEXT = """
%: percent per-cent pct prozent por-ciento pour-cent 百分
second: seconds sec secs s sekunde sekunden seconde secondes segundo segundos 秒 秒钟
minute: minutes min mins minuten minuto minutos 分钟 分鐘
hour: hours h hr hrs stunde stunden heure heures hora horas 小时 小時 钟头
day: days tag tage tagen jour jours día días 天 日
week: weeks woche wochen semaine semaines semana semanas 周 星期 週
month: months monat monate monaten mois mes meses 月 个月
year: years yr yrs jahr jahre jahren ans année années año años 年
decade: decades jahrzehnt jahrzehnte décennie décennies década décadas
century: centuries jahrhundert jahrhunderte siècle siècles siglo siglos 世纪 世紀
millimetre: millimetres millimeter millimeters mm millimètre millimètres milímetro milímetros 毫米
centimetre: centimetres centimeter centimeters cm centimètre centimètres centímetro
centimetre: centímetros 厘米 公分
metre: metres meter meters m metern mètre mètres metro metros 米 公尺
kilometre: kilometres kilometer kilometers km kilomètre kilomètres kilómetro kilómetros 公里 千米
inch: inches zoll pouce pouces pulgada pulgadas 英寸
foot: feet ft fuß pied pieds pies 英尺
yard: yards yd 码
mile: miles mi meile meilen milles milla millas 英里
milligram: milligrams mg milligramm milligramme milligrammes miligramo miligramos 毫克
gram: grams gramme grammes g gramm gramo gramos 克
kilogram: kilograms kilogrammes kilo kilos kg kilogramm kilogramo kilogramos 公斤 千克
tonne: tonnes ton tons t tonnen tonelada toneladas 吨 噸
pound: pounds lb lbs pfund livre livres libra libras 磅
ounce: ounces oz unze unzen onces onza onzas 盎司
litre: litres liter liters l litro litros 升 公升
millilitre: millilitres milliliter milliliters ml mililitro mililitros 毫升
gallon: gallons gal gallonen galón galones 加仑
dollar: dollars usd $ dólar dólares 美元
euro: euros eur € 欧元
sterling: gbp £ 英镑
yen: jpy 日元
yuan: rmb cny ¥ ￥ 元 块 人民币
crown: crowns krone kroner krona kronor krónur
degree: degrees ° grad degré degrés grado grados 度
celsius: °c c 摄氏度
fahrenheit: °f f 华氏度
volt: volts v 伏 伏特
watt: watts w 瓦
kilowatt: kilowatts kw 千瓦
ampere: amperes amp amps 安培
hertz: hz 赫兹
square-metre: square-metres square-meter square-meters m² m2 qm sqm quadratmeter quadratmetern
square-metre: metros-cuadrados mètres-carrés 平方米
square-kilometre: square-kilometres square-kilometer square-kilometers km² km2 qkm
square-kilometre: quadratkilometer kilómetros-cuadrados kilomètres-carrés 平方公里 平方千米
square-mile: square-miles sq-mi quadratmeilen 平方英里
square-foot: square-feet sq-ft quadratfuß 平方英尺
cubic-metre: cubic-metres cubic-meter cubic-meters m³ m3 kubikmeter metros-cúbicos 立方米
hectare: hectares hektar ha hectárea hectáreas 公顷
kilometre-per-hour: km/h kmh kph kilometres-per-hour kilometers-per-hour stundenkilometer
kilometre-per-hour: stundenkilometern kilómetros-por-hora
mile-per-hour: mph miles-per-hour
metre-per-second: m/s metres-per-second meters-per-second
"""
_UNIT_OF = {
    word.casefold(): line.partition(":")[0]
    for line in _UNITS_TEXT.strip().splitlines()
    for word in (line.partition(":")[0], *line.partition(":")[2].split())
}
_LONGEST_FIRST = sorted((w for w in _UNIT_OF if not w.isascii()), key=len, reverse=True)


METRIC: Mapping[str, tuple[str, Decimal]] = {
    name: (base, Decimal(factor))
    for base, units in {
        "metre": {"millimetre": "0.001", "centimetre": "0.01", "metre": "1", "kilometre": "1000"},
        "gram": {"milligram": "0.001", "gram": "1", "kilogram": "1000", "tonne": "1000000"},
        "litre": {"millilitre": "0.001", "litre": "1"},
        "watt": {"watt": "1", "kilowatt": "1000"},
        "second": {"second": "1", "minute": "60", "hour": "3600"},
    }.items()
    for name, factor in units.items()
}
"""Unit -> (unit of the same kind, how many of those it is): 1.5 km are 1500 m."""


def unit_of(word: str) -> str:
    """The English name of a unit, in whatever language or sign it is written; "" for other words.

    >>> unit_of("km"), unit_of("米"), unit_of("Stunden"), unit_of("chairs")
    ('kilometre', 'metre', 'hour', '')
    """
    word = word.casefold()
    if unit := _UNIT_OF.get(word, ""):
        return unit
    return next((_UNIT_OF[w] for w in _LONGEST_FIRST if word.startswith(w) and not w.isalpha()), "")


def leading_unit(text: str) -> str:
    """The unit that a text begins with, written without spaces after it as Chinese is.

    >>> leading_unit("米高"), leading_unit("块叶片"), leading_unit("个人")
    ('metre', 'yuan', '')
    """
    return next((_UNIT_OF[w] for w in _LONGEST_FIRST if text.startswith(w)), "")
