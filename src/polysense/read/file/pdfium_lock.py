"""PDFium is not thread-safe: who calls it holds this."""

from __future__ import annotations

import threading

LOCK = threading.RLock()
"""Held around every call to PDFium."""
