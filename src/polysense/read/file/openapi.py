"""Whether a file of YAML or JSON describes a web interface: OpenAPI 2 (Swagger) or 3."""

from __future__ import annotations

import re

OPENAPI = "text/x-openapi"

_VERSION = re.compile(
    r"^\ufeff?(?:openapi|swagger)\s*:\s*[\"']?[23]\.\d"
    r"|\"(?:openapi|swagger)\"\s*:\s*\"[23]\.\d",
    re.M,
)
_PART = re.compile(
    r"^(?:info|paths|components|webhooks|definitions)\s*:"
    r"|\"(?:info|paths|components|webhooks|definitions)\"\s*:\s*\{",
    re.M,
)


def is_openapi(text: str, mime: str) -> bool:
    """Whether a text of this type, or its first part, says so.

    >>> is_openapi("openapi: 3.1.0\\ninfo:\\n", "application/yaml")
    True
    >>> is_openapi('{"swagger": "2.0", "paths": {}}', "application/json")
    True
    """
    if mime not in ("application/yaml", "application/json") or text[:1] == "[":
        return False
    return _VERSION.search(text) is not None and _PART.search(text) is not None
