"""Things with the names of their kinds, from folders."""

from __future__ import annotations

import re
from pathlib import Path

from polysense.errors import BadQuery, NotFound, PolysenseError
from polysense.read.file.parts import part
from polysense.train.data.pairs import Pair
from polysense.types import Modality, Part

_NUMBER = re.compile(r"^\d+\s*[-_. ]\s*(?=\D)")
_TAKE = re.compile(r"[-_ ][A-Za-z]$")
_HINT = (
    'Put the files of each kind into a folder of its name ("rain/1.wav"), or name them after it '
)
_HINT += '("chair_01.glb") in one folder.'


def labelled_files(folder: Path, modality: Modality) -> tuple[list[Pair], list[str]]:
    """Each file of a modality with the name of its kind, and what was left out, a line each.

    The kind is the name of the folder that it lies in, without a number before it; where most lie
    in `folder` itself, the first word of their names. The source is the file's name without the
    letter of a take: "1-17092-A" and "1-17092-B" are cut out of one recording. Raises NotFound,
    BadQuery where there are fewer than two kinds.
    """
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}", _HINT)
    items: list[tuple[Path, Part]] = []
    left_out: list[str] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name[0] != "."):
        try:
            items.append((path, part(path)))
        except PolysenseError as e:
            left_out.append(f"{path.name}: {e}")
    items = [(path, item) for path, item in items if item.modality == modality]
    in_folders = [i for i in items if i[0].parent != folder]
    is_by_name = 2 * len(in_folders) < len(items)
    if not is_by_name:
        loose = [path.name for path, _ in items if path.parent == folder]
        left_out += [f"{name}: it lies in no folder of a kind" for name in loose]
        items = in_folders
    pairs: list[Pair] = []
    for path, item in items:
        kind = kind_of_name(path.name) if is_by_name else kind_of_folder(path.parent.name)
        source = _TAKE.sub("", path.name.split(".")[0])
        pairs.append(Pair(item, Part("text", kind), f"{kind}/{source}", kind))
    if len({p.group for p in pairs}) < 2:
        raise BadQuery(f"{folder} holds fewer than two kinds of {modality}", _HINT)
    return pairs, left_out


def kind_of_folder(name: str) -> str:
    """In words.

    >>> kind_of_folder("002 - Rain"), kind_of_folder("sea_waves"), kind_of_folder("3d-printer")
    ('rain', 'sea waves', '3d printer')
    """
    return _in_words(_NUMBER.sub("", name))


def kind_of_name(name: str) -> str:
    """The first word.

    >>> kind_of_name("banner_blue.gltf.glb"), kind_of_name("Chair-01.obj"), kind_of_name("keg2.obj")
    ('banner', 'chair', 'keg')
    """
    stem = name.split(".")[0]
    word = re.search(r"[^\W\d_]+", stem)
    return (word.group() if word else stem).lower()


def _in_words(name: str) -> str:
    return " ".join(re.sub(r"[-_]+", " ", name).split()).lower()
