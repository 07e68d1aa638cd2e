"""Office files in the strict form of their standard (ISO/IEC 29500-1), as the usual one.

Word, Excel and PowerPoint write it as "Strict Open XML"; its names are others, its words the same.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from polysense.errors import PolysenseError
from polysense.read.file.archive import archive_errors, open_zip

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/([A-Za-z/]+)")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_MARKUP = (".xml", ".rels", ".vml")


def open_office_file(path: Path) -> BinaryIO:
    """The file, with the usual names where it has the strict ones. Raises Encrypted, Unreadable."""
    with open_zip(path) as package:
        if not _is_strict(package, path):
            return path.open("rb")
        stream = io.BytesIO()
        with archive_errors(path), zipfile.ZipFile(stream, "w") as usual:
            for info in package.infolist():
                data = package.read(info)
                is_markup = info.filename.lower().endswith(_MARKUP)
                usual.writestr(info.filename, _STRICT.sub(_USUAL, data) if is_markup else data)
    stream.seek(0)
    return stream


def _is_strict(package: zipfile.ZipFile, path: Path) -> bool:
    """Whether its relations have the strict names; of a damaged file its reader says what it is."""
    relations = "_rels/.rels"
    try:
        with archive_errors(path):
            return relations in package.namelist() and bool(_STRICT.search(package.read(relations)))
    except PolysenseError:
        return False
