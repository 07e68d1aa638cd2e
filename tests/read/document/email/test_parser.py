"""Messages: head, body, forwarded messages, attachments; lines of the file even where it is
encoded.
"""

from __future__ import annotations

import io
from email.message import EmailMessage
from pathlib import Path

import pytest

from polysense.errors import TooLarge
from polysense.read.document.email import message as mail
from polysense.read.document.email.parser import EmailParser
from polysense.types import Asset, Chunk


def read(path: Path, message: EmailMessage | bytes) -> list[Chunk]:
    path.write_bytes(message if isinstance(message, bytes) else message.as_bytes())
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="message/rfc822",
        modality="text",
        size=path.stat().st_size,
        path=path,
    )
    items = list(EmailParser().parse(asset))
    assert all(isinstance(f, Chunk) for f in items)
    return [f for f in items if isinstance(f, Chunk)]


def make_message(subject: str = "Greetings from Köln", text: str = "Hello Bob.\n") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "Zoë <z@x.org>", "b@x.org"
    message["Date"] = "Mon, 01 Jan 2024 10:00:00 +0000"
    message.set_content(text)
    return message


def png() -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "PNG")
    return file.getvalue()


def test_head_and_body_with_their_lines(tmp_path: Path) -> None:
    text = (
        "The café costs 12 € a head, and this line is so long "
        "that it goes over several lines of the file.\nSecond line.\n"
    )
    path = tmp_path / "a.eml"
    chunks = {c.text.split(":")[0]: c for c in read(path, make_message(text=text))}
    lines = path.read_text().split("\n")
    head, body = chunks["Subject"], next(c for c in chunks.values() if "café" in c.text)
    assert head.text.split("\n")[:2] == ["Subject: Greetings from Köln", "From: Zoë <z@x.org>"]
    assert head.span.lines == (1, 4)
    assert body.context == "Greetings from Köln"
    assert (body.meta["from"], body.meta["date"]) == (
        "Zoë <z@x.org>",
        "Mon, 01 Jan 2024 10:00:00 +0000",
    )
    place = body.place(body.text.index("Second"), len(body.text))
    assert place.lines
    assert [lines[n - 1] for n in place.lines] == ["Second line.", "Second line."]
    first = body.place(0, 10)
    assert first.lines
    assert lines[first.lines[0] - 1].startswith("The caf=C3=A9")
    assert first.lines[1] == first.lines[0] + 1


def test_of_alternatives_one_is_read(tmp_path: Path) -> None:
    message = make_message()
    message.add_alternative("<p>Hello <b>Bob</b>.</p>", subtype="html")
    assert [c.text for c in read(tmp_path / "a.eml", message) if "Bob" in c.text] == ["Hello Bob."]
    only = EmailMessage()
    only["Subject"] = "x"
    only.set_content("<h1>News</h1><p>Hello <b>Bob</b>.</p>", subtype="html")
    assert [(c.text, c.context) for c in read(tmp_path / "b.eml", only) if "Bob" in c.text] == [
        ("Hello Bob.", "x > News")
    ]


def test_attachments_are_named_and_forwarded_messages_read(tmp_path: Path) -> None:
    """What an attachment holds is read as a file of its own: here it has its name only."""
    message = make_message()
    message.add_attachment(
        b"%PDF-1.4", maintype="application", subtype="pdf", filename="Rechnung März.pdf"
    )
    message.add_attachment("Notes of the trip.", filename="notes.txt")
    message.add_attachment(png(), maintype="image", subtype="png", filename="square.png")
    inner = make_message("Inner", "Forwarded words.\n")
    message.add_attachment(inner)
    chunks = read(tmp_path / "a.eml", message)
    contexts = {c.text: c.context for c in chunks}
    assert contexts["Attachment: Rechnung März.pdf (application/pdf)"].endswith(
        "> Rechnung März.pdf"
    )
    assert "Attachment: notes.txt (text/plain)" in contexts
    assert "Notes of the trip." not in "".join(contexts)
    assert contexts["Forwarded words."] == "Greetings from Köln > Inner"
    assert not [c for c in chunks if c.modality == "image"]
    assert len({c.id for c in chunks}) == len(chunks)


def test_a_picture_in_the_words_is_evidence(tmp_path: Path) -> None:
    """It is read out of the mail again by the name of its part."""
    message = make_message()
    message.add_attachment(
        png(), maintype="image", subtype="png", filename="square.png", disposition="inline"
    )
    (picture,) = (c for c in read(tmp_path / "a.eml", message) if c.modality == "image")
    assert picture.context.startswith("square.png")
    assert picture.part
    assert picture.part.span == picture.span
    assert mail.attachment(tmp_path / "a.eml", picture.span.node or "") == png()


def test_heads_in_letters_of_eight_bits(tmp_path: Path) -> None:
    """Raw letters are those of the encoding that the message tells, or looks like."""
    head = "From: Café <c@x.org>\r\nSubject: Grüße für Zoë\r\nContent-Type: text/plain"
    for encoding, charset in (
        ("latin-1", "; charset=iso-8859-1"),
        ("utf-8", "; charset=utf-8"),
        ("utf-8", "; charset=iso-8859-1"),
        ("utf-8", ""),
        ("latin-1", ""),
    ):
        raw = f"{head}{charset}\r\nMIME-Version: 1.0\r\n\r\nWords.\r\n".encode(encoding)
        chunks = read(tmp_path / "a.eml", raw)
        assert {c.meta["title"] for c in chunks} == {"Grüße für Zoë"}, (encoding, charset)
        assert {c.meta["from"] for c in chunks} == {"Café <c@x.org>"}
    russian = "Subject: Лодка на причале\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nДа.\r\n"
    chunks = read(tmp_path / "b.eml", russian.encode("koi8-r"))
    assert {c.meta["title"] for c in chunks} == {"Лодка на причале"}


def test_a_picture_in_the_page_has_its_alternative_text(tmp_path: Path) -> None:
    message = make_message()
    message.add_alternative("<p>Look: <img src='cid:one' alt='A red square'></p>", subtype="html")
    message.get_payload()[1].add_related(png(), "image", "png", cid="<one>")  # type: ignore[index,union-attr]
    (picture,) = (c for c in read(tmp_path / "a.eml", message) if c.modality == "image")
    assert picture.context.startswith("A red square\nGreetings from Köln\nLook:")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: =?utf-8?b?////?=\n\n\xff\xfe",
        b"From: x\nSubject: " + b"=?x?q?a?= " * 500 + b"\n\nbody",
        b"Content-Type: multipart/mixed; boundary=a\n\n"
        + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 300
        + b"--a\n\nx",
        b"Content-Type: text/plain; charset=nonsense\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"Content-Type: message/rfc822\n\nSubject: in\n\nwords",
        b"Subject: x\nContent-Type: multipart/mixed\n\nno boundary",
    ],
)
def test_broken_messages_are_eaten(tmp_path: Path, raw: bytes) -> None:
    for chunk in read(tmp_path / "a.eml", raw):
        chunk.words.encode()


def test_a_message_beyond_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polysense.read.file.mail.MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        read(tmp_path / "a.eml", make_message())
