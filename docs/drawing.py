"""Draws what stands on a terminal, cell by cell, with DejaVu Sans Mono: the same cells give the same picture.

Lines and blocks are drawn by what their Unicode names say, so that they meet from cell to cell. Knows no program.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont
from rich.cells import get_character_cell_size
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from textual.app import App
from textual.strip import Strip

Rgb = tuple[int, int, int]
LEVELS = 5
"""Shades between a letter and what it stands on: few, so that a palette holds them and a file stays small."""
FONTS = ("DejaVuSansMono{}.ttf", "DejaVuSans{}.ttf")
"""Debian's fonts-dejavu-core; the second for what the first lacks."""
STAND_INS = {"🔎": "⌕"}
"""Signs that terminals take from a font of emoji, and what stands for them here."""


class Cell(NamedTuple):
    """A character and its colours; `text` is empty in the second cell of a wide one."""

    text: str
    ink: Rgb
    paper: Rgb
    bold: bool = False
    italic: bool = False
    underline: bool = False


Grid = list[list[Cell]]
"""Rows of cells."""


def strips_of(app: App[int]) -> list[Strip]:
    """What the app shows now, row by row, with a box's screens beneath it."""
    from textual._context import visible_screen_stack

    visible_screen_stack.set(app._background_screens)
    return app.screen._compositor.render_strips()


def grid_of(strips: Sequence[Strip]) -> Grid:
    return [list(_cells(strip)) for strip in strips]


def _cells(strip: Strip) -> Iterator[Cell]:
    for text, style, _ in strip:
        looks = _looks(style or Style.null())
        last: Cell | None = None
        for character in text:
            width = get_character_cell_size(character)
            if not width:  # a mark goes onto the letter before it
                continue
            if last is not None:
                yield last
            last = Cell(character, *looks)
            if width == 2:
                yield last
                last = Cell("", *looks)
        if last is not None:
            yield last


@cache
def _looks(style: Style) -> tuple[Rgb, Rgb, bool, bool, bool]:
    ink = tuple((style.color or Color.default()).get_truecolor(SVG_EXPORT_THEME))
    paper = tuple((style.bgcolor or Color.default()).get_truecolor(SVG_EXPORT_THEME, foreground=False))
    if style.reverse:
        ink, paper = paper, ink
    if style.dim:
        ink = tuple((a + b) // 2 for a, b in zip(ink, paper, strict=True))
    return ink, paper, bool(style.bold), bool(style.italic), bool(style.underline)  # type: ignore[return-value]


class Drawing:
    """A picture of `columns` x `rows` cells that is drawn once and then only where cells have changed."""

    def __init__(self, columns: int, rows: int, *, cell: tuple[int, int] = (10, 20), margin: int = 10) -> None:
        self.cell = cell
        self.margin = margin
        self._grid: Grid = []
        size = (columns * cell[0] + 2 * margin, rows * cell[1] + 2 * margin)
        self.image = Image.new("RGB", size)
        self._masks: dict[tuple[str, bool, bool], Image.Image] = {}

    def draw(self, grid: Grid) -> Image.Image:
        """The picture with these cells; it is the same object each time."""
        if not self._grid:
            around = Counter(cell.paper for row in grid for cell in row).most_common(1)[0][0]
            self.image.paste(around, (0, 0, *self.image.size))
        for y, row in enumerate(grid):
            before = self._grid[y] if self._grid else [None] * len(row)
            for x, (cell, old) in enumerate(zip(row, before, strict=True)):
                if cell != old or (not cell.text and row[x - 1] != before[x - 1]):
                    self._put(x, y, cell, row)
        self._grid = grid
        return self.image

    def _put(self, x: int, y: int, cell: Cell, row: list[Cell]) -> None:
        if not cell.text:  # drawn with the one before
            return
        width, height = self.cell
        wide = x + 1 < len(row) and not row[x + 1].text
        box = (self.margin + x * width, self.margin + y * height)
        box = (*box, box[0] + width * (1 + wide), box[1] + height)
        self.image.paste(cell.paper, box)
        if not cell.text.isspace():
            self.image.paste(cell.ink, box, self._mask(cell.text, cell.bold, cell.italic, wide))
        if cell.underline:
            line = box[1] + round(height * 0.86)
            self.image.paste(cell.ink, (box[0], line, box[2], line + max(1, height // 18)))

    def _mask(self, text: str, bold: bool, italic: bool, wide: bool) -> Image.Image:
        key = (text, bold, italic)
        if key not in self._masks:
            width, height = self.cell
            mask = Image.new("L", (width * (1 + wide), height))
            if not _line(mask, text) and not _block(mask, text):
                _letter(mask, text, bold, italic, self.cell)
            step = 255 / (LEVELS - 1)
            self._masks[key] = mask.point([round(round(n / step) * step) for n in range(256)])
        return self._masks[key]


def _letter(mask: Image.Image, text: str, bold: bool, italic: bool, cell: tuple[int, int]) -> None:
    """In the middle of its cells, on the font's base line."""
    text = STAND_INS.get(text, text)
    width, height = cell
    size = width / 0.60205  # a cell of DejaVu Sans Mono is 1,233 of 2,048 units wide
    look = {(True, False): "-Bold", (False, True): "-Oblique", (True, True): "-BoldOblique"}.get((bold, italic), "")
    for name in FONTS:
        font = _font(name.format(look), size)
        if font is not None and font.getmask(text).getbbox() and not _is_missing(font, text):
            base = (height - size * 1.164) / 2 + size * 0.928  # ascent and descent of the font
            left = (mask.width - font.getlength(text)) / 2
            ImageDraw.Draw(mask).text((left, base), text, fill=255, font=font, anchor="ls")
            return
    if look:
        _letter(mask, text, False, False, cell)
        return
    raise SystemExit(f"There is no letter for {text!r} (U+{ord(text):04X}) in {', '.join(FONTS).format('', '')}.")


@cache
def _font(name: str, size: float) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        if name == FONTS[0].format(""):
            raise SystemExit("DejaVu Sans Mono is not here: install Debian's package fonts-dejavu-core.") from None
        return None


def _is_missing(font: ImageFont.FreeTypeFont, text: str) -> bool:
    return bytes(font.getmask(text)) == bytes(font.getmask("\U0010ffff"))


_SIDES = {"LEFT": (-1, 0), "RIGHT": (1, 0), "UP": (0, -1), "DOWN": (0, 1)}


def _line(mask: Image.Image, text: str) -> bool:
    """A light or heavy line of box drawing. False: it is none."""
    words = unicodedata.name(text, "").replace("BOX DRAWINGS ", "\0").split("\0")
    if len(words) == 2 and "ARC" in words[1]:
        _arc(mask, *_arms(words[1]))
        return True
    if len(words) < 2 or "DOUBLE" in words[1] or "DIAGONAL" in words[1] or "DASH" in words[1]:
        return False
    width, height = mask.size
    thin = max(1, round(width / 8))
    cx, cy = width // 2, height // 2
    pen = ImageDraw.Draw(mask)
    for side, heavy in _arms(words[1]).items():
        half = thin if heavy else thin / 2
        dx, dy = _SIDES[side]
        x0, x1 = sorted((cx, cx + dx * width)) if dx else (cx, cx)
        y0, y1 = sorted((cy, cy + dy * height)) if dy else (cy, cy)
        low, high = int(half), int(2 * half) - int(half)
        if dx:
            pen.rectangle((x0 - (low if dx > 0 else 0), cy - low, x1, cy + high - 1), fill=255)
        else:
            pen.rectangle((cx - low, y0 - (low if dy > 0 else 0), cx + high - 1, y1), fill=255)
    return True


def _arc(mask: Image.Image, *sides: str) -> None:
    """A quarter of a circle, and straight on to the edges, on which `_line`'s lines end."""
    scale = 8
    width, height = (n * scale for n in mask.size)
    thin = max(1, round(mask.width / 8)) * scale
    cx, cy = (n // 2 * scale + thin % (2 * scale) // 2 for n in mask.size)
    dx, dy = (sum(_SIDES[side][n] for side in sides) for n in (0, 1))
    radius = mask.width // 2 * scale
    large = Image.new("L", (width, height))
    pen = ImageDraw.Draw(large)
    mx, my, r = cx + dx * radius, cy + dy * radius, radius + thin / 2
    start = {(1, 1): 180, (-1, 1): 270, (1, -1): 90, (-1, -1): 0}[dx, dy]
    pen.arc((mx - r, my - r, mx + r - 1, my + r - 1), start, start + 90, fill=255, width=thin)
    across, down = sorted((mx, mx + dx * width)), sorted((my, my + dy * height))
    pen.rectangle((across[0], cy - thin / 2, across[1], cy + thin / 2 - 1), fill=255)
    pen.rectangle((cx - thin / 2, down[0], cx + thin / 2 - 1, down[1]), fill=255)
    mask.paste(large.resize(mask.size, Image.Resampling.BOX))


def _arms(name: str) -> dict[str, bool]:
    """By side, whether the line is heavy: `LIGHT ARC DOWN AND RIGHT`, `HEAVY HORIZONTAL`, `DOWN LIGHT AND UP HEAVY`."""
    words = name.replace("HORIZONTAL", "LEFT RIGHT").replace("VERTICAL", "UP DOWN").split()
    arms: dict[str, bool] = {}
    heavy, waiting = False, []
    prefixed = words[0] in ("LIGHT", "HEAVY")
    for word in words:
        if word in ("LIGHT", "HEAVY"):
            heavy = word == "HEAVY"
            arms |= dict.fromkeys(waiting, heavy)
            waiting = []
        elif word in _SIDES:
            if prefixed:
                arms[word] = heavy
            else:
                waiting.append(word)
    return arms


_EIGHTHS = ("ONE EIGHTH", "ONE QUARTER", "THREE EIGHTHS", "HALF", "FIVE EIGHTHS", "THREE QUARTERS", "SEVEN EIGHTHS")


def _block(mask: Image.Image, text: str) -> bool:
    """A block or a part of one that lies at one side. False: it is none."""
    name = unicodedata.name(text, "")
    width, height = mask.size
    if name == "FULL BLOCK":
        mask.paste(255, (0, 0, width, height))
        return True
    side, _, part = name.partition(" ")
    if not part.endswith(" BLOCK") or part.removesuffix(" BLOCK") not in _EIGHTHS:
        return False
    share = (_EIGHTHS.index(part.removesuffix(" BLOCK")) + 1) / 8
    across, down = max(1, round(width * share)), max(1, round(height * share))
    boxes = {
        "LEFT": (0, 0, across, height),
        "RIGHT": (width - across, 0, width, height),
        "UPPER": (0, 0, width, down),
        "LOWER": (0, height - down, width, height),
    }
    mask.paste(255, boxes[side])
    return True


def palette_of(image: Image.Image) -> Image.Image:
    """The picture with at most 256 colours."""
    return image.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
