"""Draws the risk–coverage curve of an evaluation as an SVG.

    broadsheet eval DIR --questions FILE --answers --json > evaluation.json
    python -m tests.eval.plot_risk --json evaluation.json --out docs/risk-coverage.svg

The curve is solid as far as questions were answered and dashed beyond, where it is an upper bound:
what a refused question would have been answered is not known and counts as wrong. The dotted line
is the risk of answering all questions in random order. The picture has light and dark colours, and
its own ground, so that it can be read wherever it is shown.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rag.evaluation import Evaluation
from rag.records import from_json
from rag.risk import RiskCurve, RiskPoint

WIDTH, HEIGHT = 640, 380
LEFT, TOP, RIGHT, BOTTOM = 64, 56, 616, 324
"""The plot's edges in the picture."""
FIRST_COVERAGE = 0.05
"""Where the highest risk is looked for from: at less it is that of a handful of questions."""

STYLE = """
  .ground { fill: #ffffff; stroke: #d8dee4; }
  text { font: 13px system-ui, sans-serif; fill: #57606a; }
  .head { font-size: 15px; font-weight: 600; fill: #1f2328; }
  .mark { font-weight: 600; fill: #1f2328; }
  .over { stroke: #ffffff; stroke-width: 5; stroke-linejoin: round; paint-order: stroke; }
  .grid { stroke: #d8dee4; }
  .curve { fill: none; stroke: #0a5fb4; stroke-width: 2.5; stroke-linejoin: round; }
  .beyond { stroke-dasharray: 5 5; }
  .random { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 1.5 4; stroke-linecap: round; }
  .shipped { fill: #b3400e; stroke: #ffffff; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #30363d; }
    text { fill: #9da7b3; }
    .head, .mark { fill: #f0f6fc; }
    .over { stroke: #0d1117; }
    .grid { stroke: #30363d; }
    .curve { stroke: #58a6ff; }
    .random { stroke: #9da7b3; }
    .shipped { fill: #f0883e; stroke: #0d1117; }
  }
"""


def drawing(curve: RiskCurve, question_count: int) -> str:
    """A curve → the text of its picture."""
    top = _highest(curve)
    shipped = curve.shipped
    given = [point for point in curve.points if shipped and point.coverage <= shipped.coverage]
    beyond = [*given[-1:], *curve.points[len(given) :]]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="title">',
        f'<title id="title">Risk and coverage over {question_count:,} questions</title>',
        f"<style>{STYLE}</style>",
        f'<clipPath id="plot"><rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" '
        f'height="{BOTTOM - TOP}"/></clipPath>',
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8"/>',
        f'<text class="head" x="{LEFT}" y="34">Wrong answers among those given</text>',
        f'<text x="{RIGHT}" y="34" text-anchor="end">{question_count:,} questions, area '
        f"≤ {curve.area:.3f}</text>",
        *_axes(top),
        '<g clip-path="url(#plot)">',
        _random_order(curve.points[-1].risk, top),
        _line("curve", given, top),
        _line("curve beyond", beyond, top),
        "</g>",
        f'<text class="over" x="{LEFT + 6}" y="{_y(curve.points[-1].risk, top) - 8:.1f}">'
        "in random order</text>",
        *(_mark(shipped, top) if shipped else ()),
        "</svg>",
    ]
    return "\n".join(line for line in lines if line) + "\n"


def _highest(curve: RiskCurve) -> float:
    """The risk at the upper edge: a multiple of 0.1, at most 1."""
    highest = max(p.risk for p in curve.points if p.coverage >= FIRST_COVERAGE)
    return min(max(math.ceil(highest * 10 + 0.5), 2) / 10, 1.0)


def _x(coverage: float) -> float:
    return LEFT + coverage * (RIGHT - LEFT)


def _y(risk: float, top: float) -> float:
    return BOTTOM - risk / top * (BOTTOM - TOP)


def _axes(top: float) -> Iterator[str]:
    step = 0.1 if top > 0.4 else 0.05
    if top > 0.7:
        step = 0.2
    for number in range(math.floor(top / step + 1e-9) + 1):
        y = _y(number * step, top)
        yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>'
        yield (
            f'<text x="{LEFT - 10}" y="{y + 4.5:.1f}" text-anchor="end">{number * step:.0%}</text>'
        )
    for percent in range(0, 101, 20):
        x = _x(percent / 100)
        yield f'<text x="{x:.1f}" y="{BOTTOM + 22}" text-anchor="middle">{percent}%</text>'
    yield (
        f'<text x="{(LEFT + RIGHT) / 2:.0f}" y="{BOTTOM + 44}" text-anchor="middle">questions '
        "answered, the most confident first</text>"
    )


def _random_order(risk: float, top: float) -> str:
    y = f"{_y(risk, top):.1f}"
    return f'<line class="random" x1="{LEFT}" y1="{y}" x2="{RIGHT}" y2="{y}"/>'


def _line(name: str, points: Iterable[RiskPoint], top: float) -> str:
    places = [f"{_x(point.coverage):.1f},{_y(point.risk, top):.1f}" for point in points]
    return f'<polyline class="{name}" points="{" ".join(places)}"/>' if len(places) > 1 else ""


def _mark(shipped: RiskPoint, top: float) -> Iterator[str]:
    """The point of what was answered, and its words: to the left above it, where a curve that
    rises leaves room.
    """
    x, y = _x(shipped.coverage), _y(shipped.risk, top)
    right = max(x, LEFT + 200)  # the words' width, roughly
    first = y - 32 if y - 50 > TOP else y + 26
    yield f'<circle class="shipped" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
    for line, words in enumerate(
        (f"as shipped: {shipped.coverage:.0%} answered,", f"{shipped.risk:.1%} of them wrong")
    ):
        yield (
            f'<text class="mark over" x="{right:.1f}" y="{first + 18 * line:.1f}" '
            f'text-anchor="end">{words}</text>'
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command → its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, required=True, help="what eval --answers --json gave")
    parser.add_argument("--out", type=Path, required=True, help="the SVG to write")
    options = parser.parse_args(arguments)
    answers = from_json(Evaluation, options.json.read_bytes()).answers
    if answers is None:
        parser.error(f"{options.json} has no answers; run broadsheet eval with --answers.")
    options.out.write_text(drawing(answers.risk, len(answers.results)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
