"""The dialog that moves the models folder: where to, what that takes, how far it is, what came of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from app.errors import AppError, Cancelled
from app.ui.models.path_field import PathField
from app.ui.models.sheet import Sheet
from app.ui.models.words import sentences, size
from app.ui.settings.asked import Asked
from app.ui.settings.mover import Mover, Target, look_at
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from app.runtime.models.installs import WorkProgress
    from app.runtime.models.moving import Moved
    from app.ui.context import Runtime


class MoveSheet(Sheet):
    """`go_on`: a move that was cut off goes on at once."""

    def __init__(self, mover: Mover, runtime: Runtime, parent: QWidget | None = None, *, go_on: bool = False) -> None:
        super().__init__(parent)
        self._mover, self._languages = mover, runtime.languages
        self._asked = Asked(runtime.bridge, self)
        self._target: Target | None = None
        self._over = False
        self.place = PathField(icon="folder", folder=True)
        self.said = Label(role="small", token="text-2", wrap=True)
        self.line = ProgressLine()
        for widget in (self.place, self.line, self.said):
            self.body.addWidget(widget)
        self.line.hide()
        self.no: Button = self.add_button("")
        self.yes: Button = self.add_button("", "primary")
        self.no.clicked.connect(self.reject)
        self.yes.clicked.connect(self._move)
        self.place.chosen.connect(self._look)
        self._asked.told.connect(self._show_target)
        mover.progressed.connect(self._show_progress)
        mover.ended.connect(self._show_end)
        self.go_live()
        self._arrange()
        if go_on:
            mover.go_on()
            self._arrange()

    # --- before

    def _look(self, path: Path) -> None:
        """What a move there would take, found out on a thread."""
        self._target = None
        self._asked.find_out(partial(look_at, self._mover.source, path.expanduser().absolute()))
        self._arrange()

    def _show_target(self, target: Target) -> None:
        if not self._mover.busy and not self._over:
            self._target = target
            self.place.set_path(target.folder)
            self.retranslate()
            if self.yes.isEnabled():
                self.yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self) -> None:
        if self._target is not None:
            self._mover.move(self._target.folder)
            self.retranslate()
            self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- meanwhile and after

    def _show_progress(self, event: WorkProgress) -> None:
        self.line.set_fraction(event.done / event.total if event.total else None)
        self._say(event.item)

    def _show_end(self, result: Moved | AppError | None) -> None:
        if isinstance(result, Cancelled):
            self._target = None
            self.retranslate()
            self._say(self.tr("Stopped. Everything is where it was."))
        elif isinstance(result, AppError):
            self.retranslate()
            self._say_wrong(result)
        else:
            self._over = True
            self.retranslate()
            self._say(self._outcome(result))
            self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _outcome(self, moved: Moved | None) -> str:
        parts = [self.tr("The models are in {folder} now.").format(folder=self._mover.source)]
        if moved is not None:
            parts += [sentences(*self._languages.words(one)) for one in moved.notes]
            if moved.left:
                names = ", ".join(moved.left)
                kept = self.tr("In the old folder, {folder}, stays what is not of ChatBELLE: {names}.")
                parts.append(kept.format(folder=moved.source, names=names))
        return sentences(*parts)

    # --- showing

    def _arrange(self) -> None:
        """Which parts and buttons there are now."""
        busy = self._mover.busy
        self.place.setVisible(not busy and not self._over)
        self.line.setVisible(busy)
        self.yes.setVisible(not busy and not self._over)
        good = self._target is not None and self._target.problem is None
        self.yes.setEnabled(good)
        no = self.tr("Stop") if busy else self.tr("Close") if self._over else self.tr("Cancel")
        self.no.setText(no)
        if not self._over:
            self._say_target()
        self.fit()

    def _say_target(self) -> None:
        target = self._target
        self.place.set_wrong("")
        if self._mover.busy:
            self._say(self.tr("Moving…"))
        elif target is None:
            self._say(self.tr("Choose where the models shall be.") if self.place.path is None else "…")
        elif target.problem is not None:
            self._say_wrong(target.problem)
        else:
            takes = self.tr("{size} on the same drive: that takes a moment.")
            if not target.size:
                takes = self.tr("There are no models yet: that takes a moment.")
            elif not target.quick:
                takes = self.tr(
                    "{size} are copied and checked, then removed from the old place; {free} are free there. This "
                    "takes minutes."
                )
            self._say(takes.format(size=size(target.size), free=size(target.free)))

    def _say(self, words: str) -> None:
        self.said.set_text(words)
        self.said.setVisible(bool(words))
        self.fit()

    def _say_wrong(self, error: AppError) -> None:
        self.place.set_wrong(sentences(*self._languages.words(error)))
        self._say("")

    def retranslate(self) -> None:
        title = self.tr("Move the models folder")
        text = self.tr("All models go along, and nothing is lost if it is cut off. No model answers meanwhile.")
        self.set_words(title, "" if self._over else text)
        self.place.set_name(self.tr("New folder"))
        self.yes.setText(self.tr("Move"))
        self.line.setAccessibleName(title)
        self._arrange()

    def reject(self) -> None:
        """While it moves, this stops it; the sheet stays to say so."""
        if self._mover.busy:
            self._mover.stop()
            self._say(self.tr("Bringing everything back…"))
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._mover.busy:
            event.ignore()
            self.reject()
        else:
            super().closeEvent(event)
