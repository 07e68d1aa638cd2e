"""Scenes by the sea: the lighthouse at dusk and at dawn, the tide mill, the ferry boat."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from demo.art import gradient, gulls, ripples, stones, svg
from demo.facts import PADDLES


@dataclass(frozen=True)
class Light:
    """The colours of an hour."""

    sky: tuple[str, ...]
    sea: tuple[str, ...]
    sun: tuple[float, str]
    far: tuple[str, str]
    rock: tuple[str, str, str]
    tower: tuple[str, ...]
    band: tuple[str, ...]
    glint: str
    lamp: bool


DUSK = Light(
    ("#161d40", "#35346b", "#7c4f7f", "#d9705f", "#f7b46c", "#fbd58f"),
    ("#d98a68", "#6b4f78", "#2a2f5c", "#161d40"),
    (190, "#ffe3a6"),
    ("#5a4271", "#44375f"),
    ("#2c2b48", "#3a3557", "#1f2038"),
    ("#f3d9c4", "#d8b9b5", "#8e7a95"),
    ("#c6453c", "#a33a42", "#632f49"),
    "#ffd9a0",
    True,
)
DAWN = Light(
    ("#7fb2d6", "#a9cde2", "#d6e3e6", "#f6e6d2", "#fbdcc0"),
    ("#e9dccd", "#9fc6cf", "#5b9cb5", "#2f6f93"),
    (470, "#fff6df"),
    ("#9db8c6", "#84a5b4"),
    ("#6d7561", "#88906f", "#545a50"),
    ("#cfd6da", "#f7f5ee", "#fffdf6"),
    ("#9c2f33", "#cf4a42", "#dd5f50"),
    "#ffffff",
    False,
)


def lighthouse(hour: Light, gull_places: list[tuple[float, float, float]]) -> str:
    """The tower on its headland; the lamp burns at dusk and is out at dawn."""
    defs = (
        gradient("sky", *hour.sky)
        + gradient("sea", *hour.sea)
        + gradient("wall", *hour.tower, across=True)
        + gradient("red", *hour.band, across=True)
        + gradient("beamL", "#fff2c0/0", "#fff2c0/0.75", across=True)
        + gradient("beamR", "#fff2c0/0.75", "#fff2c0/0", across=True)
        + gradient("rock", hour.rock[1], hour.rock[2])
    )
    rng = random.Random(8)
    stars = "".join(
        f'<circle cx="{rng.uniform(0, 960):.0f}" cy="{rng.uniform(0, 190):.0f}" '
        f'r="{rng.uniform(0.6, 1.7):.1f}" opacity="{rng.uniform(0.3, 0.9):.2f}"/>'
        for _ in range(70)
    )
    x, colour = hour.sun
    sky = (
        '<rect width="960" height="430" fill="url(#sky)"/>'
        f'<g fill="#fff" opacity="{int(hour.lamp)}">{stars}</g>'
        f'<circle cx="{x}" cy="408" r="120" fill="{colour}" opacity="0.5" filter="url(#mist)"/>'
        f'<circle cx="{x}" cy="408" r="40" fill="{colour}"/>'
        f'<g fill="#fff" opacity="{0.16 if hour.lamp else 0.7}" filter="url(#soft)">'
        '<ellipse cx="330" cy="250" rx="190" ry="10"/>'
        '<ellipse cx="180" cy="290" rx="150" ry="8"/><ellipse cx="820" cy="220" rx="170" ry="11"/>'
        '<ellipse cx="480" cy="330" rx="120" ry="6"/></g>'
        f'<path d="M0,418 q60,-34 140,-26 q70,8 120,24 l60,4 0,10 -320,0z" fill="{hour.far[0]}"/>'
        '<path d="M560,426 q60,-18 120,-14 q90,-40 170,-20 q60,10 110,6 l0,34 -400,0z" '
        f'fill="{hour.far[1]}"/>'
    )
    sea = (
        '<rect y="424" width="960" height="216" '
        f'fill="url(#sea)"/>{ripples(3, (0, 428, 960, 640), hour.glint, 150, 0.3)}'
        f"{ripples(5, (x - 90, 428, x + 90, 640), hour.glint, 90, 0.75)}"
    )
    land = (
        '<path d="M330,640 L352,596 L386,566 L410,520 L452,498 L500,480 L590,472 L700,474 '
        'L800,486 L880,478 L960,486 L960,640z" fill="url(#rock)"/>'
        '<path d="M410,520 L452,498 L500,480 L590,472 L700,474 L800,486 L880,478 L960,486 '
        f'L960,508 L800,520 L640,506 L520,512 L440,536z" fill="{hour.rock[1]}"/>'
        f'<g fill="{hour.rock[2]}" opacity="0.75">'
        '<path d="M386,566 L440,536 L470,580 L420,640 L330,640z"/>'
        '<path d="M560,530 L620,524 L660,590 L600,640 L540,640z"/>'
        '<path d="M760,540 L840,532 L870,600 L830,640 L750,640z"/></g>'
        f'<g fill="{hour.rock[0]}" opacity="0.8"><path d="M470,548 L552,540 L530,600 L490,610z"/>'
        '<path d="M676,534 L740,540 L742,610 L700,600z"/></g>'
    )
    return svg(
        960,
        640,
        sky
        + sea
        + gulls(*gull_places, colour=hour.rock[2])
        + _beams(hour)
        + land
        + _cottage(hour)
        + _tower(hour),
        defs,
    )


def _beams(hour: Light) -> str:
    if not hour.lamp:
        return ""
    return (
        '<g filter="url(#soft)"><path d="M600,156 L-40,60 L-40,190z" fill="url(#beamL)"/>'
        '<path d="M600,156 L1000,96 L1000,200z" fill="url(#beamR)"/></g>'
        '<circle cx="600" cy="156" r="54" fill="#fff0b8" opacity="0.65" filter="url(#soft)"/>'
    )


def _tower(hour: Light) -> str:
    def at(y: float) -> tuple[float, float]:
        half = 32 + (y - 190) * 26 / 290
        return 600 - half, 600 + half

    def band(y0: float, y1: float) -> str:
        (a, b), (c, d) = at(y0), at(y1)
        return f'<path d="M{a},{y0} L{b},{y0} L{d},{y1} L{c},{y1}z" fill="url(#red)"/>'

    glass = "#fff3c4" if hour.lamp else "#cfe3ea"
    (a, b), (c, d) = at(190), at(484)
    window = "#ffd98a" if hour.lamp else "#4c5a66"
    windows = "".join(
        f'<rect x="{593 - k}" y="{y}" width="13" height="21" rx="6" fill="{window}"/>'
        for k, y in ((6, 240), (-8, 318), (4, 396))
    )
    rails = "".join(f'<path d="M{q},178 v-20" />' for q in range(556, 650, 8))
    return (
        f'<path d="M{a},190 L{b},190 L{d},484 L{c},484z" '
        f'fill="url(#wall)"/>{band(262, 308)}{band(362, 414)}{windows}'
        '<path d="M586,484 v-30 q14,-18 28,0 v30z" fill="#4a2f36"/>'
        f'<rect x="552" y="178" width="96" height="13" rx="3" fill="{hour.rock[2]}"/>'
        f'<g stroke="{hour.rock[2]}" stroke-width="2.4">{rails}<path d="M554,158 h92" '
        'stroke-width="3"/></g>'
        f'<rect x="572" y="126" width="56" height="52" fill="{glass}"/>'
        f'<circle cx="600" cy="154" r="13" fill="#fff" opacity="{1 if hour.lamp else 0.5}"/>'
        f'<g stroke="{hour.rock[2]}" stroke-width="3" fill="none">'
        '<path d="M572,126 h56 M572,126 v52 M590.5,126 v52 M609.5,126 v52 M628,126 v52"/></g>'
        '<path d="M564,127 q8,-36 36,-38 q28,2 36,38z" fill="url(#red)"/>'
        f'<circle cx="600" cy="86" r="6" fill="{hour.rock[2]}"/>'
        f'<path d="M600,84 v-30" stroke="{hour.rock[2]}" stroke-width="3"/>'
    )


def _cottage(hour: Light) -> str:
    window = "#ffd27a" if hour.lamp else "#5d6d78"
    return (
        '<path d="M676,484 v-50 h128 v54z" fill="url(#wall)"/>'
        '<path d="M664,438 l24,-36 h106 l22,36z" fill="url(#red)"/>'
        f'<rect x="772" y="384" width="18" height="30" fill="{hour.rock[2]}"/>'
        f'<rect x="696" y="448" width="18" height="18" fill="{window}"/>'
        f'<rect x="764" y="448" width="18" height="18" fill="{window}"/>'
        f'<rect x="730" y="448" width="20" height="37" fill="{hour.rock[2]}"/>'
        f'<g stroke="{hour.rock[2]}" stroke-width="2.5">'
        '<path d="M820,488 v-20 M846,487 v-20 M872,484 v-20 M898,484 v-20 M924,485 v-20"/>'
        '<path d="M812,474 l130,-4" /></g>'
    )


def mill_wheel(cx: float, cy: float, r: float, wood: str, dark: str) -> str:
    """The water wheel with its paddles, eight arms and two rims."""
    paddles = "".join(
        f'<rect x="{cx - 5:.1f}" y="{cy - r - 9:.1f}" width="10" height="{r * 0.27:.1f}" '
        f'fill="{dark}" transform="rotate({360 * i / PADDLES:.2f} {cx} {cy})"/>'
        for i in range(PADDLES)
    )
    arms = "".join(
        f'<path d="M{cx},{cy} '
        f'L{cx + r * math.cos(math.tau * i / 8):.1f},{cy + r * math.sin(math.tau * i / 8):.1f}" '
        f'stroke="{wood}" stroke-width="9"/>'
        for i in range(8)
    )
    return (
        f'{paddles}{arms}<circle cx="{cx}" cy="{cy}" r="{r}" fill="none" stroke="{wood}" '
        'stroke-width="9"/>'
        f'<circle cx="{cx}" cy="{cy}" r="{r * 0.8}" fill="none" stroke="{wood}" stroke-width="6"/>'
        f'<circle cx="{cx}" cy="{cy}" r="{r * 0.14}" fill="{wood}"/>'
        f'<circle cx="{cx}" cy="{cy}" r="{r * 0.06}" fill="{dark}"/>'
    )


def tide_mill() -> str:
    """The mill across its race, in summer light."""
    defs = (
        gradient("sky", "#88bfe0", "#cfe5ea", "#f4ecd8")
        + gradient("water", "#7fb3b5", "#3f7f8e", "#22566b")
        + gradient("roof", "#6d7688", "#4a5163")
    )
    trees = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{c}"/>'
        for x, y, r, c in (
            (60, 330, 62, "#5f8a55"),
            (130, 350, 48, "#769c5c"),
            (10, 360, 50, "#4d7a4f"),
            (880, 330, 66, "#5f8a55"),
            (950, 350, 60, "#4d7a4f"),
            (820, 372, 36, "#83a763"),
        )
    )
    quay = stones(9, (0, 428, 250, 520), 24, ["#a89c88", "#978b79", "#b8ac97"], "#6f6658")
    wall = stones(
        4,
        (330, 270, 800, 500),
        21,
        ["#cdbfa6", "#bfae94", "#d9cdb6", "#b3a48d", "#c7b8a2"],
        "#8d806e",
    )
    panes = "".join(
        f'<g transform="translate({x} {y})"><rect x="-4" y="-4" width="48" height="62" '
        'fill="#efe7d6"/><rect width="40" height="54" fill="#34505f"/>'
        '<path d="M20,0 v54 M0,18 h40 M0,36 h40" stroke="#efe7d6" stroke-width="3"/></g>'
        for x, y in ((470, 310), (580, 310), (690, 310), (580, 405))
    )
    body = (
        '<rect width="960" height="640" fill="url(#sky)"/>'
        '<g fill="#fff" opacity="0.85" filter="url(#soft)">'
        '<ellipse cx="180" cy="110" rx="120" ry="24"/>'
        '<ellipse cx="250" cy="92" rx="80" ry="26"/><ellipse cx="790" cy="80" rx="110" ry="20"/>'
        "</g>"
        f'<path d="M0,372 q180,-60 420,-22 q300,-40 540,8 v80 h-960z" fill="#9dba7c"/>{trees}'
        f'<rect y="440" width="960" height="200" fill="url(#water)"/>'
        '<path d="M790,470 Q880,440 960,452 V540 Q880,520 790,524z" '
        f'fill="#7f9c63"/>{quay}'
        f'<g filter="url(#cut)">{wall}</g><path d="M306,278 L372,168 L762,168 L826,278z" '
        'fill="url(#roof)"/>'
        '<path d="M318,256 h496 M332,232 h466 M346,208 h440 M358,188 h416" stroke="#3d4454" '
        'stroke-width="2" opacity="0.45"/>'
        '<rect x="690" y="130" width="38" height="70" fill="#a5533f"/>'
        '<rect x="684" y="124" width="50" height="12" fill="#8b4435"/>'
        '<g filter="url(#soft)" opacity="0.4"><path d="M350,520 h440 v70 h-440z" fill="#d8c8a6"/>'
        "</g>"
        f'{panes}<path d="M692,500 v-88 q24,-26 48,0 v88z" fill="#3b6b5f"/>'
        '<path d="M716,404 v96" stroke="#2a4f46" stroke-width="3"/>'
        '<path d="M330,500 h470 v22 h-470z" fill="#7d7262"/>'
        '<circle cx="316" cy="424" r="124" fill="#2a3238" '
        f'opacity="0.28"/>{mill_wheel(310, 420, 118, "#7a5638", "#4c3524")}'
        f'{ripples(6, (0, 520, 960, 640), "#e9f6f2", 150, 0.5)}<g fill="#ffffff" opacity="0.75" '
        'filter="url(#soft)"><ellipse cx="300" cy="540" rx="90" ry="10"/>'
        '<ellipse cx="240" cy="554" rx="70" ry="7"/></g>'
        '<g transform="translate(828 470)"><path d="M0,0 v70" stroke="#5b4330" stroke-width="7"/>'
        '<rect x="-62" y="-22" width="124" height="42" rx="4" fill="#f6efdd" stroke="#5b4330" '
        'stroke-width="4"/>'
        '<text y="7" font-family="Noto Serif CJK SC" font-weight="bold" font-size="20" '
        'text-anchor="middle" fill="#3a2a1d">TIDE MILL</text></g>'
    )
    return svg(960, 640, body + gulls((430, 110, 13), (470, 92, 9), (610, 70, 10)), defs)


def ferry() -> str:
    """The little blue ferry at its mooring."""
    defs = (
        gradient("sky", "#bcd9e6", "#f3eee2")
        + gradient("sea", "#9fd0cf", "#4f9daa", "#27708a")
        + gradient("hull", "#2f6fb0", "#1d4a80")
    )
    hull = "M230,410 L742,396 Q730,470 672,500 L330,506 Q262,480 230,410z"
    ropes = '<path d="M742,400 Q820,470 900,452" fill="none" stroke="#c9b48a" stroke-width="4"/>'
    body = (
        '<rect width="960" height="640" fill="url(#sky)"/>'
        '<path d="M0,330 q140,-70 300,-30 q160,-60 340,-6 q180,-46 320,10 v60 h-960z" '
        'fill="#a9c0b4"/>'
        '<path d="M0,352 q200,-36 420,-8 q300,-30 540,6 v30 h-960z" fill="#8aa99b"/>'
        '<rect y="360" width="960" height="280" fill="url(#sea)"/>'
        f"{ripples(12, (0, 366, 960, 640), '#f2fbf8', 140, 0.5)}"
        '<g opacity="0.35" filter="url(#soft)"><path d="M270,508 L690,504 L650,590 L320,596z" '
        'fill="#123657"/></g>'
        f"{stones(2, (860, 400, 960, 640), 24, ['#938a7c', '#a59c8d', '#837a6d'], '#5c554b')}<rect "
        f'x="888" y="372" width="22" height="80" rx="8" fill="#3a3d44"/>{ropes}'
        f'<path d="{hull}" fill="url(#hull)"/><path d="M230,410 L742,396 L740,412 L234,426z" '
        'fill="#f4efe3"/><path d="M322,500 L676,494 Q672,500 660,502 L330,506z" fill="#b8433a"/>'
        '<path d="M420,400 V318 h190 l14,80z" fill="#f6f1e4"/>'
        '<path d="M408,320 l8,-20 h204 l6,20z" fill="#c8503f"/>'
        '<g fill="#38586a"><rect x="440" y="332" width="40" height="36" rx="3"/>'
        '<rect x="494" y="332" width="40" height="36" rx="3"/>'
        '<rect x="548" y="332" width="40" height="36" rx="3"/></g>'
        '<path d="M360,404 V170" stroke="#6b4b31" stroke-width="8"/>'
        '<path d="M360,180 l-58,20 58,18z" fill="#e2b33c"/>'
        '<path d="M360,172 L236,410 M360,172 L424,302" stroke="#6a6259" stroke-width="2"/>'
        '<g font-family="Noto Serif CJK SC" font-weight="bold" fill="#fdf8ea">'
        '<text x="296" y="458" font-size="33" letter-spacing="5">PETREL II</text>'
        '<text x="600" y="454" font-size="27">WH 7</text></g>'
        '<g fill="none" stroke="#f4efe3" stroke-width="8"><circle cx="642" cy="366" r="17"/></g>'
        '<g fill="none" stroke="#d6513f" stroke-width="8" stroke-dasharray="14 12.7">'
        '<circle cx="642" cy="366" r="17"/></g>'
    )
    return svg(
        960,
        640,
        body + gulls((150, 150, 16), (210, 120, 11), (700, 140, 13), colour="#54626b"),
        defs,
    )
