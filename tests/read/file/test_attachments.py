"""Files that lie in others, by type."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from polysense.read.file.attachments import attached_files
from polysense.read.file.mime import sniff


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
