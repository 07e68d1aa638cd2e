"""The API to be read and tried in a browser: Swagger UI, with nothing from elsewhere."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, HTMLResponse

from polysense.errors import NotFound

router = APIRouter(include_in_schema=False)

_ASSETS = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
}

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>polysense: API</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger-ui.css"></head>
<body><div id="docs"></div><script src="docs/swagger-ui-bundle.js"></script>
<script>
SwaggerUIBundle({
  url: "openapi.json", dom_id: "#docs", deepLinking: true, docExpansion: "list", validatorUrl: null
})
</script>
</body></html>
"""


@router.get("/docs", response_class=HTMLResponse)
async def page() -> str:
    """The document at /openapi.json, made to be read."""
    return _PAGE


@router.get("/docs/{name}", response_class=FileResponse)
def asset(name: str) -> FileResponse:
    """The page's script and style."""
    if name not in _ASSETS:
        raise NotFound(f"there is no {name}", "Open /docs.")
    path = Path(str(files("fastapi_offline") / "static" / name))
    return FileResponse(
        path, media_type=_ASSETS[name], headers={"cache-control": "private, max-age=86400"}
    )
