"""The island's numbers, once: pictures, sheets, pages and recordings take them from here."""

from __future__ import annotations

PADDLES = 32
TOWER_STEPS = 96
GEAR_TEETH = 24

VISITORS = {  # year: (spring, summer, autumn, winter)
    2016: (1204, 3518, 1077, 212),
    2017: (1330, 3742, 1159, 240),
    2018: (1401, 4015, 1288, 263),
    2019: (1466, 4390, 1345, 301),
    2020: (118, 1502, 347, 0),
    2021: (402, 2868, 905, 144),
    2022: (1289, 4106, 1370, 288),
    2023: (1542, 4733, 1498, 334),
    2024: (1690, 5127, 1611, 372),
}

# year: (tickets, shop and flour, grants and gifts, wages, repairs, other costs), in crowns
CASH = {
    2019: (52514, 18230, 9000, 48600, 14120, 11870),
    2020: (13769, 6015, 31000, 29400, 6350, 8240),
    2021: (30233, 11480, 22000, 35200, 9775, 9310),
    2022: (49371, 17905, 8000, 46900, 12480, 11020),
    2023: (56749, 21340, 7500, 50300, 38915, 12160),
    2024: (61600, 24870, 12000, 53100, 16240, 12685),
}
