"""What an empty chat shows: who answers, how to get a BELLE model, questions to start with."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.theme import app_icon, theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.card import Card
from app.ui.widgets.gaps import set_gaps
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box

COLUMN, MARGIN, NARROW_CARD = 760, 24, 560


class IconTile(Live, QWidget):
    """An icon on a soft square of 40."""

    def __init__(self, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.go_live()

    def restyle(self) -> None:
        self.setFixedSize(theme().px(40), theme().px(40))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), "accent-soft", "", theme().px(10))
        at = (self.width() - theme().px(20)) // 2
        painter.drawPixmap(at, at, theme().pixmap(self._icon, 20, "accent-text"))


class ExampleRow(Live, QPushButton):
    """A question, 48 high, clickable over its whole width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = "middle"
        self.setProperty("kind", "bare")
        self.setProperty("ring_inset", True)
        self.setProperty("ring_radius", 11)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.go_live()

    def restyle(self) -> None:
        self.setFont(theme().font("interface"))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme().font("interface"))
        line = 0 if self.place == "first" else 1
        return QSize(theme().px(200), max(theme().px(48), metrics.height() + theme().px(16)) - line)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, px = QPainter(self), theme().px
        if self.isDown() or self.underMouse():
            radius = px(11)
            area = QRect(self.rect())
            painter.setClipRect(area)
            if self.place == "first":
                area.adjust(0, 0, 0, radius)
            elif self.place == "last":
                area.adjust(0, -radius, 0, 0)
            box(
                painter,
                area,
                "bg-pressed" if self.isDown() else "bg-hover-up",
                "",
                0 if self.place == "middle" else radius,
            )
        middle = self.height() // 2
        icon, arrow = px(18), px(16)
        painter.drawPixmap(QPoint(px(16), middle - icon // 2), theme().pixmap("chat", 18))
        right = self.width() - px(16) - arrow
        painter.drawPixmap(QPoint(right, middle - arrow // 2), theme().pixmap("chevron-right", 16))
        left = px(16) + icon + px(12)
        metrics = QFontMetrics(self.font())
        text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, right - left - px(8))
        painter.setPen(theme().color("text-1"))
        painter.drawText(QRect(left, 0, right - left, self.height()), Qt.AlignmentFlag.AlignVCenter, text)


class FirstStart(Live, QWidget):
    """The guide's form by default; `set_guide(False, name)` for any other model."""

    choose_model_requested = Signal()
    example_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guide, self._model, self._advice = True, "", ""
        self._logo = QLabel()
        self._title = Label(role="page-title", wrap=True)
        self._intro = Label(role="reading", token="text-2", wrap=True)
        self._card, self._tile = Card(), IconTile("download")
        self._card_title = Label(role="card-title", wrap=True)
        self._card_text = Label(role="small", token="text-2", wrap=True)
        self._choose = Button(kind="primary")
        self._choose.clicked.connect(self.choose_model_requested)
        self._ask = Label(role="small", token="text-2")
        self._rows = [ExampleRow() for _ in range(3)]
        self._examples = Card()
        self._lay_out()
        self.go_live()

    def _lay_out(self) -> None:
        inner = QWidget()
        self._inner = inner
        self._column = QVBoxLayout(inner)
        self._column.setSpacing(0)
        self._column.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        self._words = words
        words.addWidget(self._card_title)
        words.addWidget(self._card_text)
        line = QWidget()
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight, line)
        self._line.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self._line.addLayout(words, 1)
        self._line.addWidget(self._choose, 0, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self._card.add_row(line)
        for row, place in zip(self._rows, ("first", "middle", "last"), strict=True):
            row.place = place
            row.restyle()
            row.clicked.connect(lambda _checked=False, row=row: self.example_asked.emit(row.text()))
            self._examples.add_row(row)
        for part in (self._logo, self._title, self._intro, self._card, self._ask, self._examples):
            self._column.addWidget(part)
        page = QWidget()
        outer = QVBoxLayout(page)
        self._outer = outer
        outer.addStretch(1)
        across = QHBoxLayout()
        across.addWidget(inner)
        outer.addLayout(across)
        outer.addStretch(1)
        area = self._area = QScrollArea()
        area.setViewport(QWidget())  # asking for a made one has PySide build every widget class: 10 ms
        area.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._margins())
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.setAutoFillBackground(False)
        area.setWidget(page)
        page.setAutoFillBackground(False)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(area)

    def set_recommendation(self, text: str) -> None:
        """Second line of the card, for example which model suits this computer."""
        self._advice = text
        self.retranslate()

    def set_guide(self, guide: bool, model: str = "") -> None:
        """Who answers: the built-in guide, or the model named `model`."""
        self._guide, self._model = guide, model
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Under 560 logical px the card's button stands under its words."""
        super().resizeEvent(event)
        narrow = self.width() < theme().px(NARROW_CARD)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._line.direction() != direction:
            self._line.setDirection(direction)

    def _margins(self) -> None:
        """The scroll bar, where there is one, stands inside the right margin."""
        side, bar = theme().px(MARGIN), self._area.verticalScrollBar()
        right = side - bar.sizeHint().width() if bar.maximum() > 0 else side
        self._outer.setContentsMargins(side, side, max(0, right), side)

    def restyle(self) -> None:
        px, ratio = theme().px, self.devicePixelRatioF()
        self._inner.setMaximumWidth(px(COLUMN))
        self._margins()
        self._logo.setPixmap(app_icon(px(48), ratio))
        self._line.setContentsMargins(px(20), px(20), px(20), px(20))
        self._line.setSpacing(px(16))
        self._words.setSpacing(px(2))
        gaps = ((self._logo, 20), (self._title, 6), (self._intro, 24), (self._card, 28), (self._ask, 10))
        set_gaps(self._column, gaps)

    def retranslate(self) -> None:
        if self._guide:
            title = self.tr("Hello, start here")
            intro = self.tr(
                "The **built-in guide** answers for now, a small model that only knows how to use this app.\n"
                "It is not BELLE. To write, translate or code, download a BELLE model."
            )
            examples = (
                self.tr("Which BELLE model suits my computer?"),
                self.tr("What is the “key file”, and where do I get it?"),
                self.tr("Does it work offline? Where are my chats kept?"),
            )
        else:
            title = self.tr("What shall we talk about?")
            intro = self.tr("**{name}** answers on this computer. Nothing you write leaves it.").format(
                name=self._model
            )
            examples = (
                self.tr("Write a birthday letter to my mother"),
                self.tr("Explain Newton's first law to a child"),
                self.tr("Translate into English: 春眠不觉晓，处处闻啼鸟"),
            )
        self._title.set_text(title)
        self._intro.set_text(intro)
        self._card_title.set_text(self.tr("Download a BELLE model"))
        self._card_text.set_text(self._advice or self.tr("See which models suit this computer, and what they need."))
        self._choose.setText(self.tr("Choose a model…"))
        self._ask.set_text(self.tr("Or ask the guide first") if self._guide else self.tr("Try one of these"))
        self._card.setVisible(self._guide)
        for row, text in zip(self._rows, examples, strict=True):
            row.setText(text)
            row.setAccessibleName(text)
            row.setToolTip("")
        self.setAccessibleName(title)
