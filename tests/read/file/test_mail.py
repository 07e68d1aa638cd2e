"""Files attached to mails, and boxes of mails."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path

import pytest

from polysense.read.file.archive import extract, members
from polysense.read.file.mail import header_field, is_mailbox, mail_attachments, read_message
from polysense.read.file.mime import MAILBOX, sniff


def make_mail(subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = subject, "a@x.org", "b@x.org"
    mail.set_content(text)
    return mail


def test_what_is_attached_is_a_member(tmp_path: Path) -> None:
    """By its name, whatever its kind, in forwarded mails too; what a page shows is not."""
    mail, inner = make_mail("Papers", "See below."), make_mail("Inner", "Old words.")
    inner.add_attachment(b"PK", maintype="application", subtype="zip", filename="old.zip")
    mail.add_alternative("<p>See <img src='cid:one'></p>", subtype="html")
    mail.get_payload()[1].add_related(b"png", "image", "png", cid="<one>")  # type: ignore[index,union-attr]
    mail.add_attachment("a,b\n1,2\n", subtype="csv", filename="Zähler.csv")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="../x/a.pdf")
    mail.add_attachment(b"%PDF+", maintype="application", subtype="pdf", filename="../x/a.pdf")
    mail.add_attachment(b"sig", maintype="application", subtype="pgp-signature", filename="s.asc")
    mail.add_attachment(b"?", maintype="application", subtype="octet-stream")
    mail.add_attachment(inner)
    path = tmp_path / "a.eml"
    path.write_bytes(mail.as_bytes())
    names = [m.name for m in members(path)]
    assert names[0] == "Zähler.csv"
    assert names[-1] == "old.zip"
    assert len(names) == len(set(names)) == 5
    assert not any("/" in n or m.reason for n, m in zip(names, members(path), strict=True))
    extract(path, names[2], tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"%PDF+"


def test_a_box_is_its_mails(tmp_path: Path) -> None:
    """As the standard library writes boxes: each mail is a member, by number and subject."""
    path = tmp_path / "box"
    box = mailbox.mbox(path)
    for n in range(3):
        box.add(make_mail(f"Tide {n} / Ebbe", f"High at {n}.\nFrom here on it falls.\n"))
    box.close()
    assert sniff(path) == MAILBOX
    names = [m.name for m in members(path)]
    assert names == [f"0000{n} Tide {n - 1} _ Ebbe.eml" for n in (1, 2, 3)]
    for n, name in enumerate(names):
        extract(path, name, tmp_path / name)
        assert f"High at {n}." in (tmp_path / name).read_text()
        assert sniff(tmp_path / name) == "message/rfc822"


@pytest.mark.parametrize(
    "text", ["", "From here to there\nwords", "From a Mon 10:00 2024\n\nwords"]
)
def test_what_is_no_box(text: str) -> None:
    """Prose that begins with the word."""
    assert not is_mailbox(text)


def test_a_mail_without_files(tmp_path: Path) -> None:
    """Has no members; nor has rubbish."""
    for raw in (b"Subject: x\n\nwords", b"", b"\xff" * 99):
        (tmp_path / "a.eml").write_bytes(raw)
        assert list(mail_attachments(tmp_path / "a.eml")) == []


@pytest.mark.parametrize(
    "template", [b"\xef\xbb\xbf%s", b"\r\n\n%s", b"58\n%s<?xml version='1.0'?><plist/>"]
)
def test_what_stands_before_the_head(tmp_path: Path, template: bytes) -> None:
    """A byte order mark, blank lines, Apple's size: none of them makes words of the head."""
    path = tmp_path / "a.eml"
    message = b"From: a@b.c\nSubject: Roof\n\nThe offer is 4,300 in all, net."
    path.write_bytes(template % message.ljust(58, b"."))
    _, parsed = read_message(path)
    assert header_field(parsed, "Subject") == "Roof"
    assert "plist" not in str(parsed.get_payload())


@pytest.mark.parametrize("head", [b"From: a@b.c\nSubject: Roof\n\n", b""])
def test_another_number_before_the_head_cuts_nothing(tmp_path: Path, head: bytes) -> None:
    """It is a size where that is where the message ends, or something of Apple's follows."""
    path = tmp_path / "a.eml"
    path.write_bytes(b"42\n" + head + b"the offer is 4,300 in all, and to the last net")
    _, message = read_message(path)
    assert str(message.get_payload()).endswith("to the last net")
    assert header_field(message, "Subject") == ("Roof" if head else "")
    assert str(message.get_payload()).startswith("the offer" if head else "42\nthe")


def test_parts_between_other_lines_than_the_head_names(tmp_path: Path) -> None:
    """They are told apart all the same; without any the message is words."""
    head = b'Subject: a\nContent-Type: multipart/mixed; boundary="no"\n\n'
    path = tmp_path / "a.eml"
    path.write_bytes(head + b"--b1\nContent-Type: text/html\n\n<p>Hi</p>\n--b1--\n")
    _, parsed = read_message(path)
    assert [p.get_content_type() for p in parsed.walk()] == ["multipart/mixed", "text/html"]
    path.write_bytes(head + b"Only words.\n")
    _, parsed = read_message(path)
    assert parsed.get_content_type() == "text/plain"
    assert parsed.get_payload() == "Only words.\n"
