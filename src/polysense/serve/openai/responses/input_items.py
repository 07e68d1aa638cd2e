"""The input of /v1/responses as the messages of a chat: then both are read alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.errors import BadQuery
from polysense.serve.openai.responses.schema import InputContent, InputItem, ResponseRequest
from polysense.serve.openai.schema import ContentPart, FileInput, Message

_TEXTS = frozenset({"input_text", "output_text", "text"})


def read_messages(body: ResponseRequest) -> list[Message]:
    """What was said, in order; the instructions first. Raises BadQuery.

    >>> body = ResponseRequest(model="main", input="How tall is it?", instructions="Be brief.")
    >>> [m.role for m in read_messages(body)]
    ['developer', 'user']
    """
    messages = [Message(role="developer", content=body.instructions)] if body.instructions else []
    if isinstance(body.input, str):
        return [*messages, Message(role="user", content=body.input)]
    return [*messages, *_item_messages(body.input)]


def _item_messages(items: Sequence[InputItem]) -> Iterator[Message]:
    for item in items:
        if item.type == "item_reference":
            raise BadQuery(
                "items are not kept here by id", "Send the message itself, or previous_response_id."
            )
        if item.type == "message":
            content = item.content
            pieces = [_part(p) for p in content] if isinstance(content, list) else content
            yield Message(role=item.role, content=pieces)


def _part(piece: InputContent) -> ContentPart:
    if piece.type in _TEXTS:
        return ContentPart(type="text", text=piece.text)
    if piece.type == "input_image" and not piece.file_id:
        return ContentPart(type="image_url", image_url=piece.image_url)
    if piece.type == "input_file" and piece.file_url:
        return ContentPart(type="file_url", file_url=piece.file_url)
    if piece.type in ("input_image", "input_file"):
        data, name = piece.file_data or "", piece.filename or ""
        file = FileInput(file_data=data, filename=name, file_id=piece.file_id)
        return ContentPart(type="file", file=file)
    return ContentPart(type=piece.type, input_audio=piece.input_audio)
