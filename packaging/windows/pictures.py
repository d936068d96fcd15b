"""The installer's own pictures, drawn by Qt.

python packaging/windows/pictures.py FOLDER     gguf.ico and welcome.bmp (in an environment that has PySide6)
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from steps import icons  # noqa: E402

FILE_ICON = Path(__file__).resolve().parent / "gguf.svg"
WELCOME = (164, 314)  # NSIS's size for the picture beside the first page
WELCOME_SCALE = 2  # NSIS shrinks it on screens of single density
GROUND, TILE = "#EAF1F6", 96


def draw(folder: Path) -> None:
    """Write both files into `folder`."""
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    folder.mkdir(parents=True, exist_ok=True)
    _draw_file_icon(folder / "gguf.ico")
    _draw_welcome(folder / "welcome.bmp")
    del application


def _draw_file_icon(target: Path) -> None:
    from PySide6.QtCore import QBuffer, QIODevice

    frames = []
    for size in icons.ICO:
        image = _sheet(size, size, None)
        _render(image, FILE_ICON, 0, 0, size)
        if size > icons.BIGGEST_BITMAP:
            buffer = QBuffer()
            buffer.open(QIODevice.OpenModeFlag.WriteOnly)
            image.save(buffer, "PNG")
            frames.append((size, bytes(buffer.data().data())))
        else:
            frames.append((size, icons.bitmap(size, bytes(image.constBits()))))
    target.write_bytes(icons.ico(frames))


def _draw_welcome(target: Path) -> None:
    from PySide6.QtGui import QImage

    width, height = (WELCOME_SCALE * side for side in WELCOME)
    tile = WELCOME_SCALE * TILE
    image = _sheet(width, height, GROUND)
    _render(image, icons.SOURCE, (width - tile) // 2, (height - tile) // 3, tile)
    image.convertToFormat(QImage.Format.Format_RGB888).save(str(target))


def _sheet(width: int, height: int, colour: str | None) -> QImage:
    from PySide6.QtGui import QColor, QImage

    image = QImage(width, height, QImage.Format.Format_ARGB32)
    image.fill(QColor(colour) if colour else QColor(0, 0, 0, 0))
    return image


def _render(image: QImage, source: Path, x: int, y: int, side: int) -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QPainter
    from PySide6.QtSvg import QSvgRenderer

    painter = QPainter(image)
    QSvgRenderer(str(source)).render(painter, QRectF(x, y, side, side))
    painter.end()


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
