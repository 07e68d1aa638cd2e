"""Words to pictures, in a course whose lessons show them and among photos without any words; and a
photo from a poor copy of it.
"""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from common import fingerprint, ranked, renamed
from polysense import Library, part
from polysense.evaluate.bench import Row, mean
from polysense.evaluate.metrics import reciprocal_rank

# ![caption, which may hold links](figure){alt='words'}
_FIGURE = re.compile(r"!\[((?:[^\[\]]|\[[^\]]*\]\([^)]*\))*)\]\(([^)\s]+)\)(\{[^}]*\})?")
_ALT = re.compile(r"""alt=(['"])(.*?)\1\s*\}""", re.S)


def run(data: Path, work: Path) -> Iterator[Row]:
    """The course as it is, the course without alt texts and captions, and the photos."""
    course = data.resolve() / "mixed-imaging-course"
    pictures_by_text = alts(course)
    yield from figures("kept", course, pictures_by_text, work / "kept")
    bare = work / "course"
    shutil.copytree(course, bare)
    for page in bare.rglob("*.md"):
        page.write_text(_FIGURE.sub(r"![](\2)", page.read_text("utf-8")), "utf-8")
    yield from figures("removed", bare, pictures_by_text, work / "removed")
    yield from photos(data / "photos-labelled", work / "photos")


def alts(course: Path) -> dict[str, set[str]]:
    """Alt text -> the assets that it stands for."""
    pictures_by_text: dict[str, set[str]] = defaultdict(set)
    for page in sorted(course.rglob("*.md")):
        for caption, ref, attributes in _FIGURE.findall(page.read_text("utf-8")):
            alt = _ALT.search(attributes)
            words = " ".join((alt[2] if alt else caption).split())
            pictures_by_text[words] |= {
                fingerprint(p) for p in course.rglob(Path(ref).name) if words and p.is_file()
            }
    return {words: pictures for words, pictures in pictures_by_text.items() if pictures}


def figures(
    how: str, course: Path, pictures_by_text: dict[str, set[str]], library: Path
) -> Iterator[Row]:
    """Each alt text as a query for pictures."""
    with Library(library) as kb:
        kb.index(course)
        rankings = {words: ranked(kb, words, modality="image", k=10) for words in pictures_by_text}
    ranks = [
        reciprocal_rank(rankings[words], pictures) for words, pictures in pictures_by_text.items()
    ]
    value = (
        f"R@1 {mean(float(r == 1) for r in ranks):.3f}, R@10 "
        f"{mean(float(r > 0) for r in ranks):.3f}, MRR {mean(ranks):.3f}"
    )
    yield Row(
        f"Alt text -> its picture, imaging course, alt and caption {how}",
        value,
        note=f"{len(pictures_by_text)} alt texts",
    )


def photos(source: Path, work: Path) -> Iterator[Row]:
    """One photo a class: from the class's name, and from a mirrored small copy of its middle."""
    labels = dict(
        line.split("\t")
        for line in (source / "labels.tsv").read_text("utf-8").splitlines()
        if "\t" in line
    )
    copies = renamed((source / name for name in sorted(labels)), work / "files")
    name_scores: dict[str, list[tuple[float, float]]] = {"": [], "conse % 50": []}
    copy_scores: list[float] = []
    with Library(work / "kb") as kb:
        kb.index(work / "files")
        for copy, original in copies.items():
            own = fingerprint(copy)
            for using, scores in name_scores.items():
                ranking = ranked(kb, labels[original.name], k=10, using=using)
                scores.append((float(ranking[:1] == [own]), float(own in ranking)))
            copy_scores.append(
                float(ranked(kb, part(degrade(copy, work / "query.jpg")), k=1) == [own])
            )
    for using, scores in name_scores.items():
        first, ten = (mean(column) for column in zip(*scores, strict=True))
        how = "ConSE alone" if using else "default"
        yield Row(
            f"Name of a class -> its photo, {how}",
            f"R@1 {first:.3f}, R@10 {ten:.3f}",
            note=f"{len(copies)} photos",
        )
    yield Row("Small mirrored middle of a photo -> the photo, R@1", f"{mean(copy_scores):.3f}")


def degrade(photo: Path, target: Path) -> Path:
    """The middle 60 % of a photo, mirrored, at most 160 pixels, as a poor JPEG."""
    with Image.open(photo) as file:
        image = ImageOps.exif_transpose(file).convert("RGB")
    width, height = image.size
    middle = image.crop((width // 5, height // 5, width - width // 5, height - height // 5))
    middle.thumbnail((160, 160))
    ImageOps.mirror(middle).save(target, quality=50)
    return target
