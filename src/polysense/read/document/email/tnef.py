"""Messages of Outlook's as other programs get them (winmail.dat), read as those of the net are."""

from __future__ import annotations

from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document.email.msg import OutlookParser
from polysense.read.file.magic import TNEF


class TnefParser(OutlookParser, Parser):
    """Reads winmail.dat, in which Outlook sends what other programs do not understand: head, body,
    forwarded messages and the pictures in them; attachments by name, for what they hold is read as
    files in an archive are.

    Places are the parts of the message, and the lines of each as it is read.
    """

    extra = ""
    accepts: ClassVar[frozenset[str]] = frozenset({TNEF})
