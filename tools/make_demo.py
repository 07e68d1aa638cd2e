"""Make the demo collection that ships inside the package: src/polysense/demo/files and
src/polysense/demo/queries.

    apt-get install fonts-noto-cjk fonts-lxgw-wenkai fonts-dancingscript fonts-courier-prime
    pip install -e . reportlab xlsxwriter espeakng-loader
    python tools/make_demo.py

Pictures, scans, documents, sounds, speech, the film and the models are made here, and come out the
same bytes each time. What is plain text (guides, page, code, triples, README) is written by hand,
lives only in the files folder, and is left as it is. The fonts are free ones, and only pixels of
them are shipped.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import trimesh
from PIL import Image, ImageEnhance
from scipy.signal import resample_poly

from demo import art, film, models, office, papers, pdfs, scans, shore, sounds, speech, things

DEMO = Path(__file__).parents[1] / "src" / "polysense" / "demo"

KEEPER = [
    "My name is Maren Oake, and I kept the light on Wrenholm for twenty-four years.",
    "Every evening I climbed ninety-six steps with the oil can in my left hand.",
    "In the storm of fifty-three the fog bell cracked, right through the lip.",
    "I heard it from the cottage, and I knew at once.",
    "I kept the spare key in a biscuit tin, under the third stair.",
    "Nobody ever found it. It may be there still.",
]
WELCOME = [
    "欢迎来到雀岛。",
    "渡船票成人九克朗，孩子免费。",
    "磨坊周六开磨，请听钟声。",
    "请不要喂海鹦。",
]
NOTICE = [
    "This is the harbour office of Wrenholm.",
    "There is fog on the water this morning.",
    "The ten o'clock ferry will wait until we can see the bell.",
    "Please keep your dogs and your children away from the edge of the quay.",
    "Thank you.",
]
MILL = [
    "This is a day at the tide mill of Wrenholm.",
    "At high water the miller shuts the gate, and the pond is full.",
    "When the sea has fallen by one metre, she lifts the sluice, and the wheel begins to turn.",
    "Up in the mill, the runner stone makes sixty turns a minute.",
    "By the afternoon, fourteen sacks of flour are on the ferry.",
    "And when the last boat has gone, the lamp is lit.",
]


def pictures(fonts: art.Fonts) -> dict[str, art.Pixels]:
    """Every drawing by its name in pictures/."""
    scenes = {
        "lighthouse-dusk.jpg": shore.lighthouse(shore.DUSK, [(300, 180, 12), (340, 160, 9)]),
        "lighthouse-dawn.jpg": shore.lighthouse(
            shore.DAWN, [(250, 150, 14), (300, 120, 10), (800, 150, 12)]
        ),
        "tide-mill.jpg": shore.tide_mill(),
        "ferry.jpg": shore.ferry(),
        "red-bicycle-basket.jpg": things.bicycle(basket=True),
        "red-bicycle-rack.jpg": things.bicycle(basket=False),
        "fog-bell.jpg": things.bell(),
    }
    images = {name: art.render(scene, fonts) for name, scene in scenes.items()}
    images["puffin.png"] = art.render(things.puffin(), fonts, 480)
    images["harbour-chart.png"] = art.render(things.chart(), fonts)
    images["keepers-chair.png"] = models.picture(models.chair())
    return images


def documents(files: Path, fonts: art.Fonts, images: dict[str, art.Pixels]) -> None:
    """Everything in documents/ and letters/."""
    folder = files / "documents"
    pdfs.handbook(
        folder / "handbook.pdf",
        images["lighthouse-dusk.jpg"],
        art.render(things.mill_section(), fonts, 800),
    )
    office.talk(
        folder / "winter-talk.pptx",
        images["lighthouse-dusk.jpg"],
        images["lighthouse-dawn.jpg"],
        images["fog-bell.jpg"],
    )
    office.report(
        folder / "wheel-repair.docx", images["tide-mill.jpg"], images["keepers-chair.png"]
    )
    office.accounts(folder / "accounts.xlsx")
    papers.mail(folder / "before-we-open.eml")
    chart = folder / "chart.png"
    art.save(art.render(papers.visitors_chart(), fonts, 620), chart)
    papers.notebook(folder / "visitors.ipynb", chart.read_bytes())
    chart.unlink()
    papers.loans(folder / "loans.zip")
    grey = scans.letter(fonts).mean(2, keepdims=True).repeat(3, 2).astype(np.uint8)
    pdfs.scan(files / "letters" / "letter-1938.pdf", grey)
    art.save(scans.receipt(fonts), files / "letters" / "receipt-1953.jpg", 74)


def recordings(files: Path, fonts: art.Fonts, images: dict[str, art.Pixels]) -> None:
    """Everything in sounds/ and video/."""
    folder = files / "sounds"
    espeak = speech.Espeak()
    for name, words, voice in (
        ("keeper-remembers.mp3", KEEPER, speech.Voice("en+f3", 138, 40)),
        ("welcome.zh.mp3", WELCOME, speech.Voice("cmn", 145, 50)),
        ("harbour-notice.ogg", NOTICE, speech.Voice("en+m3", 140, 40)),
    ):
        samples, cues = espeak.read(words, voice)
        sounds.write(
            folder / name, samples, speech.RATE, 32_000, name.partition(".")[0].replace("-", " ")
        )
        if name != "harbour-notice.ogg":
            (folder / name).with_suffix(".vtt").write_text(speech.vtt(cues), encoding="utf-8")
    surf = sounds.waves()
    for name, sound in (
        ("bell-1904-cracked", sounds.bell(cracked=True)),
        ("bell-1954", sounds.bell(cracked=False)),
        ("waves", surf),
        ("foghorn", sounds.foghorn()),
    ):
        sounds.write(folder / f"{name}.ogg", sound, sounds.RATE, 36_000)
    narration, cues = espeak.read(MILL, speech.Voice("en+f2", 140, 45), pause=0.7)
    workings = art.render(things.mill_section(), fonts)
    shots = [
        film.Shot(images["tide-mill.jpg"], (0.5, 0.5, 1.0), (0.5, 0.45, 0.9), "A Day at the Mill"),
        film.Shot(workings, (0.3, 0.6, 0.6), (0.36, 0.66, 0.5)),
        film.Shot(images["tide-mill.jpg"], (0.42, 0.62, 0.72), (0.34, 0.66, 0.5)),
        film.Shot(workings, (0.7, 0.5, 0.62), (0.74, 0.42, 0.48)),
        film.Shot(images["ferry.jpg"], (0.42, 0.6, 0.7), (0.55, 0.58, 0.8)),
        film.Shot(images["lighthouse-dusk.jpg"], (0.55, 0.35, 0.8), (0.5, 0.5, 1.0)),
    ]
    bed = resample_poly(surf, speech.RATE // 150, sounds.RATE // 150)
    film.write(
        files / "video" / "a-day-at-the-mill.mp4",
        shots,
        narration,
        cues,
        bed,
        fonts,
        "A day at the mill",
    )


def meshes(files: Path) -> None:
    """Everything in models/: the chair in metres with Y up as glb and obj, in millimetres with Z up
    as stl.
    """
    folder = files / "models"
    folder.mkdir(exist_ok=True)
    for name, scene in (
        ("keepers-chair", models.chair()),
        ("milking-stool", models.stool()),
        ("mill-pinion", models.gear()),
        ("lighthouse", models.lighthouse()),
    ):
        (folder / f"{name}.glb").write_bytes(scene.export(file_type="glb"))
    whole = models.chair().to_mesh()
    plain = trimesh.Trimesh(whole.vertices, whole.faces, process=False)
    (folder / "keepers-chair.obj").write_text(
        trimesh.exchange.obj.export_obj(
            plain, include_normals=False, header="The keeper's chair, in metres", digits=4
        ),
        encoding="ascii",
    )
    plain.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0)))
    plain.apply_scale(1000)
    (folder / "keepers-chair.stl").write_bytes(plain.export(file_type="stl"))


def queries(folder: Path, fonts: art.Fonts, images: dict[str, art.Pixels]) -> None:
    """What a visitor might hold up and ask about: a snapshot, a hissing clip, a turned mesh, a
    photographed error.
    """
    folder.mkdir(exist_ok=True)
    bicycle = (
        Image.fromarray(images["red-bicycle-basket.jpg"][90:590, 150:850])
        .rotate(2.5, Image.Resampling.BICUBIC, fillcolor=(226, 219, 205))
        .resize((420, 300))
    )
    bicycle = ImageEnhance.Color(ImageEnhance.Brightness(bicycle).enhance(0.86)).enhance(0.8)
    art.save(art.grain(np.asarray(bicycle), 5.0, 9), folder / "snapshot.jpg", 60)
    clip = sounds.noisy(sounds.bell(cracked=False), 2.05, 4.05, 0.03)
    sounds.write(folder / "a-bell-in-the-fog.ogg", clip, sounds.RATE, 36_000)
    art.save(scans.error_message(fonts), folder / "error.png")
    chair = models.chair().to_mesh()
    turned = trimesh.Trimesh(chair.vertices, chair.faces, process=False)
    turned.apply_transform(trimesh.transformations.rotation_matrix(0.7, (1, 2, 0.5)))
    turned.apply_scale(39.37)
    turned.vertices += np.random.default_rng(6).normal(0, 0.02, turned.vertices.shape)
    (folder / "found-in-the-attic.ply").write_bytes(turned.export(file_type="ply"))


def main() -> None:
    """Make all of it; --fonts says where the fonts are, --to makes it elsewhere."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--fonts", type=Path, default=Path("/usr/share/fonts"))
    options.add_argument("--to", type=Path, default=DEMO)
    arguments = options.parse_args()
    fonts, files = art.Fonts(arguments.fonts), arguments.to / "files"
    for name in ("documents", "letters", "pictures", "sounds", "video"):
        (files / name).mkdir(parents=True, exist_ok=True)
    images = pictures(fonts)
    for seed, (name, pixels) in enumerate(images.items()):
        art.save(
            art.grain(pixels, 2.0 if name.endswith("jpg") else 0, seed),
            files / "pictures" / name,
            78,
        )
    (files / "pictures" / "mill-workings.svg").write_text(things.mill_section(), encoding="utf-8")
    documents(files, fonts, images)
    recordings(files, fonts, images)
    meshes(files)
    queries(arguments.to / "queries", fonts, images)
    outputs = [p for p in arguments.to.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    sys.stdout.write(
        f"{len(outputs)} files, {sum(p.stat().st_size for p in outputs) / 1e6:.2f} MB in "
        f"{arguments.to}\n"
    )


if __name__ == "__main__":
    main()
