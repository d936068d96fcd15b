"""The models page in the main window: opened and left, fed by the service, and what files dropped anywhere lead to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFileDialog

from app.errors import AppError
from app.runtime.models.installs import InstallRequest, InstallState
from app.ui.context import GUIDE, Runtime
from app.ui.models.hub_sheet import HubSheet
from app.ui.models.install_card import InstallCard, downloaded
from app.ui.models.look_sheet import Looked, LookSheet
from app.ui.models.looker import Looker
from app.ui.models.models_page import ModelsPage
from app.ui.models.models_presenter import Looks, ModelsPresenter
from app.ui.models.row_actions import RowActions
from app.ui.models.sheet import Question
from app.ui.models.words import size

if TYPE_CHECKING:
    from app.runtime.models.records import Entry
    from app.ui.main_window import MainWindow
    from app.ui.models.models_service import Models
    from app.ui.models.plan_sheet import PlanSheet

TOLD_MS = 10_000
MUCH = 50_000_000  # bytes: losing less needs no question


class ModelsScreen(QObject):
    """Made when first wanted. `page` is a page of the window's stack."""

    def __init__(self, window: MainWindow, runtime: Runtime, service: Models, looker: Looks | None = None) -> None:
        super().__init__(window)
        self._window, self._runtime = window, runtime
        self.presenter = ModelsPresenter(runtime, service, looker or Looker(), self)
        self.presenter.status = window.models.status
        self.page = ModelsPage(self.presenter)
        self.actions = RowActions(self.page, self.presenter)
        self.sheet: Question | LookSheet | HubSheet | PlanSheet | None = None
        self._dialog: QFileDialog | None = None
        self._troubles: set[str] = set()
        self._wire()

    def _wire(self) -> None:
        window, page, actions = self._window, self.page, self.actions
        actions.use_wanted.connect(window.models.choose)
        actions.release_wanted.connect(self._runtime.release)
        actions.setup_wanted.connect(window.open_setup)
        page.setup_requested.connect(window.open_setup)
        page.hub_requested.connect(self.ask_hub)
        page.import_file_requested.connect(lambda: self.ask_import(folder=False))
        page.import_folder_requested.connect(lambda: self.ask_import(folder=True))
        page.panel_requested.connect(window.place.toggle)
        page.new_chat_requested.connect(window.new_chat)
        page.card_made.connect(self._wire_card)
        for card in page.cards.values():
            self._wire_card(card)
        self.presenter.problem.connect(self._show_problem)
        self.presenter.troubles_changed.connect(self._show_troubles)
        window.installEventFilter(self)
        self.presenter.install_finished.connect(self._tell_installed)

    def _wire_card(self, card: InstallCard) -> None:
        card.pause_requested.connect(self.presenter.pause)
        card.resume_requested.connect(self.presenter.resume)
        card.cancel_requested.connect(self.cancel_install)
        card.dismiss_requested.connect(self.presenter.dismiss)
        card.key_requested.connect(self._ask_key)
        card.use_requested.connect(self._use_entry)
        card.guide_asked.connect(self.ask_guide)

    # -- coming and going -----------------------------------------------------------------------------------

    def shown(self) -> None:
        """The page has come into view: everything may have changed meanwhile. What the answers to these questions take
        of the interpreter would hold up the first picture."""
        self.page.focus_first()
        self.page.when_whole(self._ask)

    def _ask(self) -> None:
        self.presenter.look_again()
        self.presenter.look_for_left_over()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Coming back from another program, which may have taken memory or moved files."""
        if event.type() == QEvent.Type.WindowActivate and self.page.isVisible():
            self.presenter.look_again()
        return False

    def close(self) -> None:
        self.presenter.close()

    # -- telling --------------------------------------------------------------------------------------------

    def _show_problem(self, error: AppError) -> None:
        """On whichever page is seen."""
        area = self.page.notices if self.page.isVisible() else self._window.notices
        area.show_error(f"models-{error.code}", error, self._runtime.languages)

    def _show_troubles(self) -> None:
        """What is wrong with the library itself, once each."""
        codes = {error.code for error in self.presenter.troubles}
        for code in self._troubles - codes:
            self.page.notices.clear(f"models-{code}")
        for error in self.presenter.troubles:
            if error.code not in self._troubles:
                self.page.notices.show_error(f"models-{error.code}", error, self._runtime.languages)
        self._troubles = codes

    def _tell_installed(self, state: InstallState) -> None:
        """A card says so on the models page; elsewhere a notice does."""
        if self.page.isVisible():
            return
        use = (self.tr("Use it"), lambda: self._use_entry(state.entry))
        title = self.tr("{name} is installed").format(name=state.name)
        self._window.notices.show_notice(f"installed-{state.id}", title, "", "ok", (use,))

    def ask_guide(self, error: AppError) -> None:
        """Put a question about `error` into the composer, for the built-in guide."""
        what = self._runtime.languages.words(error)[0]
        if self.sheet is not None:
            self.sheet.close()
        self._window.models.choose(GUIDE)
        self._window.new_chat()
        self._window.composer.set_text(self.tr("What can I do about this? {problem}").format(problem=what))

    # -- installs -------------------------------------------------------------------------------------------

    def _use_entry(self, identity: str) -> None:
        entry = self.presenter.entry(identity)
        if entry is not None:
            self.actions.use(entry)

    def cancel_install(self, install: str) -> None:
        """End it; if much would be lost, ask first."""
        state = self.presenter.installs.get(install)
        if state is None:
            return
        lost = downloaded(state)
        if lost < MUCH:
            self.presenter.cancel(install)
            return
        ask = Question(
            self.tr("Cancel the install of {name}?").format(name=state.name),
            self.tr("{size} that are done already would be thrown away. A pause keeps them.").format(size=size(lost)),
            self.tr("Cancel the install"),
            self.tr("Keep it"),
            danger=True,
            parent=self._window,
        )
        ask.accepted.connect(lambda: self.presenter.cancel(install))
        self._open(ask)

    def _ask_key(self, install: str) -> None:
        self._ask_path(self.tr("Choose the key file"), lambda path: self.presenter.resume(install, path))

    def plan(self, requests: dict[str, InstallRequest], title: str, text: str, smaller_than: int = 0) -> None:
        """Show what an install would take; it begins from there."""
        from app.ui.models.plan_sheet import PlanSheet  # with the converter, which takes a while to import

        sheet = PlanSheet(self.presenter, requests, title, text, smaller_than, self._window)
        sheet.started.connect(self._window.show_models)
        self._open(sheet)

    def ask_hub(self) -> None:
        sheet = HubSheet(self.presenter, self._window)
        sheet.chosen.connect(self._plan_hub)
        self._open(sheet)

    def _plan_hub(self, repository: str, file: str) -> None:
        request = InstallRequest(repository=repository, file=file)
        title = self.tr("Install {name}").format(name=file.rpartition("/")[2])
        self.plan({"": request}, title, self.tr("From {repository}.").format(repository=repository))

    # -- files of the user's --------------------------------------------------------------------------------

    def ask_import(self, *, folder: bool) -> None:
        title = self.tr("Import a folder") if folder else self.tr("Import a file")
        self._ask_path(title, self.look_at, folder=folder)

    def look_at(self, path: Path) -> None:
        """Say what a file or folder is and offer the next step."""
        sheet = LookSheet(self.presenter, path, self._window)
        sheet.step_chosen.connect(self._step)
        sheet.guide_asked.connect(self.ask_guide)
        self._open(sheet)

    def _step(self, step: str, looked: Looked) -> None:
        path = looked.path
        match step:
            case "use":
                self.presenter.submit(lambda sink: self.presenter.service.link(path, sink), self._linked)
            case "pack":
                self._import_pack(path)
            case "setup":
                self._window.open_setup()
            case "attach":
                self._window.show_chat()
                self._window.composer.attach_file(path)
            case "convert":
                self._plan_step(looked, self.tr("Make {name} smaller"), self.tr("{name} stays as it is."), looked.size)
            case "import":
                self._plan_step(
                    looked,
                    self.tr("Convert {name}"),
                    self.tr("A file is made that ChatBELLE can use; {name} stays as it is."),
                )
            case "decrypt":
                self._plan_step(
                    looked,
                    self.tr("Decrypt {name}"),
                    self.tr("Decrypting, converting and quantizing is one pass; no copy in between is written."),
                )
            case "unpack":
                text = self.tr("What is in it is used, the rest is downloaded; {name} stays as it is.")
                self._plan_step(looked, self.tr("Install {name}"), text)
            case "join":
                self._plan_step(looked, self.tr("Join the parts of {name}"), self.tr("The parts stay."))
            case "fetch":
                text = self.tr("What is here already is used, the rest is downloaded.")
                self._plan_step(looked, self.tr("Complete {name}"), text)

    def _plan_step(self, looked: Looked, title: str, text: str, smaller_than: int = 0) -> None:
        from app.ui.models.plan_sheet import in_types

        model = looked.model if looked.model is not None and looked.model.usable else None
        request = InstallRequest(path=looked.path, key=looked.key, model=model.id if model else "")
        name = model.name if model else looked.path.stem
        requests = in_types(request, name if smaller_than else "") if looked.types else {"": request}
        self.plan(requests, title.format(name=name), text.format(name=looked.path.name), smaller_than)

    def _import_pack(self, path: Path) -> None:
        self.presenter.submit(
            lambda sink: self.presenter.service.import_pack(path, sink),
            lambda _imported: self._imported(path.name),
            work=("import", path.name),
        )
        self._window.show_models()

    def _linked(self, entry: Entry) -> None:
        self._window.show_models()
        self.actions.use(entry)

    def _imported(self, name: str) -> None:
        self.page.notices.show_notice(
            f"imported-{name}", self.tr("Imported and checked"), name, "ok", timeout_ms=TOLD_MS
        )

    def _ask_path(self, title: str, chosen: Callable[[Path], object], *, folder: bool = False) -> None:
        """The system's dialog, without waiting."""
        dialog = QFileDialog(self._window, title)
        mode = QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(lambda name: chosen(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _open(self, sheet: Question | LookSheet | HubSheet | PlanSheet) -> None:
        self.sheet = sheet
        sheet.finished.connect(lambda _result: self._closed(sheet))
        sheet.open()

    def _closed(self, sheet: QObject) -> None:
        if self.sheet is sheet:
            self.sheet = None
