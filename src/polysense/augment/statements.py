"""What lines say of themselves: that they correct another, that a task is open or done.

Words for English, German, French, Spanish and Chinese.
"""

from __future__ import annotations

import re
from typing import Literal

State = Literal["open", "done", ""]

_CORRECTS = re.compile(
    r"^\W*(?:correction|corrected|erratum|errata|korrektur|berichtigung|richtigstellung|rectificatif"
    r"|correctif|corrección|rectificación|fe de erratas|更正|勘误|勘誤)\s*[:：—–-]",
    re.I | re.M,
)
_BOX = re.compile(r"^\s*(?:[-*•+]\s+|\d{1,3}[.)]\s+)?(?:\[(?P<mark>[ xX✓✔])\]|(?P<sign>[☐☑☒✅✔✓]))")
_OPEN = re.compile(
    r"\b(?:open|to\s+(?:be\s+)?do(?:ne)?|to-?dos?|undone|unticked|unchecked|unfinished|outstanding"
    r"|pending|remain(?:s|ing)?|left|not\s+(?:yet\s+)?(?:done|finished|ticked|completed)"
    r"|offen\w*|unerledigt\w*|noch\s+(?:zu|nicht)|à\s+faire|restant\w*|pas\s+encore|por\s+hacer"
    r"|pendientes?)\b|未完成|待办|待辦|还没|還沒",
    re.I,
)
_DONE = re.compile(
    r"\b(?:done|ticked|checked|finished|completed|complete|erledigt\w*|fertig|abgehakt"
    r"|faite?s?|terminée?s?|hech[oa]s?|terminad[oa]s?|completad[oa]s?)\b|已完成|做完|完成了",
    re.I,
)


def corrects(text: str) -> bool:
    """Whether a passage says that it corrects another.

    >>> corrects("Correction: the meeting is at 15:00."), corrects("A correction was made.")
    (True, False)
    """
    return _CORRECTS.search(text) is not None


def task_state(line: str) -> State:
    """Whether an item of a list is ticked; "" where it has no box.

    >>> task_state("- [ ] Oil the winch"), task_state("[x] Paint"), task_state("- Buy rope")
    ('open', 'done', '')
    """
    m = _BOX.match(line)
    if m is None:
        return ""
    return "open" if (m["mark"] or m["sign"]) in (" ", "☐") else "done"


def asked_state(question: str) -> State:
    """Which tasks a question asks for; "" where it tells none.

    >>> asked_state("What is still to be done?"), asked_state("Which tasks are done?")
    ('open', 'done')
    """
    if _OPEN.search(question):
        return "open"
    return "done" if _DONE.search(question) else ""
