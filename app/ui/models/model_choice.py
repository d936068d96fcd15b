"""Which model answers: the chip, its menu, opening a GGUF file, and what to do when loading fails."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.runtime.engine.records import ModelState, ModelStatus
from app.ui.context import GUIDE, Runtime

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow


class ModelChoice(QObject):
    """Shows `ModelStatus` and starts loads. The status itself is the engine's."""

    def __init__(self, window: MainWindow, runtime: Runtime) -> None:
        super().__init__(window)
        self._window, self._runtime = window, runtime
        self.status = ModelStatus(ModelState.NONE)
        self._dialog: QFileDialog | None = None
        runtime.bridge.notice.connect(self.handle)
        window.header.model_chosen.connect(self.choose)
        window.header.open_file_requested.connect(self.ask_file)
        window.first_start.choose_model_requested.connect(self.show_menu)
        self._show_models()

    def handle(self, notice: object) -> None:
        if isinstance(notice, ModelStatus):
            self.status = notice
            self._show_status()

    def choose(self, name: str) -> None:
        """Load a model by id or path, and say why not if that fails at once."""
        self._window.notices.clear("model")
        error = self._runtime.load(name)
        if error is not None:
            self._window.notices.show_error("model", error, self._runtime.languages, self._ways_out())
        self._show_models()

    def start(self) -> None:
        """Load the model chosen last; the guide if that one is gone."""
        if self._runtime.load(self._runtime.settings.get("model")) is not None:
            self.choose(GUIDE)
        self._show_models()

    def reload(self) -> None:
        self.choose(self._runtime.settings.get("model"))

    def show_menu(self) -> None:
        self._window.header.show_model_menu()

    def ask_file(self) -> None:
        """Open the system's file dialog without blocking."""
        dialog = QFileDialog(self._window, self.tr("Open a GGUF file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("GGUF models (*.gguf)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self.choose)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _ways_out(self) -> tuple[tuple[str, object], ...]:
        ways = [(self.tr("Open another file…"), self.ask_file)]
        if not self._runtime.on_guide:
            ways.append((self.tr("Use the built-in guide"), lambda: self.choose(GUIDE)))
        return tuple(ways)

    def guide_name(self) -> str:
        return self.tr("Built-in guide")

    def _show_status(self) -> None:
        status = self.status
        guide = self._runtime.on_guide
        self._window.header.set_model(status, self.guide_name() if guide else status.name, guide)
        self._window.status.set_guide(guide)
        self._window.composer.set_guide(guide)
        self._window.first_start.set_guide(guide, status.name)
        if status.state is ModelState.FAILED and status.error is not None:
            self._window.notices.show_error("model", status.error, self._runtime.languages, self._ways_out())
        elif status.state is ModelState.READY:
            self._window.notices.clear("model")
        self._show_models()

    def _show_models(self) -> None:
        current = self._runtime.settings.get("model")
        rows = [(GUIDE, self.guide_name(), self.tr("small model"), current == GUIDE)]
        for path in self._runtime.recent_models():
            rows.append((str(path), path.stem, gigabytes(path), current == str(path)))
        self._window.header.set_models(tuple(rows))

    def retranslate(self) -> None:
        self._show_status()


def gigabytes(path: Path) -> str:
    """Size of a file as the window shows it, in GB of 10^9 bytes."""
    size = path.stat().st_size / 1e9
    return f"{size:.1f} GB" if size >= 0.1 else f"{size * 1000:.0f} MB"
