"""A question from HTTP: JSON, or a form of words and files, which are kept while it lasts."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from polysense.errors import BadQuery
from polysense.read.file.parts import part
from polysense.results import Turn
from polysense.serve.uploads import BLOCK_BYTES, safe_path
from polysense.types import Part

MOST_FILES = 16
"""Files in a question; judged, not measured."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Question(Generic[M]):
    """What was asked: the settings, the files in order, what was said before, and the JSON schema
    that the answer is to follow.
    """

    body: M
    files: tuple[Part, ...]
    history: tuple[Turn, ...] = ()
    schema: Mapping[str, Any] | None = None

    def query(self, text: str) -> tuple[str | Part, ...]:
        """Words, if any, and files. Raises BadQuery where there is neither."""
        texts = (text,) if text.strip() else ()
        if not texts and not self.files:
            raise BadQuery(
                "nothing was asked", 'Send {"text": "..."}, or a form with `text` and `file`.'
            )
        return (*texts, *self.files)


def question_reader(model: type[M]) -> Callable[[Request], AsyncIterator[Question[M]]]:
    """A dependency that reads a question into this model.

    A form has the model's fields, lists repeated or as JSON, objects as JSON, files as `file`.
    """

    async def read(request: Request) -> AsyncIterator[Question[M]]:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "multipart/form-data":
            try:
                raw = json.loads(await request.body())
            except (ValueError, RecursionError) as e:
                raise BadQuery(
                    "the body is no JSON", 'Send {"text": "..."}, or multipart/form-data.'
                ) from e
            yield Question(_validate(model, raw), ())
            return
        folder = Path(tempfile.mkdtemp(prefix="polysense-asked-"))
        try:
            async with request.form(
                max_files=MOST_FILES, max_fields=64, max_part_size=1 << 20
            ) as form:
                uploads = [f for f in form.getlist("file") if isinstance(f, UploadFile)]
                files = [
                    await run_in_threadpool(_save_upload, f, folder / str(n))
                    for n, f in enumerate(uploads)
                ]
                fields: dict[str, Any] = {}
                for name in form:
                    values = [v for v in form.getlist(name) if isinstance(v, str)]
                    if name != "file" and values:
                        fields[name] = _field_value(model, name, values)
            yield Question(_validate(model, fields), tuple(files))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return read


def _save_upload(file: UploadFile, folder: Path) -> Part:
    folder.mkdir()
    path = folder / safe_path(file.filename or "file").rpartition("/")[2]
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target, BLOCK_BYTES)
    return part(path)


def _field_value(model: type[BaseModel], name: str, values: list[str]) -> Any:
    info = model.model_fields.get(name)
    if values[-1].startswith("{") and info is not None and info.annotation is not str:
        try:
            return json.loads(values[-1])
        except (ValueError, RecursionError):
            return values[-1]
    if info is None or not str(info.annotation).startswith("list"):
        return values[-1]
    if len(values) == 1 and values[0].startswith("["):
        try:
            return json.loads(values[0])
        except (ValueError, RecursionError):
            return values
    return [piece for value in values for piece in value.split(",") if piece]


def _validate(model: type[M], raw: Any) -> M:
    from fastapi.exceptions import RequestValidationError

    try:
        return model.model_validate(raw)
    except ValidationError as e:
        raise RequestValidationError(
            [{**error, "loc": ("body", *error["loc"])} for error in e.errors()]
        ) from e


def describe_body(model: type[BaseModel]) -> dict[str, Any]:
    """The request in the OpenAPI document: FastAPI itself knows one kind of body for a path."""
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
