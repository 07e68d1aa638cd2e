"""Files that lie in others, by type."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from polysense.read.file.attachments import attached_files
from polysense.read.file.mime import MAILBOX, sniff


def test_two_of_one_name(tmp_path: Path) -> None:
    """Each has a name of its own, its size and its bytes."""
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["Date"] = "x", "a@x.org", "Mon, 01 Jan 2024 10:00:00 +0000"
    mail.set_content("words")
    for text in ("one", "two!"):
        mail.add_attachment(text.encode(), maintype="text", subtype="plain", filename="n.txt")
    path = tmp_path / "a.eml"
    path.write_bytes(mail.as_bytes())
    attachments = attached_files(path, sniff(path), 9, 99)
    files = [(f.name, f.size, f.open().read()) for f in attachments]
    assert files == [("n.txt", 3, b"one"), ("n (2).txt", 4, b"two!")]


def test_a_line_of_a_mail_that_begins_like_the_next_one(tmp_path: Path) -> None:
    """A box marks it with ">"; its mail is read without."""
    path = tmp_path / "box"
    path.write_bytes(
        b"From a@b.c Tue Mar  5 09:00:00 2024\nSubject: x\n\n>From now on\n>>From him\n"
    )
    (file,) = attached_files(path, MAILBOX, 9, 999)
    assert file.open().read().endswith(b"\n\nFrom now on\n>From him\n")
