"""The losses and the scores of a training, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 640.0, 300.0, 44.0
_COLOURS = ("#2c5d8f", "#c2571a")


def draw_history(
    path: Path,
    title: str,
    losses: Sequence[tuple[int, float]],
    scores: Sequence[tuple[int, float]],
    best_step: int = 0,
) -> None:
    """Write an SVG with the loss on the left axis, the held-out score on the right one, and a mark
    where the best score was.
    """
    series = [("loss", _thinned(losses)), ("held out", list(scores))]
    last = max((s for _, line in series for s, _ in line), default=1) or 1
    body = [_text(WIDTH / 2, 18, title, "middle", "#222")]
    for side, ((name, line), colour) in enumerate(zip(series, _COLOURS, strict=True)):
        if not line:
            continue
        low, high = min(v for _, v in line), max(v for _, v in line)
        spread = (high - low) or 1.0
        points = [
            (_x(step, last), HEIGHT - MARGIN - (value - low) / spread * (HEIGHT - 2 * MARGIN))
            for step, value in line
        ]
        path_text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        body.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="1.8" points="{path_text}"/>'
        )
        x, anchor = (MARGIN - 4, "end") if side == 0 else (WIDTH - MARGIN + 4, "start")
        body += [
            _text(x, HEIGHT - MARGIN + 4, f"{low:.3g}", anchor, colour),
            _text(x, MARGIN + 4, f"{high:.3g}", anchor, colour),
            _text(x, MARGIN - 12, name, anchor, colour),
        ]
    if best_step:
        x = _x(best_step, last)
        body.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{MARGIN}" y2="{HEIGHT - MARGIN}" '
            'stroke="#999" stroke-dasharray="3 3"/>'
        )
    body += [
        _text(MARGIN, HEIGHT - MARGIN + 20, "0", "middle", "#555"),
        _text(WIDTH - MARGIN, HEIGHT - MARGIN + 20, f"step {last}", "end", "#555"),
    ]
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>'
        f"{''.join(body)}</svg>\n",
        "utf-8",
    )


_MOST_POINTS = 300


def _thinned(line: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Means over stretches, where there are more points than pixels to tell them apart."""
    size = -(-len(line) // _MOST_POINTS) or 1
    groups = [line[i : i + size] for i in range(0, len(line), size)]
    return [(g[-1][0], sum(v for _, v in g) / len(g)) for g in groups]


def _x(step: int, last: int) -> float:
    return MARGIN + step / last * (WIDTH - 2 * MARGIN)


def _text(x: float, y: float, words: str, anchor: str, colour: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(words)}</text>"
    )
