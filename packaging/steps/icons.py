"""Every icon file from `assets/icon.svg`, drawn by QtSvg.

python packaging/steps/icons.py FOLDER     (in an environment that has PySide6)
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]

from steps.findings import Failed, Finding  # noqa: E402
from steps.places import COMMAND, ICONS, ROOT, python  # noqa: E402

SOURCE = ROOT / "assets" / "icon.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
LINUX = tuple(size for size in SIZES if size <= 512)
ICO = (16, 24, 32, 48, 64, 256)
ICNS = {"icp4": 16, "icp5": 32, "icp6": 64, "ic07": 128, "ic08": 256, "ic09": 512, "ic10": 1024}
ICNS |= {"ic11": 32, "ic12": 64, "ic13": 256, "ic14": 512}  # the same pictures for screens of double density
BIGGEST_BITMAP = 64  # in an .ico; larger ones are PNG


def make(_out: Path, _vulkan: bool) -> None:
    """build/package/icons: PNG, .ico and .icns from assets/icon.svg"""
    command = [str(python()), str(Path(__file__).resolve()), str(ICONS)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise Failed(f"The icons could not be drawn:\n{done.stdout}{done.stderr}")


def check() -> list[Finding]:
    return [] if SOURCE.is_file() else [Finding("assets/icon.svg", "is missing")]


def draw(folder: Path) -> None:
    """Write all files into `folder`."""
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {size: _picture(size) for size in SIZES}
    pngs = {size: png for size, (png, _) in pictures.items()}
    for size in LINUX:
        (folder / f"{COMMAND}-{size}.png").write_bytes(pngs[size])
    shutil.copyfile(SOURCE, folder / f"{COMMAND}.svg")
    frames = [(size, pngs[size] if size > BIGGEST_BITMAP else bitmap(size, pictures[size][1])) for size in ICO]
    (folder / f"{COMMAND}.ico").write_bytes(ico(frames))
    (folder / f"{COMMAND}.icns").write_bytes(icns(pngs))
    del application


def _picture(size: int) -> tuple[bytes, bytes]:
    """(PNG, rows of blue, green, red, alpha from the top)."""
    from PySide6.QtCore import QBuffer, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(SOURCE))
    if not renderer.isValid():
        raise Failed(f"{SOURCE} is no SVG picture")
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data()), bytes(image.constBits())


def bitmap(size: int, pixels: bytes) -> bytes:
    """A picture as .ico files hold small ones: header, rows from the bottom, and an empty mask."""
    row = size * 4
    upside_down = b"".join(pixels[start : start + row] for start in range(len(pixels) - row, -1, -row))
    mask = bytes((size + 31) // 32 * 4 * size)
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(upside_down) + len(mask), 0, 0, 0, 0)
    return header + upside_down + mask


def ico(frames: list[tuple[int, bytes]]) -> bytes:
    """A Windows icon from (size, bitmap or PNG)."""
    offset = 6 + 16 * len(frames)
    table, bodies = struct.pack("<HHH", 0, 1, len(frames)), b""
    for size, body in frames:
        side = size % 256  # 0 stands for 256
        table += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(body), offset + len(bodies))
        bodies += body
    return table + bodies


def icns(pngs: dict[int, bytes]) -> bytes:
    """A macOS icon."""
    body = b"".join(kind.encode() + struct.pack(">I", 8 + len(pngs[size])) + pngs[size] for kind, size in ICNS.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
