"""A model in the table: name, size, memory verdict, source, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.ui.models.rows import RowState
from app.ui.theme import theme
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.dot_line import DotLine
from app.ui.widgets.labels import ElidedLabel, Label
from app.ui.widgets.live import Live
from app.ui.widgets.tag import Tag

SIZE, MEMORY, SOURCE, ACTIONS, GAP = 136, 112, 152, 128, 16
LEFT, RIGHT, ABOVE, UNDER = 20, 12, 15, 14
MORE = 32  # the ⋯ button
WIDE, MEDIUM, SMALL = "wide", "medium", "small"
LONGEST_NAME = 200
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class NameField(QLineEdit):
    """A new name for a model: Enter or leaving it keeps what was typed, Esc does not."""

    done = Signal(bool)

    def event(self, event: QEvent) -> bool:
        """Keep Esc from the window's shortcuts."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit(False)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit(True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.done.emit(True)


def _cell(*parts: QWidget) -> tuple[QWidget, QVBoxLayout]:
    """Parts under each other, in the middle of the row's height."""
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addStretch(1)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return cell, column


class ModelRow(Live, QWidget):
    """Shows a `RowState`; every wish leaves as a signal with the model's id.

    `wide` has five columns; `medium` puts the source under the name and the action into the menu; `small` has one.
    """

    acted = Signal(str, str)
    menu_requested = Signal(str, QPoint)
    renamed = Signal(str, str)
    remove_requested = Signal(str)
    step = Signal(str, int)

    def __init__(self, state: RowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state, self._mode, self._actions_width = state, WIDE, ACTIONS
        self._name, self._tag, self._field = ElidedLabel(role="card-title"), Tag(), NameField()
        self._about = ElidedLabel(role="tiny", token="text-3")
        self._size, self._kind = ElidedLabel(role="interface"), DotLine()
        self._verdict, self._note = Tag(), ElidedLabel(role="tiny", token="text-3")
        self._source, self._came = ElidedLabel(role="interface"), ElidedLabel(role="tiny", token="text-3")
        self._under_size, self._under_verdict = DotLine(), Tag()
        self._under_note, self._under_source = ElidedLabel(role="tiny", token="text-3"), DotLine()
        self._problem = Label(role="tiny", token="text-2", wrap=True)
        self._main, self._release = Button(small=True), Button(kind="text", small=True)
        self._more = IconButton("more", up=True)
        self._lay_out()
        for button in (self._main, self._release):
            button.clicked.connect(lambda: self.acted.emit(self.state.id, self.state.main))
            button.installEventFilter(self)
        self._more.installEventFilter(self)
        self._more.clicked.connect(self.open_menu)
        self._field.done.connect(self._rename_ended)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.go_live()

    def _lay_out(self) -> None:
        self._title = QHBoxLayout()
        self._title.setSpacing(0)
        for part in (self._name, self._field, self._tag):
            self._title.addWidget(part)
        self._title.addStretch(1)
        self._field.setProperty("inline", "true")
        self._field.setMaxLength(LONGEST_NAME)
        self._field.hide()
        self._names, column = _cell(self._about, self._under_size)
        column.insertLayout(1, self._title)
        self._memory_line = QHBoxLayout()
        self._memory_line.addWidget(self._under_verdict)
        self._memory_line.addWidget(self._under_note, 1)
        column.insertLayout(4, self._memory_line)
        column.insertWidget(5, self._under_source)
        self._name_column = column
        self._sizes, self._size_column = _cell(self._size, self._kind)
        self._memory, self._memory_column = _cell(self._verdict, self._note)
        self._sources, _ = _cell(self._source, self._came)
        self._actions = QWidget()
        self._buttons = QHBoxLayout(self._actions)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.addStretch(1)
        self._word_buttons = QHBoxLayout()
        for button in (self._main, self._release):
            self._word_buttons.addWidget(button)
        self._buttons.addLayout(self._word_buttons)
        self._buttons.addWidget(self._more)
        self._cells = QHBoxLayout()
        self._cells.addWidget(self._names, 1)
        for cell in (self._sizes, self._memory, self._sources, self._actions):
            self._cells.addWidget(cell)
        self._rows = QVBoxLayout(self)
        self._rows.setSpacing(0)
        self._rows.addLayout(self._cells, 1)
        self._rows.addWidget(self._problem)

    # -- showing --------------------------------------------------------------------------------------------

    def set_state(self, state: RowState) -> None:
        if state != self.state:
            self.state = state
            self.retranslate()

    def set_mode(self, mode: str, actions_width: int) -> None:
        """`actions_width`: of the last column, px, the same in all rows."""
        if (mode, actions_width) != (self._mode, self._actions_width):
            self._mode, self._actions_width = mode, actions_width
            self.restyle()

    def actions_needed(self) -> int:
        """Width of the buttons, px."""
        button = self._release if self.state.main == "release" else self._main
        wide = button.sizeHint().width() + theme().px(4) if self.state.main else 0
        return wide + theme().px(MORE)

    def restyle(self) -> None:
        px, wide, small = theme().px, self._mode == WIDE, self._mode == SMALL
        self._rows.setContentsMargins(px(LEFT), px(ABOVE), px(RIGHT), px(UNDER))
        self._cells.setSpacing(px(GAP))
        self._buttons.setSpacing(px(4))
        self._memory_line.setSpacing(px(8))
        self._name_column.setSpacing(px(2))
        self._memory_column.setSpacing(px(2))
        self._word_buttons.setContentsMargins(0, 0, 0, px(2))  # optically in the middle, as the next two
        self._size_column.setContentsMargins(0, 0, 0, px(2))
        self._name.set_margins(0, px(1))
        self._name.setFixedHeight(max(theme().line("card-title"), QFontMetrics(theme().font("card-title")).height()))
        self._title.setSpacing(px(8))
        self._problem.set_margins(px(6), 0)
        for cell, width in ((self._sizes, SIZE), (self._memory, MEMORY), (self._sources, SOURCE)):
            cell.setFixedWidth(px(width))
        self._actions.setFixedWidth(self._actions_width if wide else theme().px(MORE))
        self._sizes.setVisible(not small)
        self._memory.setVisible(not small)
        self._sources.setVisible(wide)
        self._field.setFont(theme().font("card-title"))
        self._show_parts()

    def _show_parts(self) -> None:
        """What stands where in this mode."""
        state, wide, small = self.state, self._mode == WIDE, self._mode == SMALL
        self._tag.setVisible(state.tag is not None)
        self._verdict.setVisible(state.verdict is not None)
        self._note.setVisible(bool(state.verdict_note))
        self._came.setVisible(bool(state.source_note))
        self._kind.setVisible(bool(state.kind))
        self._under_size.setVisible(small)
        self._under_verdict.setVisible(small and state.verdict is not None)
        self._under_note.setVisible(small and bool(state.verdict_note))
        self._under_source.setVisible(not wide)
        self._main.setVisible(wide and state.main not in ("", "release"))
        self._release.setVisible(wide and state.main == "release")
        self._problem.setVisible(bool(state.problem))

    def retranslate(self) -> None:
        state = self.state
        self._name.set_text(state.name)
        self._about.set_text(state.about)
        self._size.set_text(state.size)
        self._kind.set_parts(*state.kind)
        self._note.set_text(state.verdict_note)
        self._under_note.set_text(state.verdict_note)
        self._under_size.set_parts(state.size, *state.kind)
        self._under_source.set_parts(state.source, state.source_note)
        self._source.set_text(state.source)
        self._came.set_text(state.source_note)
        self._problem.set_text(state.problem.replace("**", ""))
        for tag, word in ((self._tag, state.tag), (self._verdict, state.verdict), (self._under_verdict, state.verdict)):
            if word is not None:
                tag.set_text(word[0])
                tag.set_tone(word[1])
        self._name_buttons()
        facts = (state.name, *(state.tag or ())[:1], state.size, *(state.verdict or ())[:1], state.verdict_note)
        self.setAccessibleName(", ".join(fact for fact in facts if fact))
        self.setAccessibleDescription(state.problem or state.about)
        self._show_parts()

    def _name_buttons(self) -> None:
        name = self.state.name
        words = {
            "use": (self.tr("Use"), self.tr("Use {name}")),
            "shrink": (self.tr("Make smaller…"), self.tr("Make {name} smaller")),
            "verify": (self.tr("Verify"), self.tr("Verify {name}")),
            "find": (self.tr("Find it…"), self.tr("Say where {name} is")),
            "look": (self.tr("Look again"), self.tr("Look again for {name}")),
            "download": (self.tr("Download again…"), self.tr("Download {name} again")),
        }
        text, spoken = words.get(self.state.main, ("", ""))
        self._main.setText(text)
        self._main.setAccessibleName(spoken.format(name=name))
        self._main.setToolTip("")
        self._release.setText(self.tr("Release memory"))
        self._release.setAccessibleName(self.tr("Release the memory of {name}").format(name=name))
        self._more.set_hint(self.tr("More about {name}").format(name=name))
        self._field.setAccessibleName(self.tr("New name for {name}").format(name=name))

    # -- wishes ---------------------------------------------------------------------------------------------

    @property
    def main_button(self) -> Button | None:
        """The row's button, if it has one in this mode."""
        if self._mode != WIDE or not self.state.main:
            return None
        return self._release if self.state.main == "release" else self._main

    @property
    def buttons(self) -> tuple[QWidget, ...]:
        """Everything the keyboard stops at, in its order."""
        return self._field, self._main, self._release, self._more

    @property
    def menu_button(self) -> IconButton:
        return self._more

    def open_menu(self) -> None:
        corner = self._more.mapToGlobal(QPoint(self._more.width(), self._more.height() + theme().px(4)))
        self.menu_requested.emit(self.state.id, corner)

    def start_rename(self) -> None:
        """Put a field in place of the name."""
        if self.state.guide:
            return
        self._field.setText(self.state.name)
        self._field.setFixedHeight(self._name.height())
        self._field.setMinimumWidth(max(theme().px(160), self._name.width() + theme().px(40)))
        self._name.hide()
        self._field.show()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._field.selectAll()

    def _rename_ended(self, kept: bool) -> None:
        if self._field.isHidden():
            return
        had_focus = self._field.hasFocus()
        self._field.hide()
        self._name.show()
        name = " ".join(self._field.text().split())
        if kept and name and name != self.state.name:
            self.renamed.emit(self.state.id, name)
        if had_focus:
            self._more.setFocus(Qt.FocusReason.OtherFocusReason)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.open_menu()
        else:
            self.menu_requested.emit(self.state.id, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_F2:
            self.start_rename()
        elif key == Qt.Key.Key_Delete and not self.state.guide:
            self.remove_requested.emit(self.state.id)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Up and down on a button of the row go to the next row; the button itself would go to its neighbour."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in STEPS:
            self.step.emit(self.state.id, STEPS[Qt.Key(event.key())])
            return True
        return False
