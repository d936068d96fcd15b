"""Which model answers: the chip, its menu, opening a GGUF file, and what to do when loading fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from app.runtime.engine.records import ModelState, ModelStatus
from app.ui.chat.header import ModelRow, gigabytes
from app.ui.context import GUIDE, Runtime
from app.ui.notices import Action

if TYPE_CHECKING:
    from app.errors import AppError
    from app.runtime.engine.trial import InterruptedLoad
    from app.runtime.models.records import Entry
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
        window.first_start.choose_model_requested.connect(window.open_setup)
        runtime.bridge.ready.connect(self.start)

    def handle(self, notice: object) -> None:
        if isinstance(notice, ModelStatus):
            fresh = notice.state is ModelState.READY is not self.status.state
            before, self.status = self.status, notice
            self._show_status()
            if notice.aside is not before.aside:
                self._tell_aside()
            if fresh:
                self._note_use()

    def choose(self, name: str) -> None:
        """Load a model by id or path, and say why not if that fails at once."""
        self._clear_notice()
        error = self._runtime.load(name)
        if error is not None:
            self._show_error(error)
        self._show_models()

    def _show_error(self, error: AppError) -> None:
        for area in self._window.notice_areas():
            area.show_error("model", error, self._runtime.languages, self._ways_out())

    def _clear_notice(self) -> None:
        for area in self._window.notice_areas():
            area.clear("model")

    def _tell_aside(self) -> None:
        """Why it does not answer for a while."""
        for area in self._window.notice_areas():
            area.clear("aside")
            if self.status.aside:
                area.show_notice(
                    key="aside",
                    title=self.tr("{name} makes room for a moment").format(name=self.status.name),
                    text=self.tr(
                        "The new model is being tried and needs the memory. What you send is answered afterwards."
                    ),
                )

    def _note_use(self) -> None:
        """Let the library know when a model of it was last used."""
        spec, service = self._runtime.spec, self._runtime.models
        entry = next((one for one in self._entries() if spec and one.manifest.path == spec.path), None)
        if entry is not None and service is not None:
            service.touch(entry.manifest.id)

    def _entries(self) -> tuple[Entry, ...]:
        service = self._runtime.models
        return service.entries() if service is not None else ()

    def start(self) -> None:
        """Load the model chosen last; the guide if that one is gone or if loading it ended the last run."""
        from app.runtime.engine.trial import interrupted_load

        interrupted = interrupted_load(self._runtime.paths)
        chosen = self._runtime.settings.get("model")
        if interrupted is not None:
            self.choose(GUIDE)
            self._tell_interrupted(interrupted, chosen)
        elif self._runtime.load(chosen) is not None:
            self.choose(GUIDE)
        self._watch_library()
        self._show_models()
        self._show_recommendation()

    def _watch_library(self) -> None:
        """From now on the menu follows the library; until here there was none, and no need to import it."""
        from app.runtime.models.installs import LibraryChanged

        def hear(notice: object) -> None:
            if isinstance(notice, LibraryChanged):
                self._show_models()

        if self._runtime.models is not None:
            self._runtime.bridge.notice.connect(hear)

    def _tell_interrupted(self, interrupted: InterruptedLoad, chosen: str) -> None:
        again = self.tr("Try again")
        self._window.notices.show_notice(
            key="interrupted",
            tone="warn",
            title=self.tr("ChatBELLE ended while loading {name}").format(name=interrupted.name),
            text=self.tr("The built-in guide answers for now."),
            actions=((again, lambda: self.choose(chosen)),),
        )

    def reload(self) -> None:
        self.choose(self._runtime.settings.get("model"))

    def show_menu(self) -> None:
        self._window.header.open_model_menu()

    def ask_file(self) -> None:
        """Open the system's file dialog without blocking."""
        dialog = QFileDialog(self._window, self.tr("Open a GGUF file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("GGUF models (*.gguf)"), self.tr("All files (*)")])
        dialog.fileSelected.connect(self.choose)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _ways_out(self) -> tuple[Action, ...]:
        ways: list[Action] = [(self.tr("Open another file…"), self.ask_file)]
        if not self._runtime.on_guide:
            ways.append((self.tr("Use the built-in guide"), lambda: self.choose(GUIDE)))
        return tuple(ways)

    def _show_status(self) -> None:
        status = self.status
        guide = self._runtime.on_guide
        self._window.header.set_model(status)
        self._window.status.set_guide(guide)
        self._window.composer.set_guide(guide)
        self._window.first_start.set_guide(guide, status.name)
        if status.state is ModelState.FAILED and status.error is not None:
            self._show_error(status.error)
        elif status.state is ModelState.READY:
            self._clear_notice()
        self._show_models()

    def _show_models(self) -> None:
        current = self._runtime.settings.get("model")
        rows = [ModelRow(GUIDE, self.tr("Built-in guide"), self.tr("small model"), current == GUIDE)]
        listed = {entry.manifest.path: entry.manifest for entry in self._entries() if entry.condition == "ready"}
        for path, manifest in listed.items():
            rows.append(ModelRow(str(path), manifest.name, gigabytes(manifest.size), current == str(path)))
        for path in self._runtime.recent_models():
            if path not in listed:
                rows.append(ModelRow(str(path), path.stem, gigabytes(path.stat().st_size), current == str(path)))
        self._window.header.set_models(rows)

    def _show_recommendation(self) -> None:
        from app.runtime.models.memory import Fit, this_memory
        from app.runtime.models.recommendation import BELLE_7B_2M

        model = BELLE_7B_2M
        words = {
            Fit.FITS: self.tr("fits this computer"),
            Fit.TIGHT: self.tr("tight on this computer"),
            Fit.TOO_SMALL: self.tr("too big for this computer's memory"),
        }
        text = self.tr("Recommended: {name}, {download} download, {disk} installed; {verdict}.").format(
            name=model.name,
            download=gigabytes(model.download),
            disk=gigabytes(model.disk),
            verdict=words[model.fit(this_memory().total)],
        )
        self._window.first_start.set_recommendation(text)

    def retranslate(self) -> None:
        self._show_status()
        self._show_recommendation()
