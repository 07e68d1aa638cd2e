"""Office files in the strict form of their standard (ISO/IEC 29500-1), as the usual one.

Word, Excel and PowerPoint write it as "Strict Open XML"; its names are others, its words the same.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import BinaryIO

from polysense.read.file.archive import open_zip

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/([A-Za-z/]+)")
_USUAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_MARKUP = (".xml", ".rels", ".vml")


def open_office_file(path: Path) -> BinaryIO:
    """The file, with the usual names where it has the strict ones. Raises Encrypted, Unreadable."""
    with open_zip(path) as package:
        relations = "_rels/.rels"
        if relations not in package.namelist() or not _STRICT.search(package.read(relations)):
            return path.open("rb")
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as usual:
            for info in package.infolist():
                data = package.read(info)
                is_markup = info.filename.lower().endswith(_MARKUP)
                usual.writestr(info.filename, _STRICT.sub(_USUAL, data) if is_markup else data)
    stream.seek(0)
    return stream
