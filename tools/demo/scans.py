"""Papers as a scanner saw them: a receipt of 1953, a typed letter of 1938, and a photographed error
message.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from demo.art import Fonts, Pixels, render, svg

INK = "#2a3f7a"


def receipt(fonts: Fonts) -> Pixels:
    """收据 of 17 November 1953: printed form, ink by hand, a red stamp, a fold, one and a half
    degrees askew.
    """
    items = (
        ("灯油 Lamp oil", "12", "4.50", "54.00"),
        ("灯芯 Lamp wick", "6", "0.75", "4.50"),
        ("铜油 Brass polish", "2", "1.25", "2.50"),
    )
    rows = "".join(
        f'<g font-family="LXGW WenKai" font-size="31" fill="{INK}">'
        f'<text x="80" y="{y}">{name}</text><text x="452" y="{y}" text-anchor="end">{n}</text>'
        f'<text x="586" y="{y}" text-anchor="end">{each}</text>'
        f'<text x="732" y="{y}" text-anchor="end">{sum_}</text></g>'
        for y, (name, n, each, sum_) in zip((508, 570, 632), items, strict=True)
    )
    rules = "".join(f'<path d="M64,{y} H748"/>' for y in (410, 458, 526, 588, 650, 712)) + "".join(
        f'<path d="M{x},410 V712"/>' for x in (64, 388, 482, 612, 748)
    )
    paper = (
        '<rect width="812" height="1090" fill="#4a4038"/><g transform="rotate(-1.4 406 545)">'
        '<rect x="28" y="28" width="756" height="1034" fill="#f0e4c6"/>'
        '<g fill="#3b2f28" font-family="Noto Serif CJK SC" text-anchor="middle">'
        '<text x="406" y="104" font-size="46" font-weight="bold" '
        'letter-spacing="8">美兴船具行</text>'
        '<text x="406" y="146" font-size="25" letter-spacing="2">MEI HING SHIP CHANDLERY</text>'
        '<text x="406" y="182" font-size="21">8 Harbour Street, Wrenholm · 雀岛港街八号</text>'
        '<text x="406" y="252" font-size="44" font-weight="bold" letter-spacing="6">收据 '
        "RECEIPT</text></g>"
        '<g fill="#3b2f28" font-family="Noto Serif CJK SC" font-size="24">'
        '<text x="64" y="304">No.</text><text x="380" y="304">日期 Date</text>'
        '<text x="64" y="366">今收到 Received from</text>'
        '<text x="80" y="443">品名 Item</text><g font-size="19.5" text-anchor="middle">'
        '<text x="435" y="442">数量 Qty</text><text x="547" y="442">单价 Each</text>'
        '<text x="680" y="442">金额 Sum</text></g><text x="80" y="692">合计 Total</text>'
        '<text x="64" y="780">大写 In words</text>'
        '<text x="64" y="850">经手人 Signed</text><text x="406" y="1016" font-size="19" '
        'text-anchor="middle">货物出门 概不退换 · Goods once sold are not taken back</text></g>'
        f'<g fill="{INK}" font-family="LXGW WenKai" font-size="32">'
        '<text x="116" y="304">0427</text><text x="500" y="304">17 Nov. 1953</text>'
        '<text x="336" y="366">雀岛灯塔 Wrenholm Light</text>'
        '<text x="732" y="692" text-anchor="end">61.00</text>'
        '<text x="244" y="780">陆拾壹元整 sixty-one crowns</text>'
        '<text x="256" y="850">陈美兴 Chan Mei Hing</text></g>'
        f'<g stroke="#6b5b4b" stroke-width="2" fill="none">{rules}<path d="M106,314 h150 M490,314 '
        f'h258 M330,376 h418 M238,790 h510 M250,860 h498" stroke-dasharray="3 4"/></g>{rows}'
        '<g transform="rotate(-12 590 930)" fill="none" stroke="#b3302b" stroke-width="5" '
        'opacity="0.8"><rect x="480" y="880" width="220" height="96" rx="10"/>'
        '<text x="590" y="943" font-family="Noto Serif CJK SC" font-weight="bold" font-size="39" '
        'text-anchor="middle" fill="#b3302b" stroke="none">付讫 PAID</text></g></g>'
    )
    return _scanned(render(svg(812, 1090, paper), fonts, 812), seed=1953, fold=0.72)


LETTER = (
    "The Harbour and Lights Board",
    "of Wrenholm",
    "",
    "4 March 1938",
    "",
    "Dear Miss Oake,",
    "",
    "The Board has read your letter with pleasure and",
    "appoints you Keeper of Wrenholm Light from the",
    "first of May 1938, in the place of the late",
    "Mr. Josef Lund.",
    "",
    "The wage is 14 crowns a week, with coal, lamp oil",
    "and the cottage beside the tower. You will wind",
    "the clockwork every four hours between sunset",
    "and sunrise, and ring the bell in fog.",
    "",
    "The Board does not object to the cat.",
    "",
    "Yours faithfully,",
    "",
    "",
    "Edmund Falk, Secretary",
)


def letter(fonts: Fonts) -> Pixels:
    """The letter of 1938 that made Maren Oake keeper, typed, signed and scanned in grey."""
    lines = "".join(
        f'<text x="104" y="{150 + 33 * i}" xml:space="preserve">{line}</text>'
        for i, line in enumerate(LETTER)
    )
    paper = (
        '<rect width="816" height="1056" fill="#f1eee6"/><g transform="rotate(0.9 408 528)">'
        f'<g font-family="Courier Prime" font-size="22" fill="#26241f">{lines}</g>'
        '<text x="112" y="842" font-family="Dancing Script" font-weight="bold" font-size="46" '
        'fill="#35415f">Edmund Falk</text>'
        '<g fill="none" stroke="#56606f" stroke-width="3" opacity="0.75" transform="translate(640 '
        '190)"><circle r="74"/><circle r="62" stroke-width="1.5"/>'
        '<path d="M-13,42 L-7,-14 h14 L13,42z M-14,-14 h28 M-6,-14 v-14 h12 v14 M-9,-28 L0,-42 '
        "L9,-28z M-16,-22 L-44,-32 M-16,-20 L-44,-12 M16,-22 L44,-32 M16,-20 L44,-12 M-10,22 h20 "
        'M-9,6 h18"/></g></g>'
    )
    return _scanned(render(svg(816, 1056, paper), fonts, 816), seed=1938, fold=0.36)


def error_message(fonts: Fonts) -> Pixels:
    """The box on the tide display that people photograph and ask about."""
    box = (
        '<rect width="720" height="360" fill="#31525e"/>'
        '<rect x="70" y="56" width="580" height="250" rx="10" fill="#f5f3ee"/>'
        '<path d="M70,66 q0,-10 10,-10 h560 q10,0 10,10 v38 h-580z" fill="#a83232"/>'
        '<g font-family="Noto Serif CJK SC"><text x="92" y="88" font-size="22" font-weight="bold" '
        'fill="#ffffff">Tide display</text><text x="164" y="160" font-size="28" '
        'font-weight="bold" fill="#2a2a2a">Error E-17: float stuck</text>'
        '<text x="164" y="200" font-size="20" fill="#444444">The pond float has not moved for 30 '
        'minutes.</text></g><circle cx="120" cy="166" r="24" fill="#a83232"/>'
        '<path d="M120,152 v18 M120,178 v3" stroke="#fff" stroke-width="6"/>'
        '<rect x="500" y="240" width="116" height="42" rx="6" fill="#31525e"/>'
        '<text x="558" y="268" font-family="Noto Serif CJK SC" font-size="21" fill="#ffffff" '
        'text-anchor="middle">Try again</text>'
    )
    return render(svg(720, 360, box), fonts, 720)


def _scanned(page: Pixels, seed: int, fold: float) -> Pixels:
    """Paper fibre, uneven lamp, a soft fold across the page and a slight blur."""
    rng = np.random.default_rng(seed)
    h, w = page.shape[:2]
    blotches = gaussian_filter(rng.normal(0, 1, (h, w)), 40)
    fibre = gaussian_filter(rng.normal(0, 1, (h, w)), 0.8)
    y = np.arange(h)[:, None] / h
    crease = 10 * np.exp(-((((y - fold) * h) / 3) ** 2)) - 7 * np.exp(
        -((((y - fold) * h - 5) / 6) ** 2)
    )
    shade = 14 * blotches / np.abs(blotches).max() + 3.5 * fibre + crease - 8 * (y - 0.5)
    out = gaussian_filter(page.astype(np.float64), (0.55, 0.55, 0)) + shade[..., None] * np.array(
        [0.9, 1.0, 1.25]
    )
    return out.clip(0, 255).astype(np.uint8)
