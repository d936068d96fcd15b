"""A file or folder to be chosen: a field to type or paste into, a button to browse, what is wrong under it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.ui.theme import theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live


class PathField(Live, QWidget):
    """`chosen` tells a path that was typed (Enter), pasted or browsed for. `icon` stands in the field. `folder`: it is
    browsed for as one."""

    chosen = Signal(Path)

    def __init__(
        self, name: str = "", icon: str = "key", parent: QWidget | None = None, *, folder: bool = False
    ) -> None:
        super().__init__(parent)
        self._icon_name, self._told, self._folder = icon, "", folder
        self._name = Label(name, role="card-title")
        self._field, self._icon = QLineEdit(), QLabel()
        self._browse = Button(icon="folder")
        self._wrong, self._wrong_icon = Label(role="small", token="danger", wrap=True), QLabel()
        self._dialog: QFileDialog | None = None
        self._icon.setParent(self._field)
        self._line = QHBoxLayout()
        self._line.addWidget(self._field, 1)
        self._line.addWidget(self._browse)
        self._under = QHBoxLayout()
        self._under.addWidget(self._wrong_icon)
        self._under.addWidget(self._wrong, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._name)
        self._column.addLayout(self._line)
        self._column.addLayout(self._under)
        self._name.setVisible(bool(name))
        self._browse.clicked.connect(self.browse)
        self._field.editingFinished.connect(self._typed)
        self.setFocusProxy(self._field)
        self.set_name(name)
        self.set_wrong("")
        self.go_live()

    @property
    def path(self) -> Path | None:
        text = self._field.text().strip().strip('"')
        return Path(text) if text else None

    def set_path(self, path: Path | None) -> None:
        """Show it without telling."""
        self._field.setText(str(path) if path else "")
        self._told = self._field.text()

    def set_name(self, name: str) -> None:
        self._name.set_text(name)
        self._name.setVisible(bool(name))
        self._field.setAccessibleName(name)

    def set_wrong(self, words: str) -> None:
        """What is wrong with the path, "" for nothing."""
        self._wrong.set_text(words)
        for part in (self._wrong, self._wrong_icon):
            part.setVisible(bool(words))
        self._field.setProperty("wrong", "true" if words else "false")
        self._field.style().unpolish(self._field)
        self._field.style().polish(self._field)
        self._field.setAccessibleDescription(words)
        self._pad()

    def browse(self) -> None:
        """The system's file dialog, without waiting."""
        dialog = QFileDialog(self.window(), self._name.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory if self._folder else QFileDialog.FileMode.ExistingFile)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, self._folder)
        here = self.path
        if here is not None:
            dialog.setDirectory(str(here.parent))
        dialog.fileSelected.connect(lambda name: self._choose(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _choose(self, path: Path) -> None:
        self.set_path(path)
        self.chosen.emit(path)

    def _typed(self) -> None:
        path = self.path
        if path is not None and self._field.text() != self._told:
            self._told = self._field.text()
            self.chosen.emit(path)

    def restyle(self) -> None:
        px = theme().px
        self._field.setFont(theme().font("interface"))
        self._icon.setPixmap(theme().pixmap(self._icon_name, 18))
        self._icon.setFixedSize(px(18), px(18))
        self._field.setTextMargins(px(26), 0, 0, 0)
        self._wrong_icon.setPixmap(theme().pixmap("error", 16, "danger"))
        self._line.setSpacing(px(8))
        self._under.setSpacing(px(6))
        self._name.set_margins(0, px(7))
        self._pad()
        self._place_icon()

    def _pad(self) -> None:
        self._under.setContentsMargins(0, theme().px(8) if self._wrong.text() else 0, 0, 0)

    def _place_icon(self) -> None:
        self._icon.move(theme().px(11), (self._field.height() - self._icon.height()) // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        tight = self.width() < theme().px(320)
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if tight else QBoxLayout.Direction.LeftToRight)
        self._place_icon()

    def retranslate(self) -> None:
        self._browse.setText(self.tr("Browse…"))
