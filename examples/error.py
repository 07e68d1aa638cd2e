"""A screenshot of an error -> its cause and what to do, with the page of the manual."""

from __future__ import annotations

import sys
from pathlib import Path

from _pictures import font, pdf
from PIL import Image as Pictures
from PIL import ImageDraw

from polysense import Image, Library

MANUAL = [
    (
        "1  Before you start",
        "Kestrel copies photographs from cameras and memory cards to a folder that several "
        "computers share. It needs 2 GB of memory "
        "and a folder that it may write to; a folder on a server does as well as one on a disk of "
        "your own.",
    ),
    (
        "2  Connecting a camera",
        "Plug the camera in and switch it on. Kestrel lists it within ten seconds, with the "
        "number of photographs that are new. If "
        "the camera is not listed, choose the mode MTP in its menu, switch it off and on, and "
        "plug it in again.",
    ),
    (
        "3  The card is write-protected (K-311)",
        "The slider at the side of the memory card stands on LOCK. Take the card out of the "
        "camera, push the slider up, and put the "
        "card in again.",
    ),
    (
        "4  The index is locked (K-207)",
        "Another Kestrel was closed while it wrote to the index, so that its lock file stayed "
        "behind and the index is locked for "
        "everybody. To unlock the index, quit Kestrel on every computer, delete the file "
        "index.lock in the shared folder, and start it "
        "again. Nothing is imported twice.",
    ),
]


def screenshot(path: Path) -> Path:
    """What the user sees."""
    shot = Pictures.new("RGB", (900, 520), (58, 84, 110))
    pen = ImageDraw.Draw(shot)
    pen.rounded_rectangle((150, 110, 750, 400), 10, (245, 246, 248))
    pen.rounded_rectangle((150, 110, 750, 156), 10, (222, 226, 232))
    pen.text((172, 122), "Kestrel Photo Import", (40, 44, 52), font(19, bold=True))
    pen.ellipse((180, 192, 236, 248), (205, 60, 52))
    pen.text((208, 219), "!", "white", font(36, bold=True), anchor="mm")
    pen.text((262, 190), "Import stopped", (30, 33, 40), font(24, bold=True))
    pen.text((262, 234), "Error K-207: index is locked.", (30, 33, 40), font(20))
    pen.text((262, 266), "148 photographs were not copied.", (90, 96, 106), font(18))
    pen.rounded_rectangle((610, 336, 722, 378), 6, (46, 110, 190))
    pen.text((666, 357), "Close", "white", font(19), anchor="mm")
    shot.save(path)
    return path


def main(folder: Path = Path("polysense-examples/error")) -> None:
    """Write the manual, take the screenshot, ask."""
    folder.mkdir(parents=True, exist_ok=True)
    manual, shot = pdf(folder / "kestrel-manual.pdf", MANUAL), screenshot(folder / "screenshot.png")
    question = "What causes this error, and how do I fix it?"
    with Library(folder / "kb") as kb:
        kb.index(manual)
        answer = kb.ask(question, Image(shot), to=("text", "image"))
    print(f"asked: {question} (with screenshot.png)\n{answer}\n")
    print("got:  ", answer.save(folder / "place.png").name)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
