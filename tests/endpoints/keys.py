"""Keys of nobody, in the variables that clients look at."""

from __future__ import annotations

import pytest

SECRET = "sk-very-secret-0123456789"


def set_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other configuration of this machine counts."""
    monkeypatch.setenv("TEST_KEY", SECRET)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
