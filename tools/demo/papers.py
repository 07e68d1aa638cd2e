"""A mail with an attachment, a notebook with a chart, a zip of two loan papers."""

from __future__ import annotations

import base64
import json
import zipfile
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from demo.art import svg
from demo.facts import VISITORS

_MAIL = """Dear Edda,

a few things before we open on Saturday 5 April.

The harbour master says the quay lamp will be out for the first week, \
so please put a lantern on the bell
frame each evening. Tove has planed the mill door and it shuts again.

The school of St Brannoc's comes on Thursday 10 April \
with twenty-seven children and three teachers. They
want to grind, which the tide forbids that day, so I shall show them the model and give each child a
handful of barley.

The ferry times for the season are attached.

Yours,
Ines

P.S. The goat is banned from the shop. It knows why.
"""
_FERRY = """from,leaves,arrives,days
mainland,10:00,10:35,daily
mainland,14:00,14:35,daily
Wrenholm,12:00,12:35,daily
Wrenholm,17:30,18:05,daily
"""
_LOANS = (
    "object,lent to,from,until,insured for\nmodel of the Petrel,Museum of Small "
    "Boats,2025-05-01,2025-10-31,4000\nkeeper's oilskin,Weather House,2025-06-01,2025-09-15,350\n"
)
_CONDITION = """# Condition of the model of the Petrel on leaving

Length 84 cm. Pine hull, linen sails, brass stanchions.

- One of the eleven stanchions on the port side is bent, and has been since 1931.
- The ensign has faded to pink.
- A pencil mark inside the lid of the case reads *J. L., winter of the long ice*.

Pack upright. Do not let anyone "just try" the rigging.
"""


def mail(path: Path) -> None:
    """A plain mail with the ferry's timetable attached."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "Ines Falk <ines@wrenholm.example>"
    message["To"] = "Edda Lund <edda@wrenholm.example>"
    message["Date"] = "Mon, 31 Mar 2025 18:20:00 +0100"
    message["Subject"] = "Before we open on Saturday"
    message["Message-ID"] = "<20250331.1820@wrenholm.example>"
    message.set_content(_MAIL)
    message.add_attachment(_FERRY, subtype="csv", filename="ferry-times-2025.csv")
    message.set_boundary("wrenholm-season-2025")
    path.write_bytes(message.as_bytes())


def visitors_chart() -> str:
    """Bars of visitors by year, with 2020 in another colour."""
    bars = ""
    for i, (year, seasons) in enumerate(VISITORS.items()):
        h, x = sum(seasons) / 9000 * 250, 70 + 58 * i
        bars += (
            f'<rect x="{x}" y="{300 - h:.1f}" width="40" height="{h:.1f}" '
            f'fill="{"#b23b32" if year == 2020 else "#31708a"}"/>'
            f'<text x="{x + 20}" y="322">{year}</text>'
        )
    grid = "".join(
        f'<path d="M56,{300 - v / 36:.1f} H600" stroke="#ddd"/>'
        f'<text x="30" y="{305 - v / 36:.1f}">{v}</text>'
        for v in range(0, 9000, 3000)
    )
    return svg(
        620,
        340,
        '<rect width="620" height="340" fill="#fff"/>'
        '<g font-family="Noto Serif CJK SC" font-size="14" fill="#333" '
        f'text-anchor="middle">{grid}{bars}<text x="310" y="24" font-size="18">Visitors to '
        "Wrenholm by year</text></g>",
    )


def notebook(path: Path, chart: bytes) -> None:
    """Three cells: words, a calculation with its output, a chart (PNG bytes)."""
    totals = {year: sum(seasons) for year, seasons in VISITORS.items()}
    growth = 100 * (totals[2024] / totals[2016] - 1)
    source = (
        f'totals = {totals}\n\ngrowth = 100 * (totals[2024] / totals[2016] - 1)\nf"{{growth:.1f}} '
        '% more visitors in 2024 than in 2016"'
    )

    def lines(text: str) -> list[str]:
        return text.splitlines(keepends=True)

    cells = [
        {
            "cell_type": "markdown",
            "id": "why",
            "metadata": {},
            "source": lines(
                "# Are we growing?\n\nThe trustees asked whether more people come than eight "
                "years ago, and whether 2020 still hurts."
            ),
        },
        {
            "cell_type": "code",
            "id": "count",
            "execution_count": 1,
            "metadata": {},
            "source": lines(source),
            "outputs": [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {
                        "text/plain": [f"'{growth:.1f} % more visitors in 2024 than in 2016'"]
                    },
                }
            ],
        },
        {
            "cell_type": "code",
            "id": "draw",
            "execution_count": 2,
            "metadata": {},
            "source": lines(
                "import matplotlib.pyplot as plt\n\nplt.bar(list(totals), list(totals.values()))"
            ),
            "outputs": [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {
                        "image/png": base64.b64encode(chart).decode() + "\n",
                        "text/plain": ["<Figure size 620x340 with 1 Axes>"],
                    },
                }
            ],
        },
        {
            "cell_type": "markdown",
            "id": "so",
            "metadata": {},
            "source": lines(
                "**Yes, and no.** The gap of 2020 closed in 2022; since then every season but "
                "winter has been a record."
            ),
        },
    ]
    kernel = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    path.write_text(
        json.dumps(
            {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5},
            indent=1,
            ensure_ascii=False,
        )
        + "\n",
        encoding="utf-8",
    )


def loans(path: Path) -> None:
    """The loan register and a condition report, zipped."""
    with zipfile.ZipFile(path, "w") as out:
        for name, words in (
            ("loan-register.csv", _LOANS),
            ("condition-of-the-petrel-model.md", _CONDITION),
        ):
            out.writestr(
                zipfile.ZipInfo(name, (2025, 3, 1, 9, 0, 0)), words, zipfile.ZIP_DEFLATED, 9
            )
