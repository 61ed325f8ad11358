"""Drawings of a table of transitions: an SVG that needs no script, and the same for Mermaid.

The SVG has a column for each state and a row for each arrow, as in a sequence diagram: a dot on every state from which
the transition leaves, the head on the state where it arrives. Nothing crosses, whatever the table becomes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

LEFT, COLUMN, ROW, TOP = 290, 112, 34, 74
PALETTE = ("#0b5cad", "#8a4b08", "#5b2a86", "#1d6b35", "#9c1c3c", "#3d4a57")
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1a1a1a}.s{font-size:11px;fill:#555}.b{font-weight:600}"
    ".life{stroke:#d7dbe0;stroke-width:1}.arrow{fill:none;stroke-width:2}"
)


@dataclass(frozen=True)
class State:
    """A column: its code, its French name; `final`: nothing more may be executed there."""

    code: str
    name: str
    final: bool = False


@dataclass(frozen=True)
class Arrow:
    """A row: what happens and who makes it happen, from which states, to which one."""

    label: str
    who: str
    sources: Sequence[str]
    target: str


def svg(states: Sequence[State], arrows: Sequence[Arrow], title: str) -> str:
    """The drawing, self-contained; its text is escaped."""
    place = {state.code: LEFT + COLUMN * rank + COLUMN // 2 for rank, state in enumerate(states)}
    colours = {who: PALETTE[rank % len(PALETTE)] for rank, who in enumerate(dict.fromkeys(a.who for a in arrows))}
    width, height = LEFT + COLUMN * len(states) + 10, TOP + ROW * len(arrows) + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto" role="img"><title>{escape(title)}</title><style>{_STYLE}</style>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    parts += [_column(state, place[state.code], height) for state in states]
    for rank, arrow in enumerate(arrows):
        parts.append(_row(arrow, place, TOP + ROW * rank + ROW // 2, colours[arrow.who], rank, width))
    return "\n".join([*parts, "</svg>"])


def _column(state: State, x: int, height: int) -> str:
    fill, border = ("#eceff3", "#8b95a1") if state.final else ("#e3f0ff", "#0b5cad")
    half = COLUMN // 2 - 5
    return (
        f'<line class="life" x1="{x}" y1="62" x2="{x}" y2="{height - 8}"/>'
        f'<rect x="{x - half}" y="14" width="{2 * half}" height="44" rx="8" fill="{fill}" stroke="{border}"/>'
        f'<text class="b" x="{x}" y="33" text-anchor="middle">{escape(state.name)}</text>'
        f'<text class="s" x="{x}" y="49" text-anchor="middle">{escape(state.code)}</text>'
    )


def _row(arrow: Arrow, place: Mapping[str, int], y: int, colour: str, rank: int, width: int) -> str:
    band = (
        "" if rank % 2 else f'<rect x="0" y="{y - ROW // 2}" width="{width}" height="{ROW}" fill="#000" opacity=".03"/>'
    )
    parts = [
        band,
        f'<text x="12" y="{y - 1}">{escape(arrow.label)}</text>',
        f'<text x="12" y="{y + 12}" style="font-size:11px;fill:{colour}">{escape(arrow.who)}</text>',
    ]
    goal, short = place[arrow.target], 7 if arrow.target in arrow.sources else 3
    for source in arrow.sources:
        x = place[source]
        parts.append(f'<circle cx="{x}" cy="{y}" r="5" fill="{colour}"/>')
        if x == goal:
            loop = f'd="M{x - 4},{y - 4} c-12,-14 20,-14 9,-3"'
            parts.append(f'<path class="arrow" stroke="{colour}" {loop}/><path d="M{x + 3},{y - 3} l1,-9 l6,5 z" ')
            parts.append(f'fill="{colour}"/>')
        else:
            step = 1 if goal > x else -1
            line = f'x1="{x}" y1="{y}" x2="{goal - (short + 8) * step}" y2="{y}"'
            parts.append(f'<line class="arrow" stroke="{colour}" {line}/>{_head(goal - short * step, y, step, colour)}')
    return "".join(parts)


def _head(x: int, y: int, step: int, colour: str) -> str:
    return f'<path d="M{x},{y} l{-10 * step},-5 v10 z" fill="{colour}"/>'


def mermaid(states: Sequence[State], arrows: Sequence[Arrow]) -> str:
    """A `stateDiagram-v2`; arrows between the same two states share one label."""
    labels: dict[tuple[str, str], list[str]] = {}
    for arrow in arrows:
        for source in arrow.sources:
            labels.setdefault((source, arrow.target), []).append(arrow.label)
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f'    state "{state.name}" as {state.code}' for state in states]
    lines.append(f"    [*] --> {states[0].code}")
    lines += [f"    {a} --> {b}: {' / '.join(dict.fromkeys(said))}" for (a, b), said in labels.items()]
    lines += [f"    {state.code} --> [*]" for state in states if state.final]
    return "\n".join(lines)
