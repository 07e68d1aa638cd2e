"""A question from HTTP: JSON, or a form of words and files. Files are kept for as long as the
question lasts.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from polysense.errors import BadQuery
from polysense.read.file.parts import part
from polysense.serve.uploads import BLOCK, safe
from polysense.types import Part

MOST_FILES = 16

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Asked(Generic[M]):
    """What was asked: the settings, and the files in order."""

    body: M
    files: tuple[Part, ...]

    def query(self, text: str) -> tuple[str | Part, ...]:
        """Words, if any, and files. Raises BadQuery where there is neither."""
        words = (text,) if text.strip() else ()
        if not words and not self.files:
            raise BadQuery(
                "nothing was asked", 'Send {"text": "..."}, or a form with `text` and `file`.'
            )
        return (*words, *self.files)


def asked(model: type[M]) -> Callable[[Request], AsyncIterator[Asked[M]]]:
    """A dependency that reads a question into this model. A form has the model's fields, lists
    repeated or as JSON, and files as `file`.
    """

    async def read(request: Request) -> AsyncIterator[Asked[M]]:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "multipart/form-data":
            try:
                raw = json.loads(await request.body())
            except (ValueError, RecursionError) as e:
                raise BadQuery(
                    "the body is no JSON", 'Send {"text": "..."}, or multipart/form-data.'
                ) from e
            yield Asked(_valid(model, raw), ())
            return
        folder = Path(tempfile.mkdtemp(prefix="polysense-asked-"))
        try:
            async with request.form(
                max_files=MOST_FILES, max_fields=64, max_part_size=1 << 20
            ) as form:
                sent = [f for f in form.getlist("file") if isinstance(f, UploadFile)]
                files = [
                    await run_in_threadpool(_kept, f, folder / str(n)) for n, f in enumerate(sent)
                ]
                fields: dict[str, Any] = {}
                for name in form:
                    said = [v for v in form.getlist(name) if isinstance(v, str)]
                    if name != "file" and said:
                        fields[name] = _field(model, name, said)
            yield Asked(_valid(model, fields), tuple(files))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return read


def _kept(file: UploadFile, folder: Path) -> Part:
    folder.mkdir()
    path = folder / safe(file.filename or "file").rpartition("/")[2]
    with path.open("wb") as kept:
        shutil.copyfileobj(file.file, kept, BLOCK)
    return part(path)


def _field(model: type[BaseModel], name: str, said: list[str]) -> Any:
    info = model.model_fields.get(name)
    if info is None or not str(info.annotation).startswith("list"):
        return said[-1]
    if len(said) == 1 and said[0].startswith("["):
        try:
            return json.loads(said[0])
        except (ValueError, RecursionError):
            return said
    return [piece for value in said for piece in value.split(",") if piece]


def _valid(model: type[M], raw: Any) -> M:
    from fastapi.exceptions import RequestValidationError

    try:
        return model.model_validate(raw)
    except ValidationError as e:
        raise RequestValidationError(
            [{**error, "loc": ("body", *error["loc"])} for error in e.errors()]
        ) from e


def form_or_json(model: type[BaseModel]) -> dict[str, Any]:
    """The request's description in the OpenAPI document: FastAPI knows one kind of body for a path."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    files = {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "maxItems": MOST_FILES,
        "description": "Files to ask with.",
    }
    form = {**schema, "properties": {**schema["properties"], "file": files}}
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": schema},
                "multipart/form-data": {"schema": form},
            },
        },
    }
