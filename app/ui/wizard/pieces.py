"""Small parts of the wizard's pages: facts with dots between them, a fact with an icon, a tag with an icon."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.ui.theme import theme
from app.ui.widgets.labels import DOT, DOT_GAP, Label
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box
from app.ui.widgets.tag import TONES


class DotLine(Live, QWidget):
    """Short facts with the separator dot between them. Lines break between facts only; one too long for a line is cut
    at its end."""

    def __init__(self, role: str = "tiny", token: str = "text-3", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role, self._token = role, token
        self._pieces: tuple[str, ...] = ()
        self._above = 0
        self._broken: dict[int, list[list[tuple[str, int]]]] = {}  # lines by width
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.go_live()

    def set_pieces(self, *pieces: str) -> None:
        pieces = tuple(piece for piece in pieces if piece)
        if pieces != self._pieces:
            self._pieces = pieces
            self._broken.clear()
            self.setAccessibleName(", ".join(pieces))
            self.updateGeometry()
            self.update()

    def set_margin(self, above: int) -> None:
        """Room above, px, that goes away with it when it is hidden."""
        self._above = above
        self.updateGeometry()

    def restyle(self) -> None:
        self._broken.clear()
        self.setFont(theme().font(self._role))
        self.updateGeometry()
        self.update()

    def _dot(self) -> int:
        return QFontMetrics(theme().latin_font(self._role)).horizontalAdvance(DOT) + 2 * theme().px(DOT_GAP)

    def _lines(self, width: int) -> list[list[tuple[str, int]]]:
        """Pieces and where they begin."""
        if width not in self._broken:
            self._broken[width] = self._break(width)
        return self._broken[width]

    def _break(self, width: int) -> list[list[tuple[str, int]]]:
        metrics, dot = QFontMetrics(self.font()), self._dot()
        lines: list[list[tuple[str, int]]] = []
        left = 0
        for piece in self._pieces:
            advance = metrics.horizontalAdvance(piece)
            if lines and left + dot + advance <= width:
                lines[-1].append((piece, left + dot))
                left += dot + advance
            else:
                lines.append([(metrics.elidedText(piece, Qt.TextElideMode.ElideRight, max(width, 1)), 0)])
                left = advance
        return lines

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        width = sum(metrics.horizontalAdvance(piece) for piece in self._pieces)
        return QSize(width + max(0, len(self._pieces) - 1) * self._dot(), theme().line(self._role) + self._above)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(60), theme().line(self._role) + self._above)

    def heightForWidth(self, width: int) -> int:
        return max(1, len(self._lines(width))) * theme().line(self._role) + self._above

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), QFontMetricsF(self.font())
        line = theme().line(self._role)
        for number, pieces in enumerate(self._lines(self.width())):
            baseline = self._above + number * line + line / 2 - metrics.height() / 2 + metrics.ascent()
            for piece, left in pieces:
                painter.setFont(self.font())
                painter.setPen(theme().color(self._token))
                painter.drawText(QPointF(left, baseline), piece)
                if left:
                    painter.setFont(theme().latin_font(self._role))
                    painter.setPen(theme().color("text-3"))
                    area = QRect(left - self._dot(), self._above + number * line, self._dot(), line)
                    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, DOT)


class IconFact(Live, QWidget):
    """An icon and a short text; it wraps where the room ends. `indent`: it stands under the rows of a card."""

    def __init__(
        self,
        icon: str,
        role: str = "small",
        token: str = "text-2",
        *,
        indent: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._token, self._indent = icon, token, indent
        self._mark = QLabel()
        self.label = Label(role=role, token=token, wrap=True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.label, 1)
        self.go_live()

    def set_text(self, text: str) -> None:
        self.label.set_text(text)
        self.setAccessibleName(self.label.text())

    def set_look(self, icon: str, token: str) -> None:
        self._icon, self._token = icon, token
        self.label.set_token(token)
        self.restyle()

    def restyle(self) -> None:
        px, side = theme().px, 20 if self._indent else 18
        self._mark.setPixmap(theme().pixmap(self._icon, side, self._token))
        self._mark.setFixedHeight(max(px(side), self.label.minimumSizeHint().height()))
        self._row.setSpacing(px(14 if self._indent else 6))
        self._row.setContentsMargins(px(20) if self._indent else 0, 0, 0, 0)


class IconTag(Live, QWidget):
    """A neutral tag with an icon of 14 before its word."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._text = icon, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.go_live()

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.restyle()

    def restyle(self) -> None:
        px = theme().px
        self.setFont(theme().font("tiny"))
        metrics = QFontMetrics(self.font())
        width = 2 * (px(8) + 1) + px(14) + px(4) + metrics.horizontalAdvance(self._text)
        self.setFixedSize(width, max(px(22), metrics.height() + 2))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink, fill, line = TONES["neutral"]
        painter, px = QPainter(self), theme().px
        box(painter, self.rect(), fill, line, px(6))
        left = px(8) + 1
        painter.drawPixmap(QPoint(left, (self.height() - px(14)) // 2), theme().pixmap(self._icon, 14, ink))
        painter.setPen(theme().color(ink))
        area = self.rect().adjusted(left + px(14) + px(4), 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self._text)
