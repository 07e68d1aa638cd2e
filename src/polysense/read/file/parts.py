"""Parts from what people have: paths, bytes, and the usual libraries' objects."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, NotFound
from polysense.read.file.endings import modality_of_file
from polysense.read.file.mime import modality_of, sniff
from polysense.types import Modality, Part


def part(source: str | Path | bytes) -> Part:
    """A Part from a file or its bytes; the content decides the modality, and the name where only
    a plug-in knows it. Raises NotFound.
    """
    if isinstance(source, bytes):
        mime = sniff(source)
        return Part(modality_of(mime), source, mime=mime)
    path = Path(source).expanduser().absolute()
    if not path.is_file():
        raise NotFound(f"there is no file {source}", "Check the path.")
    mime = sniff(path)
    return Part(modality_of_file(path.name, mime), path, mime=mime, name=path.name)


def missing_file(name: str) -> NotFound:
    """The error to raise where an indexed file is needed and has gone since."""
    return NotFound(f"{name} is not there any more", "Put it back, or run `polysense index` again.")


def _file_part(modality: Modality, source: Any) -> Part:
    result = part(source)
    if result.modality != modality:
        raise BadQuery(
            f"{result.name or 'these bytes'} hold {result.modality or 'nothing known'} "
            f"({result.mime}), not {modality}",
            "Use part(path).",
        )
    return result


def Text(text: str) -> Part:
    """Words."""
    return Part("text", text, mime="text/plain")


def Code(source: str | Path | bytes) -> Part:
    """Source code: a file, or the code itself."""
    return (
        Part("code", source, mime="text/x-source")
        if isinstance(source, str) and "\n" in source
        else _file_part("code", source)
    )


def Image(source: Any) -> Part:
    """A path, bytes, a PIL image, or an RGB array uint8 (height, width, 3)."""
    if isinstance(source, str | Path | bytes):
        return _file_part("image", source)
    if hasattr(source, "convert") and hasattr(source, "save"):
        buffer = io.BytesIO()
        source.save(buffer, "PNG")
        return Part("image", buffer.getvalue(), mime="image/png")
    if (
        hasattr(source, "shape")
        and len(source.shape) == 3
        and source.shape[2] == 3
        and str(source.dtype) == "uint8"
    ):
        return Part("image", source, mime="image/raw")
    raise BadQuery(
        f"cannot make an image of {type(source).__name__}",
        "Give a path, bytes, a PIL image, or an RGB uint8 array.",
    )


def Audio(source: Any, rate: int = 16_000) -> Part:
    """A path, bytes, or a mono float array in -1..1 with its rate in samples a second."""
    if isinstance(source, str | Path | bytes):
        return _file_part("audio", source)
    if hasattr(source, "shape") and len(source.shape) == 1:
        return Part("audio", source.astype("float32"), mime=f"audio/pcm;rate={rate}")
    raise BadQuery(
        f"cannot make a sound of {type(source).__name__}",
        "Give a path, bytes, or a one-dimensional float array and its rate.",
    )


def Video(source: str | Path | bytes) -> Part:
    """A path or bytes."""
    return _file_part("video", source)


def Mesh(source: Any) -> Part:
    """A path, bytes, a trimesh object, or a TriangleMesh or PointCloud of open3d."""
    from polysense.read.solid.open3d_objects import from_open3d, is_open3d

    if is_open3d(source):
        return Part("3d", from_open3d(source), mime="model/ply")
    if hasattr(source, "export") and hasattr(source, "bounds"):
        return Part("3d", source.export(file_type="glb"), mime="model/gltf-binary")
    return _file_part("3d", source)


def Table(source: Any) -> Part:
    """A path, bytes, or a DataFrame."""
    if hasattr(source, "to_csv"):
        return Part("table", source.to_csv(index=False).encode(), mime="text/csv", name="table.csv")
    return _file_part("table", source)


def Graph(source: Any) -> Part:
    """A path, bytes, or a networkx graph."""
    if hasattr(source, "nodes") and hasattr(source, "edges"):
        import networkx

        return Part(
            "graph",
            "\n".join(networkx.generate_graphml(source)).encode(),
            mime="application/graphml+xml",
            name="graph.graphml",
        )
    return _file_part("graph", source)
