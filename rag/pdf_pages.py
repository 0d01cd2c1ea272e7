"""A PDF → the runs of letters on its pages, with their places, by PDFium.

What stands beside, above or below what is for ``pdf_layout``; nothing is put in order here.
"""

from __future__ import annotations

import ctypes
import math
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from rag.decoding import describe
from rag.errors import ArticleUnreadable
from rag.pdf_leftward import Letter, as_read, has_leftward, is_leftward

RUN_GAP = 1.0
"""Letter sizes of white between two letters, beyond which they are of different runs."""
UNKNOWN = "\ufffd"
"""A letter that is drawn, but that its font does not name."""

# PDFium marks a hyphen at a line's end by 2, and an unknown letter by U+FFFE.
_WRITTEN_AS = {2: "-", 0x2010: "-", 0x2011: "-", 0xFFFE: UNKNOWN, 0xFFFF: UNKNOWN}
_SOFT_HYPHEN = 0xAD
_PDFIUM = threading.Lock()  # PDFium is not safe to use from several threads


@dataclass(frozen=True, slots=True)
class Run:
    """Letters in a row, as far as no wide gap parts them.

    ``left``, ``right`` and ``baseline`` are points from the page's upper left corner, as the page
    is read: ``baseline`` grows downwards. ``size`` is the letters' size in points; ``order`` is
    the run's place among those of its page as the file has them. ``is_row``: it is a table's row,
    put together from several runs. ``weight`` is how bold its letters are, 0 where that is unknown
    or they differ.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    order: int = 0
    is_row: bool = False
    weight: int = 0

    @property
    def top(self) -> float:
        """Where its tall letters end."""
        return self.baseline - 0.8 * self.size

    @property
    def bottom(self) -> float:
        """Where its descending letters end."""
        return self.baseline + 0.25 * self.size


@dataclass(frozen=True, slots=True)
class Page:
    """A page's runs and height in points. ``is_pictured``: it has no text, but is not blank."""

    runs: tuple[Run, ...]
    height: float
    is_pictured: bool


@dataclass(frozen=True, slots=True)
class PdfContent:
    """A PDF's pages, None for each that is damaged, and the title and author that it states."""

    pages: tuple[Page | None, ...]
    title: str
    author: str


def read_pages(raw: bytes) -> PdfContent:
    """A PDF's bytes → its pages' runs of letters. An empty password is tried where it has one.

    Raises ArticleUnreadable where it needs a password, or cannot be opened.
    """
    import pypdfium2
    from pypdfium2 import raw as pdfium

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(raw)
            page_count = len(document)
        except pypdfium2.PdfiumError as error:
            if pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise ArticleUnreadable("encrypted PDF: remove its password") from error
            raise ArticleUnreadable(f"damaged PDF: {describe(error)}") from error
        try:
            stated = document.get_metadata_dict()
            pages = tuple(_read_page(document, number) for number in range(page_count))
        finally:
            document.close()
    return PdfContent(pages, stated.get("Title", ""), stated.get("Author", ""))


def _read_page(document: Any, number: int) -> Page | None:
    from pypdfium2 import PdfiumError

    try:
        page = document[number]
        text = page.get_textpage()
    except PdfiumError:
        return None
    try:
        left, bottom, right, top = page.get_cropbox()
        letters = list(_letters(text))
        turns = Counter(letter.turn for letter in letters if letter.text)
        turn = max((0, 1, 2, 3), key=lambda turn: turns[turn])
        # Along the margins stand stamps and credits: what is written in another direction is none
        # of the page's text.
        letters = [letter for letter in letters if letter.turn == turn or not letter.text]
        corners = [_turned(x, y, turn) for x in (left, right) for y in (bottom, top)]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        bottom, top = min(y for _, y in corners), max(y for _, y in corners)
        runs = [
            replace(run, left=run.left - left, right=run.right - left, baseline=top - run.baseline)
            for run in _runs(letters)
            if left <= (run.left + run.right) / 2 <= right and bottom <= run.baseline <= top
        ]
        if 2 * sum(run.text.count(UNKNOWN) for run in runs) > sum(len(run.text) for run in runs):
            runs = []  # seen, but not told by its fonts: as good as a picture
        is_pictured = not runs and next(page.get_objects(max_depth=3), None) is not None
        return Page(tuple(runs), top - bottom, is_pictured)
    finally:
        text.close()
        page.close()


def _letters(text: Any) -> Iterator[Letter]:
    """A text page → its letters in the file's order, turned so that they are written rightwards."""
    from pypdfium2 import raw as pdfium

    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    white = Letter("", 0, 0, 0, 0, 0)
    handle = text.raw
    for at in range(text.count_chars()):
        code = pdfium.FPDFText_GetUnicode(handle, at)
        if code != 2 and code <= 32:
            yield white
            continue
        if not (
            pdfium.FPDFText_GetLooseCharBox(handle, at, box)
            and pdfium.FPDFText_GetMatrix(handle, at, matrix)
            and pdfium.FPDFText_GetCharOrigin(handle, at, x, y)
        ):
            continue
        quarters = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
        turn = round(quarters) % 4 if abs(quarters - round(quarters)) < 0.05 else -1
        one, other = _turned(box.left, box.bottom, turn), _turned(box.right, box.top, turn)
        size = pdfium.FPDFText_GetFontSize(handle, at) * math.hypot(matrix.c, matrix.d)
        if not 0.5 < size < 5000:
            continue
        left, right = sorted((one[0], other[0]))
        weight = pdfium.FPDFText_GetFontWeight(handle, at)
        start = _turned(x.value, y.value, turn)
        if code > 0x58F and has_leftward(chr(code)):
            left = min(left, start[0])  # some of their boxes begin at the ink
        if code == _SOFT_HYPHEN and right - left < 0.15 * size:
            continue  # one that is drawn is a hyphen
        letter = "-" if code == _SOFT_HYPHEN else _WRITTEN_AS.get(code) or chr(code)
        yield Letter(letter, left, right, start[1], size, turn, weight)


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """A place on the page → the same after ``turn`` quarter turns to the right."""
    return ((x, y), (y, -x), (-x, -y), (-y, x))[max(turn, 0)]


def _runs(letters: list[Letter]) -> list[Run]:
    """Letters in the file's order → the runs that they make."""
    runs: list[list[Letter]] = []
    for letter in letters:
        if not letter.text:
            if runs and runs[-1][-1].text:
                runs[-1].append(letter)
        elif runs and _continues(next(each for each in reversed(runs[-1]) if each.text), letter):
            runs[-1].append(letter)
        else:
            runs.append([letter])
    leftward = is_leftward(letters)
    if has_leftward("".join(letter.text for letter in letters)):
        runs = _with_neighbours(runs)
    return [_run(run, order, leftward) for order, run in enumerate(runs)]


def _with_neighbours(runs: list[list[Letter]]) -> list[list[Letter]]:
    """Runs, those of Hebrew and Arabic put together with what stands beside them: of a word that
    is written from its left end, the next is not beside its last letter.
    """
    found: list[list[Letter]] = []
    for run in runs:
        near = found and _is_beside(found[-1], run)
        if near and has_leftward("".join(each.text for each in found[-1] + run)):
            found[-1] = found[-1] + run
        else:
            found.append(run)
    return found


def _is_beside(run: list[Letter], other: list[Letter]) -> bool:
    one, two = ([each for each in letters if each.text] for letters in (run, other))
    size = max(one[0].size, two[0].size)
    gap = max(
        min(each.left for each in two) - max(each.right for each in one),
        min(each.left for each in one) - max(each.right for each in two),
    )
    return abs(one[-1].baseline - two[0].baseline) <= 0.3 * size and gap <= RUN_GAP * size


def _continues(last: Letter, letter: Letter) -> bool:
    """Whether a letter stands on the same line as the one before it, and near it.

    Raised and lowered numbers do, and so do letters that are written leftwards.
    """
    size = max(last.size, letter.size)
    if abs(last.baseline - letter.baseline) > 0.5 * size or size > 2 * min(last.size, letter.size):
        return False
    gap = max(letter.left - last.right, last.left - letter.right)
    return gap <= RUN_GAP * size


def _run(letters: list[Letter], order: int, leftward: bool) -> Run:
    inked = [letter for letter in letters if letter.text]
    sizes, lines = (
        Counter(value)
        for value in zip(*((each.size, each.baseline) for each in inked), strict=True)
    )
    text = "".join(letter.text or " " for letter in letters)
    if has_leftward(text):
        text = as_read(letters, leftward=leftward)
    return Run(
        text.strip(),
        min(letter.left for letter in inked),
        max(letter.right for letter in inked),
        lines.most_common(1)[0][0],
        sizes.most_common(1)[0][0],
        order,
        weight=inked[0].weight if len({each.weight for each in inked}) == 1 else 0,
    )
