"""x"""

from __future__ import annotations
from polysense.protocols import Rewriter


class Expansion(Rewriter):
    """x"""

    def rewrite(self, question, history, store):
        return None
