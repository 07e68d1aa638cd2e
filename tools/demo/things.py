"""Things of the museum: the keeper's bicycle twice, the fog bell, a puffin, the chart, the workings
of the mill.
"""

from __future__ import annotations

import math
import random

from demo.art import gradient, gulls, ripples, stones, svg
from demo.shore import mill_wheel


def _wheel(cx: float, cy: float, r: float = 112) -> str:
    spokes = "".join(
        f'<path d="M{cx + 9 * math.cos(a + 1.2):.1f},{cy + 9 * math.sin(a + 1.2):.1f} '
        f'L{cx + r * math.cos(a):.1f},{cy + r * math.sin(a):.1f}"/>'
        for a in (math.tau * i / 28 for i in range(28))
    )
    return (
        f'<g fill="none"><g stroke="#9aa1a6" stroke-width="1.3">{spokes}</g>'
        f'<circle cx="{cx}" cy="{cy}" r="{r}" stroke="#26282c" stroke-width="11"/>'
        f'<circle cx="{cx}" cy="{cy}" r="{r - 8}" stroke="#c9ccce" stroke-width="5"/></g>'
        f'<circle cx="{cx}" cy="{cy}" r="10" fill="#6d7277"/>'
    )


def bicycle(basket: bool) -> str:
    """The red bicycle: as the keeper rode it, with its basket, or bare against the mill wall."""
    if basket:
        defs = gradient("wall", "#f4efe4", "#e6dfd0") + gradient("ground", "#b9ae9b", "#94897a")
        boards = "".join(
            f'<path d="M0,{y} h960" stroke="#d3cab8" stroke-width="3"/>' for y in range(40, 500, 46)
        )
        back = (
            f'<rect width="960" height="500" fill="url(#wall)"/>{boards}<g '
            'transform="translate(640 60)"><rect x="-10" y="-10" width="200" height="216" '
            'fill="#4f8a8b"/>'
            '<rect width="180" height="196" fill="#2f4f5c"/>'
            '<path d="M90,0 v196 M0,98 h180" stroke="#e9f0ea" stroke-width="8"/>'
            '<path d="M0,120 L90,20 v40 L20,196 h-20z" fill="#fff" opacity="0.1"/>'
            '<rect x="-22" y="206" width="224" height="16" '
            f'fill="#3f7273"/>{_flowers(3, -10, 190, 196, 40)}</g>'
            '<rect y="500" width="960" height="140" fill="url(#ground)"/>'
        )
    else:
        defs = gradient("ground", "#8c8577", "#6a6459")
        greys = ["#b9ae9c", "#a99d8a", "#c6bcaa", "#9d927f"]
        wall = stones(31, (0, 0, 960, 500), 38, greys, "#7b7163")
        back = f'{wall}<rect y="500" width="960" height="140" fill="url(#ground)"/>'
    red, cream = ("#c8202c", "#f6e8cf") if basket else ("#cf2a2a", "#e9dcc5")
    frame = (
        f'<g fill="none" stroke="{red}" stroke-width="13" stroke-linecap="round" '
        'stroke-linejoin="round">'
        '<path d="M300,440 L392,270 L620,276 L446,440z M392,270 L446,440 M380,238 L446,440 '
        'M300,440 L446,440"/><path d="M612,232 L628,300 Q640,370 668,440"/></g>'
        f'<g fill="none" stroke="{red}" stroke-width="7">'
        '<path d="M176,420 A126,126 0 0 1 424,414"/><path d="M556,384 A126,126 0 0 1 790,410"/>'
        "</g>"
        f'<path d="M292,424 L452,414 Q486,440 452,464 L296,454 Q276,440 292,424z" fill="{red}"/>'
        f'<circle cx="446" cy="440" r="24" fill="none" stroke="{cream}" stroke-width="4"/>'
        '<path d="M446,440 L474,496 M456,498 h38 M446,440 L418,384 M400,384 h34" stroke="#3b3d42" '
        'stroke-width="8" stroke-linecap="round"/>'
        '<path d="M330,230 Q336,210 372,216 L432,222 Q446,226 434,236 L400,244 Q360,256 336,246z" '
        'fill="#7a4526"/>'
        '<path d="M612,232 L604,196 M604,198 Q570,190 548,214" stroke="#b9bec2" stroke-width="9" '
        'fill="none" stroke-linecap="round"/><path d="M560,204 L536,222" stroke="#7a4526" '
        'stroke-width="15" stroke-linecap="round"/>'
        '<g><circle cx="640" cy="252" r="17" fill="#d7dadc"/>'
        '<path d="M650,238 a17,17 0 0 1 0,28z" fill="#fff3bf"/></g>'
        '<path d="M268,330 l-26,4 0,16 26,-4z" fill="#8d1d22"/>'
        f'<path d="M430,262 L590,266" stroke="{cream}" stroke-width="3"/>'
    )
    extra = (
        _basket()
        if basket
        else '<path d="M180,336 h150 M200,336 l26,92 M310,336 l-12,92" stroke="#44474c" '
        'stroke-width="6" fill="none"/>'
    )
    shadow = (
        '<g opacity="0.45" filter="url(#soft)"><ellipse cx="490" cy="556" rx="340" ry="16" '
        'fill="#3a332b"/></g>'
    )
    return svg(960, 640, f"{back}{shadow}{_wheel(300, 440)}{_wheel(668, 440)}{frame}{extra}", defs)


def _flowers(seed: int, x0: float, x1: float, y: float, n: int) -> str:
    rng = random.Random(seed)
    leaves = "".join(
        f'<circle cx="{rng.uniform(x0, x1):.0f}" cy="{y - rng.uniform(-4, 16):.0f}" '
        f'r="{rng.uniform(7, 12):.0f}" fill="{rng.choice(("#56804e", "#6f9a58"))}"/>'
        for _ in range(n)
    )
    blooms = "".join(
        f'<circle cx="{rng.uniform(x0, x1):.0f}" cy="{y - rng.uniform(2, 28):.0f}" '
        f'r="{rng.uniform(5, 9):.0f}" '
        f'fill="{rng.choice(("#e9b93c", "#fff4e0", "#d86f8f", "#8b78c0"))}"/>'
        for _ in range(n)
    )
    return leaves + blooms


def _basket() -> str:
    cane = "".join(f'<path d="M{644 + 3 * i},{214 + 16 * i} h{128 - 6 * i}"/>' for i in range(6))
    stakes = "".join(
        f'<path d="M{650 + 13.5 * i},206 L{660 + 11.5 * i:.0f},306"/>' for i in range(10)
    )
    return (
        f'{_flowers(11, 652, 764, 204, 26)}<path d="M640,204 h136 l-18,104 h-100z" '
        f'fill="#c99c5c"/><g fill="none" stroke="#93682f" stroke-width="4">{cane}{stakes}</g>'
        '<rect x="634" y="198" width="148" height="13" rx="6" fill="#a87c40"/>'
    )


def bell() -> str:
    """The fog bell of 1954 in its oak frame on the quay."""
    defs = (
        gradient("sky", "#dfe6e6", "#c4d2d4", "#a9bdc2")
        + gradient("bronze", "#4d3a1d", "#b98d3f", "#f1d58a", "#a5792f", "#5a4220", across=True)
        + gradient("oak", "#8a6138", "#5f4125", across=True)
    )
    body = (
        '<rect width="960" height="640" fill="url(#sky)"/><g opacity="0.5" filter="url(#mist)">'
        '<path d="M0,330 q200,-60 420,-10 q260,-40 540,20 v120 h-960z" fill="#8ca2a8"/></g>'
        '<rect y="420" width="960" height="120" '
        f'fill="#9fb6bb"/>{ripples(4, (0, 424, 960, 540), "#eef4f3", 60, 0.5)}'
        f"{stones(14, (0, 534, 960, 640), 34, ['#9a9083', '#867c70', '#aaa092'], '#645c52')}<g "
        'opacity="0.5" filter="url(#soft)"><ellipse cx="480" cy="556" rx="300" ry="14" '
        'fill="#2c2822"/></g>'
        '<g fill="url(#oak)"><path d="M214,548 L262,110 h34 L262,548z"/>'
        '<path d="M746,548 L698,110 h-34 L698,548z"/>'
        '<rect x="216" y="84" width="528" height="44" rx="5"/>'
        '<path d="M276,250 L360,128 h34 L272,300z M684,250 L600,128 h-34 L688,300z"/></g>'
        '<rect x="456" y="120" width="48" height="44" fill="#3b3f45"/>'
        '<path d="M412,172 Q480,132 548,172 Q576,250 588,330 Q598,392 646,432 Q654,452 640,460 '
        'Q480,490 320,460 Q306,452 314,432 Q362,392 372,330 Q384,250 412,172z" '
        'fill="url(#bronze)"/>'
        '<path d="M324,442 Q480,474 636,442 M366,372 Q480,396 594,372 M404,196 Q480,216 556,196" '
        'fill="none" stroke="#4d3a1d" stroke-width="4" opacity="0.6"/>'
        '<circle cx="480" cy="492" r="27" fill="#4d3a1d"/>'
        '<path d="M480,512 q-8,40 6,64" stroke="#d9cba6" stroke-width="7" fill="none"/>'
        '<g font-family="Noto Serif CJK SC" font-weight="bold" fill="#3d2c12" '
        'text-anchor="middle"><text x="480" y="296" font-size="22" letter-spacing="2">HALDEN '
        "BROS</text>"
        '<text x="480" y="346" font-size="36" letter-spacing="6">1954</text></g>'
    )
    return svg(960, 640, body + gulls((120, 120, 13), (170, 96, 9), colour="#5f6d72"), defs)


def puffin() -> str:
    """A puffin on a rock, drawn flat as on a poster."""
    defs = gradient("sky", "#f2c879", "#f5e2b8") + gradient("sea", "#2f7f86", "#1d5a69")
    body = (
        '<rect width="640" height="640" fill="url(#sky)"/>'
        '<circle cx="500" cy="140" r="64" fill="#fff5d8"/>'
        '<rect y="430" width="640" height="210" fill="url(#sea)"/>'
        f'{ripples(21, (0, 436, 640, 640), "#bfe3de", 70, 0.5)}<path d="M90,640 Q120,560 210,548 '
        'Q300,530 400,548 Q520,556 560,640z" fill="#4a4f57"/>'
        '<path d="M210,548 Q300,530 400,548 L380,580 L250,578z" fill="#616770"/>'
        '<path d="M250,560 l-22,18 h60 l-10,-24z M346,560 l-10,20 h64 l-26,-24z" fill="#ee7a2b"/>'
        '<path d="M222,330 Q206,470 262,552 Q330,580 384,546 Q440,470 412,330z" fill="#fbf8f0"/>'
        '<path d="M226,300 Q170,400 196,520 Q204,540 216,520 Q262,430 262,330z" fill="#22252c"/>'
        '<path d="M408,300 Q462,390 440,510 Q432,530 420,512 Q384,430 384,330z" fill="#22252c"/>'
        '<path d="M212,250 Q212,150 316,146 Q424,150 422,262 Q424,330 396,352 Q318,384 242,352 '
        'Q210,330 212,250z" fill="#22252c"/>'
        '<ellipse cx="352" cy="252" rx="66" ry="72" fill="#f4f1e6"/>'
        '<path d="M336,232 l20,-24 18,24 -18,18z" fill="#2b3039"/>'
        '<circle cx="356" cy="230" r="9" fill="#fff"/>'
        '<circle cx="356" cy="230" r="6" fill="#16181c"/>'
        '<path d="M392,196 Q470,196 520,278 Q466,312 400,306 Q418,250 392,196z" fill="#ee7a2b"/>'
        '<path d="M392,196 Q414,250 400,306 Q424,308 438,304 Q448,250 424,200z" fill="#3f5b78"/>'
        '<path d="M438,304 Q450,250 424,200" stroke="#f7d774" stroke-width="7" fill="none"/>'
        '<path d="M466,220 Q482,262 470,300" stroke="#b9461c" stroke-width="5" fill="none"/>'
        '<circle cx="398" cy="312" r="9" fill="#f0b52c"/>'
    )
    return svg(640, 640, body, defs)


def chart() -> str:
    """The harbour chart: names, soundings, a wreck and a compass rose."""
    rng = random.Random(5)
    coast = (
        "M330,190 Q420,120 540,150 Q640,130 700,210 Q770,260 730,350 Q742,430 650,470 Q600,530 "
        "500,508 Q440,540 380,490 Q300,470 296,390 Q250,330 290,270 Q296,220 330,190z"
    )
    rings = "".join(
        f'<path d="{coast}" fill="none" stroke="#7ea7b0" stroke-width="{w}" opacity="{o}"/>'
        for w, o in ((70, 0.16), (40, 0.22), (16, 0.35))
    )
    depths = "".join(
        f'<text x="{x}" y="{y}">{rng.randint(3, 28)}</text>'
        for x in range(60, 940, 74)
        for y in range(70, 620, 62)
        if ((x - 510) / 300) ** 2 + ((y - 330) / 240) ** 2 > 1.1
        and not (x > 690 and y < 230)
        and not (x < 330 and y > 480)
        and not (x < 480 and y < 120)
        and not (x > 700 and 400 < y < 520)
    )
    rose = "".join(
        f'<path d="M0,0 L7,-20 L0,-{70 if a % 90 == 0 else 44} L-7,-20z" transform="rotate({a})" '
        f'fill="{"#7b2d26" if a == 0 else "#38525c"}"/>'
        for a in range(0, 360, 45)
    )
    names = "".join(
        f'<text x="{x}" y="{y}" font-size="{size}">{text}</text>'
        for x, y, size, text in (
            (618, 240, 19, "Wrenholm Light"),
            (420, 452, 19, "Tide Mill 潮汐磨坊"),
            (372, 316, 17, "Mill Pond"),
            (582, 342, 30, "WRENHOLM 雀岛"),
            (660, 400, 17, "Puffin Bank"),
            (430, 210, 17, "Old Well"),
        )
    )
    body = (
        '<rect width="960" height="640" fill="#f3ead2"/>'
        '<rect x="18" y="18" width="924" height="604" fill="#dcebe6" stroke="#38525c" '
        f'stroke-width="3"/>{rings}'
        f'<path d="{coast}" fill="#ecd9a8" stroke="#5d4a2c" stroke-width="3"/>'
        '<path d="M320,300 Q370,260 420,310 Q430,350 380,360 Q330,350 320,300z" fill="#bcdadb" '
        'stroke="#5d4a2c" stroke-width="2"/>'
        '<g font-family="Courier Prime" font-size="17" fill="#4a6e78" '
        f'text-anchor="middle">{depths}</g>'
        '<g fill="#b23b32"><circle cx="690" cy="252" r="8"/>'
        '<path d="M690,252 l30,-34 10,10z" opacity="0.5"/></g>'
        '<rect x="410" y="462" width="16" height="16" fill="#5d4a2c"/>'
        '<circle cx="430" cy="222" r="6" fill="none" stroke="#5d4a2c" stroke-width="3"/>'
        '<path d="M770,470 h40 M780,462 v16 M790,458 v24 M800,462 v16" stroke="#7b2d26" '
        'stroke-width="3"/>'
        f'<g font-family="Noto Serif CJK SC" fill="#3a2d18" text-anchor="middle">{names}<g '
        'fill="#7b2d26" font-size="20"><text x="800" y="506">Wreck of the</text>'
        '<text x="800" y="532">Petrel, 1892</text></g></g>'
        '<g transform="translate(850 130)"><circle r="58" fill="none" stroke="#38525c" '
        f'stroke-width="2"/>{rose}<text y="-76" font-family="Noto Serif CJK SC" '
        'font-weight="bold" font-size="22" text-anchor="middle" fill="#7b2d26">N</text></g>'
        '<g font-family="Noto Serif CJK SC" fill="#3a2d18">'
        '<text x="44" y="62" font-size="27" font-weight="bold">Harbour Chart of Wrenholm</text>'
        '<text x="44" y="90" font-size="18">雀岛港图 · soundings in metres</text></g>'
        '<path d="M60,590 h200" stroke="#38525c" stroke-width="5"/>'
        '<path d="M60,582 v16 M160,582 v16 M260,582 v16" stroke="#38525c" stroke-width="3"/>'
        '<text x="160" y="572" font-family="Courier Prime" font-size="18" text-anchor="middle" '
        'fill="#38525c">0 - 1 nautical mile</text>'
    )
    return svg(960, 640, body)


def mill_section() -> str:
    """The workings of the mill, as an SVG that a browser shows: the words in it are text."""
    teeth = "".join(
        f'<rect x="-4" y="-52" width="8" height="10" transform="rotate({a})"/>'
        for a in range(0, 360, 15)
    )
    arrow = (
        '<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0,0 L10,5 L0,10z" fill="#b23b32"/></marker>'
    )
    body = (
        "<title>How the tide mill of Wrenholm works</title>"
        "<desc>Section through the mill: the flood fills the pond through the sea gate; on the "
        "ebb the pond drives the wheel, the wheel drives the pit gear, "
        "and the pit gear turns the runner stone.</desc>"
        '<rect width="960" height="540" fill="#fbf7ec"/>'
        '<text x="40" y="52" font-size="26" font-weight="bold">How the tide mill works</text>'
        '<path d="M20,300 H300 V430 H20z" fill="#a8d3d6"/>'
        '<path d="M520,420 H940 V470 H520z" fill="#7fb6c4"/>'
        '<path d="M20,430 H360 L390,460 H940 V490 H20z" fill="#8d806e"/>'
        '<rect x="300" y="262" width="16" height="168" fill="#5b4330"/>'
        '<path d="M536,116 L620,66 L824,66 L908,116z" fill="#5a6274"/>'
        '<path d="M556,116 H888 V408 H556z" fill="#efe6d2" stroke="#8d806e" stroke-width="4"/>'
        f"{mill_wheel(434, 366, 78, '#7a5638', '#4c3524')}"
        '<path d="M434,366 H640" stroke="#4c3524" stroke-width="11"/>'
        '<g transform="translate(640 346)" fill="#a8763e"><circle r="44"/>'
        + teeth
        + '<circle r="12" fill="#4c3524"/></g>'
        '<path d="M712,346 V214" stroke="#4c3524" stroke-width="9"/>'
        '<rect x="692" y="328" width="40" height="34" rx="3" fill="#c08c50"/>'
        '<rect x="646" y="206" width="132" height="24" rx="4" fill="#b9b3a6"/>'
        '<rect x="646" y="178" width="132" height="24" rx="4" fill="#d3cdc0"/>'
        '<path d="M682,178 l-18,-44 h96 l-18,44z" fill="#c69a5b"/>'
        '<g stroke="#b23b32" stroke-width="4" fill="none" marker-end="url(#tip)">'
        '<path d="M200,350 H286"/><path d="M324,410 L352,426"/><path d="M530,446 H640"/></g>'
        '<g font-size="18"><text x="48" y="330">mill pond 磨坊池</text>'
        '<text x="48" y="386">9,600 m³</text><text x="250" y="248">sluice 闸门</text>'
        '<text x="368" y="264">water wheel 水轮</text>'
        '<text x="746" y="352">pinion 小齿轮</text><text x="574" y="280">pit gear</text>'
        '<text x="790" y="196">runner</text><text x="790" y="224">bed stone</text>'
        '<text x="772" y="152">hopper</text><text x="680" y="450">the ebbing sea 落潮的海</text>'
        "</g>"
        '<text x="40" y="526" font-size="16">One ebb drives the wheel for 2 hours 40 '
        "minutes.</text>"
    )
    return svg(
        960,
        540,
        '<g font-family="DejaVu Serif, Noto Serif CJK SC, Georgia, serif" '
        f'fill="#3a2d18">{body}</g>',
        arrow,
    )
