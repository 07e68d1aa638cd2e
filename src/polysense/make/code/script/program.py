"""How every program begins."""

from __future__ import annotations

from pathlib import Path


def program_head(description: str, source: str, path: Path | None) -> str:
    """The beginning of a program: what it does, and the file it reads, which its first argument may
    replace.
    """
    description = description.replace("\\", "\\\\").replace('"""', "'''").rstrip('"')
    source_line = (
        f"\nSOURCE = Path(sys.argv[1] if len(sys.argv) > 1 else {str(path)!r})  # {source}\n"
        if path
        else ""
    )
    return f'"""{description}"""\n\nimport sys\nfrom pathlib import Path\n{{imports}}{source_line}'
