"""Rules for people: a page, and drawings."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from typing import Literal

    PlotName = Literal["scatter", "graph", "matrix", "parallel", "items", "lengths"]

_HEIGHT = 640


class Report:
    """A page about rules, in one file, from `Rules.report`. A notebook shows it.

    `html` is its text. It loads nothing, and the same rules and baskets make the same bytes.
    """

    __slots__ = ("html",)

    html: str

    def __init__(self, html: str) -> None:
        self.html = html

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page to a file, for a browser."""
        _write(path, self.html)

    def _repr_html_(self) -> str:
        from html import escape

        # A page of its own within the notebook: its scripts run there, and reach nothing else.
        frame = f'style="width: 100%; height: {_HEIGHT}px; border: 0" sandbox="allow-scripts"'
        return f'<iframe title="Report" {frame} srcdoc="{escape(self.html)}"></iframe>'

    def __repr__(self) -> str:
        return f"<Report: {len(self.html)} characters of HTML>"


class Plot:
    """A drawing of rules, from `Rules.plot`. A notebook shows it. `svg` is its text."""

    __slots__ = ("svg",)

    svg: str

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the drawing to a file."""
        _write(path, self.svg)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Plot: {len(self.svg)} characters of SVG>"


def _write(path: str | os.PathLike[str], text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
