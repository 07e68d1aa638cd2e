"""A product's photo and the words "but red" -> what to recommend."""

from __future__ import annotations

import sys
from itertools import product as every
from pathlib import Path

from _pictures import COLOURS, product

from polysense import Image, Library

KINDS = {
    "Mug": "Stoneware, 300 ml, with a wide handle; for tea, coffee or pencils.",
    "Lamp": "For desk or bedside, its shade of linen on a turned foot.",
    "Stool": "Of beech, with four straight legs, painted by hand.",
}


def shop(folder: Path) -> Path:
    """Twelve photos whose names say nothing, and the catalogue that shows them."""
    folder.mkdir(parents=True, exist_ok=True)
    page = ["# Catalogue"]
    for number, (kind, colour) in enumerate(every(KINDS, COLOURS), 101):
        product(folder / f"p-{number}.jpg", kind, colour)
        page.append(f"## {kind}, {colour}\n\n![{kind}, {colour}](p-{number}.jpg)\n\n{KINDS[kind]}")
    (folder / "catalogue.md").write_text("\n\n".join(page) + "\n", "utf-8")
    return folder


def main(folder: Path = Path("polysense-examples/shop")) -> None:
    """Fill the shop, photograph the blue mug at home, ask for it in red."""
    goods = shop(folder / "shop")
    photo = product(folder / "seen.jpg", "Mug", "blue", at=(34, -40))
    with Library(folder / "kb") as kb:
        kb.index(goods)
        answer = kb.ask("but red", Image(photo), to=("text", "image"))
        more = kb.recommend([goods / "p-102.jpg"], words="red", k=1)
    print(f"asked: but red (with seen.jpg)\n{answer}\n")
    print(f"got:   {answer.save(folder / 'recommended.jpg').name}")
    print(f"recommended to those who like p-102.jpg, but red: {more[0].chunk.asset.name}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
