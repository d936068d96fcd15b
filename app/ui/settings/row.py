"""One row of the settings window: title and hint at the left, the control its setting asks for at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from app.settings import Setting, Settings, Value
from app.ui.theme import theme
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.select import Select
from app.ui.widgets.slider import Slider
from app.ui.widgets.switch import Switch

SETTLE_MS = 150  # a number being dragged is stored when it rests
OFF_WHILE = dict.fromkeys(("temperature", "top_p", "top_k", "repeat_penalty", "max_tokens"), "model_sampling")
TOKENS = ("context", "max_tokens")


def words(source: str) -> str:
    """A text of `app.settings` in the interface language."""
    return QCoreApplication.translate("Settings", source) if source else ""


class Row(Live, QWidget):
    """Title, hint and any control. The control moves under the words where the row is too narrow. `under`: what
    stands below both. `there` is False while the row has nothing to show."""

    there = True

    def __init__(
        self,
        title: str = "",
        hint: str = "",
        control: QWidget | None = None,
        *,
        below: bool = False,
        under: QWidget | None = None,
    ) -> None:
        super().__init__()
        self._control, self._below, self._under = control, below, under
        self.title, self.hint = Label(title, wrap=True), Label(hint, "tiny", "text-3", wrap=True)
        self._words = QVBoxLayout()
        self._words.addWidget(self.title)
        self._words.addWidget(self.hint)
        self.hint.setVisible(bool(hint))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        outer.addLayout(self._box)
        if under is not None:
            outer.addWidget(under)
        self._box.addLayout(self._words, 1)
        self._words.insertStretch(0, 1)
        self._words.addStretch(1)
        if control is not None:
            self._box.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter if not below else Qt.AlignmentFlag(0))
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.go_live()

    def set_words(self, title: str, hint: str) -> None:
        self.title.set_text(title)
        self.hint.set_text(hint)
        self.hint.setVisible(bool(hint))

    def found_by(self, wanted: str) -> bool:
        """True if every word of `wanted` is in the title or hint."""
        text = f"{self.title.text()} {self.hint.text()} {self.keywords()}".casefold()
        return all(word in text for word in wanted.casefold().split())

    def keywords(self) -> str:
        return ""

    def refresh(self) -> None:
        """Show the settings as they are now."""

    def flush(self) -> None:
        """Store what is still resting (the window closes)."""

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), max(hint.height(), theme().px(59)))

    def restyle(self) -> None:
        px = theme().px
        self._words.setSpacing(px(1))
        self._box.setContentsMargins(px(16), px(10), px(16), px(10))
        self._box.setSpacing(px(16) if not self._below else px(8))
        if self._under is not None:
            self._under.setContentsMargins(px(16), 0, px(16), px(14))
        self.setMinimumHeight(px(59))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if self._control is None:
            return
        room = self.width() - self._control.sizeHint().width() - theme().px(48)
        stacked = self._below or room < min(self.title.sizeHint().width(), theme().px(180))
        wanted = QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight
        if self._box.direction() != wanted:
            self._box.setDirection(wanted)


class SettingRow(Row):
    """Shows one setting and stores every change at once."""

    def __init__(self, row: Setting, settings: Settings) -> None:
        self.row, self._settings = row, settings
        self._show: Callable[[Any], None] = lambda _value: None
        self._timer = QTimer()
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self._store_pending)
        self._pending: Value | None = None
        self.control = self._make()
        super().__init__(control=self.control, below=isinstance(self.control, QTextEdit))
        self._timer.setParent(self)
        self.refresh()

    def _make(self) -> QWidget:
        row, value = self.row, self._settings.get(self.row.key)
        if row.choices:
            select = Select()
            select.set_choices([(choice, label) for choice, label in row.choices])
            select.currentIndexChanged.connect(lambda _index: self._store(select.currentData()))
            self._show = select.set_value
            return select
        if isinstance(row.default, bool):
            switch = Switch(checked=value)
            switch.toggled.connect(self._store)
            self._show = lambda new: self._quietly(switch, switch.setChecked, new)
            return switch
        if isinstance(row.default, (int, float)) and row.low is not None and row.high is not None:
            slider = Slider(row.low, row.high, row.step, value)
            slider.value_changed.connect(self._store_soon)
            self._show = slider.set_value
            return slider
        field = QTextEdit()
        field.setAcceptRichText(False)
        field.setTabChangesFocus(True)
        field.setProperty("field", "true")
        field.textChanged.connect(lambda: self._store_soon(field.toPlainText()))
        self._show = lambda new: self._fill(field, new)
        return field

    def _fill(self, field: QTextEdit, text: str) -> None:
        if field.toPlainText() != text:
            self._quietly(field, field.setPlainText, text)

    @staticmethod
    def _quietly(widget: QWidget, change: Callable[[Any], None], value: Any) -> None:
        widget.blockSignals(True)
        change(value)
        widget.blockSignals(False)
        widget.update()

    def _store_soon(self, value: Value) -> None:
        self._pending = value
        self._timer.start()

    def _store_pending(self) -> None:
        if self._pending is not None:
            value, self._pending = self._pending, None
            self._store(value)

    def flush(self) -> None:
        """Store what is still resting (the window closes)."""
        self._timer.stop()
        self._store_pending()

    def _store(self, value: Value) -> None:
        if isinstance(self.row.default, int) and not isinstance(self.row.default, bool) and isinstance(value, float):
            value = round(value)
        self._settings.set(self.row.key, value)

    def refresh(self) -> None:
        """Show the stored value; a row that another setting overrules is off."""
        if self._pending is None:
            self._show(self._settings.get(self.row.key))
        ruler = OFF_WHILE.get(self.row.key)
        self.setEnabled(not (ruler and self._settings.get(ruler)))

    def keywords(self) -> str:
        labels = " ".join(words(label) for _, label in self.row.choices)
        return f"{self.row.key} {self.row.title} {labels}"

    def restyle(self) -> None:
        super().restyle()
        if isinstance(self.control, QTextEdit):
            self.control.setFont(theme().font("interface"))
            self.control.setFixedHeight(4 * theme().line("interface") + theme().px(14))

    def retranslate(self) -> None:
        row = self.row
        self.set_words(words(row.title), words(row.hint))
        self.control.setAccessibleName(words(row.title))
        self.control.setAccessibleDescription(words(row.hint))
        if isinstance(self.control, Slider):
            self.control.set_name(words(row.title))
        if isinstance(self.control, Select):
            unit = self.tr("{n} tokens") if row.key in TOKENS else "{n}"
            self.control.set_choices([(value, unit.format(n=words(label))) for value, label in row.choices])
            self.control.set_value(self._settings.get(row.key))
