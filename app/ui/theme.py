"""Colours, sizes, fonts and icons by meaning. The only place that knows a token's value.

Tokens come from `assets/theme/tokens.json`; widgets ask by name and rebuild on `Theme.changed`.
"""

from __future__ import annotations

import functools
import json
import sys
from typing import NamedTuple

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.resources import assets
from app.ui import stylesheet

REGULAR, SEMIBOLD = QFont.Weight.Normal, QFont.Weight.DemiBold


class TypeRole(NamedTuple):
    """`size` and `line` in logical px at 100 % text size."""

    size: int
    line: int
    weight: QFont.Weight = REGULAR


ROLES = {
    "page-title": TypeRole(24, 34, SEMIBOLD),
    "settings-title": TypeRole(20, 30, SEMIBOLD),
    "h1": TypeRole(20, 30, SEMIBOLD),
    "h2": TypeRole(17, 26, SEMIBOLD),
    "h3": TypeRole(15, 26, SEMIBOLD),
    "card-title": TypeRole(15, 22, SEMIBOLD),
    "reading": TypeRole(15, 26),
    "composer": TypeRole(15, 24),
    "interface": TypeRole(14, 20),
    "table": TypeRole(14, 22),
    "small": TypeRole(13, 20),
    "tiny": TypeRole(12, 18),
    "code": TypeRole(13, 22),
}

CJK = {
    "darwin": ["PingFang SC"],
    "win32": ["Microsoft YaHei UI", "Microsoft YaHei"],
    "linux": ["Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei"],
}
LATIN = {"darwin": [".AppleSystemUIFont"], "win32": ["Segoe UI"], "linux": ["Inter", "Noto Sans"]}
MONO = {
    "darwin": ["SF Mono", "Menlo"],
    "win32": ["Cascadia Mono", "Consolas"],
    "linux": ["JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono"],
}

PALETTE = {
    "Window": "bg-page",
    "Base": "bg-raised",
    "Button": "bg-raised",
    "ToolTipBase": "bg-raised",
    "AlternateBase": "bg-sunken",
    "WindowText": "text-1",
    "Text": "text-1",
    "ButtonText": "text-1",
    "ToolTipText": "text-1",
    "HighlightedText": "text-1",
    "PlaceholderText": "text-3",
    "Highlight": "selection",
    "Accent": "accent-mark",
    "Link": "accent-text",
    "LinkVisited": "accent-text",
    "Mid": "line-strong",
    "Midlight": "line",
}


class Theme(QObject):
    """The current look: `mode` light or dark, `factor` text size (1.0 = 100 %), `language` for the font order."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tokens: dict[str, dict[str, str]] = json.loads((assets() / "theme" / "tokens.json").read_text("utf-8"))
        self.mode = "light"
        self.factor = 1.0
        self.language = "zh_CN"

    def configure(self, *, mode: str, factor: float, language: str, dress: bool = True) -> None:
        """Take over the values, restyle the application and tell everybody. Without `dress` the style sheet is left
        for later: a window is built faster before there is one."""
        self.mode, self.factor, self.language = mode, factor, language
        self._pixmap.cache_clear()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(self.palette())
            application.setFont(self.font("interface"))
            if dress:
                self.dress()
        self.changed.emit()

    def dress(self) -> None:
        """Give the application its style sheet."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setStyleSheet(stylesheet.render(self))

    @property
    def tokens(self) -> dict[str, str]:
        return self._tokens[self.mode]

    def hex(self, token: str) -> str:
        return self.tokens[token]

    def color(self, token: str) -> QColor:
        return QColor(self.tokens[token])

    def px(self, logical: float) -> int:
        """A length of the design at the current text size, in device-independent px."""
        return round(logical * self.factor)

    def line(self, role: str) -> int:
        """Line height of a type role, px."""
        return self.px(ROLES[role].line)

    def families(self, mono: bool = False) -> list[str]:
        """Font families in order: the interface language's own script first."""
        platform = sys.platform if sys.platform in CJK else "linux"
        cjk, latin = CJK[platform], LATIN[platform]
        if mono:
            return [*MONO[platform], *(["Noto Sans Mono CJK SC"] if platform == "linux" else []), *cjk, "monospace"]
        return [*cjk, "sans-serif"] if self.language == "zh_CN" else [*latin, *cjk, "sans-serif"]

    def font(self, role: str, weight: QFont.Weight | None = None) -> QFont:
        """The font of a type role (`ROLES`), scaled."""
        spec = ROLES[role]
        font = QFont()
        font.setFamilies(self.families(mono=role == "code"))
        font.setPixelSize(self.px(spec.size))
        font.setWeight(weight or spec.weight)
        if role == "code":
            font.setFeature(QFont.Tag("liga"), 0)
            font.setFeature(QFont.Tag("calt"), 0)
        return font

    def latin_font(self, role: str) -> QFont:
        """A Latin-first font, for the separator dot: CJK fonts draw it full width."""
        font = self.font(role)
        platform = sys.platform if sys.platform in LATIN else "linux"
        font.setFamilies([*LATIN[platform], "DejaVu Sans", "sans-serif"])
        return font

    def icon(self, name: str, size: int = 20, token: str = "text-2") -> QIcon:
        """`assets/icons/NAME.svg` at `size` logical px in a token's colour, which says by itself what is disabled."""
        icon = QIcon(self.pixmap(name, size, token))
        icon.addPixmap(self.pixmap(name, size, token), QIcon.Mode.Disabled)
        return icon

    def pixmap(self, name: str, size: int = 20, token: str = "text-2") -> QPixmap:
        screen = QGuiApplication.primaryScreen()
        ratio = screen.devicePixelRatio() if screen else 1.0
        return self._pixmap(name, self.px(size), self.hex(token), ratio)

    @functools.lru_cache(maxsize=512)  # noqa: B019 - one Theme per application
    def _pixmap(self, name: str, size: int, colour: str, ratio: float) -> QPixmap:
        svg = (assets() / "icons" / f"{name}.svg").read_text("utf-8").replace("currentColor", colour)
        return render_svg(svg, size, ratio)

    def palette(self) -> QPalette:
        palette = QPalette()
        for role, token in PALETTE.items():
            palette.setColor(getattr(QPalette.ColorRole, role), self.color(token))
        for role in ("WindowText", "Text", "ButtonText"):
            palette.setColor(QPalette.ColorGroup.Disabled, getattr(QPalette.ColorRole, role), self.color("text-off"))
        return palette


def render_svg(svg: str, size: int, ratio: float) -> QPixmap:
    """An SVG text as a square pixmap of `size` px."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def app_icon(size: int = 256, ratio: float = 1.0) -> QPixmap:
    """The application's icon, `size` px square."""
    return render_svg((assets() / "icon.svg").read_text("utf-8"), size, ratio)


_themes: dict[int, Theme] = {}


def theme() -> Theme:
    """The application's theme; made on first use and owned by the QApplication."""
    application = QApplication.instance()
    if application is None:
        raise RuntimeError("no QApplication")
    key = id(application)
    if key not in _themes:
        _themes.clear()  # of an application that has ended
        _themes[key] = Theme(application)
    return _themes[key]


def system_mode() -> str:
    """`dark` if the system says so, else `light`."""
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"
