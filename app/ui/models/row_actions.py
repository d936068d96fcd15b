"""What can be done with a model of the library: use, release, rename, verify, export, pack, remove."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.runtime.engine.records import ModelState
from app.runtime.models.installs import InstallRequest
from app.ui.context import GUIDE
from app.ui.models.details_sheet import DetailsSheet, TemplateSheet, facts_of, guide_facts
from app.ui.models.row_menu import build
from app.ui.models.rows import verdict_words
from app.ui.models.sheet import Question
from app.ui.models.words import size

if TYPE_CHECKING:
    from app.errors import AppError
    from app.runtime.models.records import Entry
    from app.runtime.models.removing import Removal
    from app.ui.models.models_page import ModelsPage
    from app.ui.models.models_presenter import ModelsPresenter
    from app.ui.models.plan_sheet import PlanSheet
    from app.ui.widgets.menu import Menu

UNDO_MS = 10_000


class RowActions(QObject):
    """Hears a page's wishes and carries them out. `use_wanted` tells a file, or GUIDE, to be loaded."""

    use_wanted = Signal(str)
    release_wanted = Signal()
    setup_wanted = Signal()

    def __init__(self, page: ModelsPage, presenter: ModelsPresenter) -> None:
        super().__init__(page)
        self._page, self._presenter = page, presenter
        self.menu: Menu | None = None
        self.sheet: QWidget | None = None
        self._dialog: QFileDialog | None = None
        self._to_remove = ""
        self._removed: set[str] = set()
        page.acted.connect(self.act)
        page.menu_requested.connect(self.open_menu)
        page.renamed.connect(presenter.rename)
        page.remove_requested.connect(self.remove)
        presenter.library_changed.connect(self._remove_released)
        presenter.left_over.connect(self.offer_left_over)

    # -- the menu -------------------------------------------------------------------------------------------

    def open_menu(self, identity: str, place: QPoint) -> None:
        row = self._page.row(identity)
        if row is None or identity in self._presenter.leaving:
            return
        if self.menu is not None:
            self.menu.deleteLater()
        entry = self._presenter.entry(identity)
        self.menu = build(self._page, row.state, entry, lambda key: self.act(identity, key))
        self.menu.popup(QPoint(place.x() - self.menu.sizeHint().width(), place.y()))

    def act(self, identity: str, key: str) -> None:
        """Carry out one wish of a row's button or menu."""
        entry = self._presenter.entry(identity)
        row = self._page.row(identity)
        if identity in self._presenter.leaving:
            return
        if identity == GUIDE:
            self._act_on_guide(key)
        elif key == "rename" and row is not None:
            row.start_rename()
        elif entry is not None:
            wishes: dict[str, Callable[[Entry], object]] = {
                "use": self.use,
                "release": lambda _entry: self.release_wanted.emit(),
                "shrink": self.shrink,
                "verify": self.verify,
                "find": self.find,
                "look": lambda _entry: self._presenter.look_again(),
                "download": lambda _entry: self.setup_wanted.emit(),
                "details": self.show_details,
                "folder": lambda entry: show_in_folder(entry.manifest.path),
                "export": self.export,
                "pack": self.pack,
                "template": self.choose_template,
                "remove": lambda entry: self.remove(entry.manifest.id),
            }
            wishes[key](entry)

    def _act_on_guide(self, key: str) -> None:
        if key == "use":
            self.use_wanted.emit(GUIDE)
        elif key == "release":
            self.release_wanted.emit()
        elif key == "details":
            known = self._presenter
            facts = lambda: guide_facts(known.service.catalogue(), known.language)  # noqa: E731
            self._open(DetailsSheet(self.tr("Built-in guide"), facts, self._page.window()))

    def _open(self, sheet: Question | DetailsSheet | TemplateSheet | PlanSheet) -> None:
        self.sheet = sheet
        sheet.open()

    # -- one model ------------------------------------------------------------------------------------------

    def use(self, entry: Entry) -> None:
        """Load it; one that does not fit into memory only after a question."""
        path, name = entry.manifest.path, entry.manifest.name
        verdict = self._presenter.verdicts.get(entry.manifest.id)
        if verdict is None or verdict.left >= 0:
            self.use_wanted.emit(str(path))
            return
        text = self.tr(
            "It needs {need} of memory, {free} can be had ({short}). The computer would swap to the disk and answer "
            "very slowly, and other programs would too. A smaller copy of the model, or closing other programs, helps."
        ).format(need=size(verdict.need), free=size(verdict.free), short=verdict_words(verdict))
        title = self.tr("{name} does not fit into memory").format(name=name)
        ask = Question(title, text, self.tr("Use anyway"), self.tr("Cancel"), danger=True, parent=self._page.window())
        ask.accepted.connect(lambda: self.use_wanted.emit(str(path)))
        self._open(ask)

    def shrink(self, entry: Entry) -> None:
        """A smaller copy; the model itself stays."""
        from app.ui.models.plan_sheet import PlanSheet, in_types  # with the converter, which takes a while to import

        manifest = entry.manifest
        sheet = PlanSheet(
            self._presenter,
            in_types(InstallRequest(path=manifest.path), manifest.name),
            self.tr("Make {name} smaller").format(name=manifest.name),
            self.tr(
                "A copy in another type is made; {name} stays. Quantizing a quantized model again costs some quality: "
                "the original files give a better result."
            ).format(name=manifest.name),
            smaller_than=manifest.size,
            parent=self._page.window(),
        )
        self._open(sheet)

    def verify(self, entry: Entry) -> None:
        manifest = entry.manifest
        self._presenter.submit(
            lambda sink: self._presenter.service.verify(manifest.id, sink),
            self._verified,
            work=("verify", manifest.name),
        )

    def _verified(self, entry: Entry) -> None:
        name = entry.manifest.name
        if entry.condition.value == "ready":
            self._tell("ok", self.tr("{name} is whole").format(name=name), self.tr("Every byte is as it should be."))
        else:
            self._tell("warn", self.tr("{name} is not whole").format(name=name), self.tr("Its row says what to do."))

    def find(self, entry: Entry) -> None:
        """Let the person say where a linked file is now."""
        identity = entry.manifest.id

        def chosen(path: Path) -> None:
            self._presenter.submit(lambda sink: self._presenter.service.relink(identity, path, sink))

        self._ask_path(self.tr("Where is {name} now?").format(name=entry.manifest.name), chosen)

    def show_details(self, entry: Entry) -> None:
        known, identity = self._presenter, entry.manifest.id

        def facts() -> list[tuple[str, str]]:
            names = {one.manifest.id: one.manifest.name for one in known.entries}
            return facts_of(known.entry(identity) or entry, known.service.catalogue(), names, known.language)

        self._open(DetailsSheet(entry.manifest.name, facts, self._page.window()))

    def choose_template(self, entry: Entry) -> None:
        sheet = TemplateSheet(self._presenter, entry, self._page.window())
        sheet.chosen.connect(lambda template: self._presenter.set_template(entry.manifest.id, template))
        self._open(sheet)

    def export(self, entry: Entry) -> None:
        manifest = entry.manifest

        def chosen(path: Path) -> None:
            self._presenter.submit(
                lambda sink: self._presenter.service.export(manifest.id, path, sink),
                self._exported,
                work=("export", manifest.name),
            )

        self._ask_path(self.tr("Export a copy"), chosen, save=manifest.path.name)

    def pack(self, entry: Entry) -> None:
        manifest = entry.manifest

        def chosen(path: Path) -> None:
            self._presenter.submit(
                lambda sink: self._presenter.service.export_pack((manifest.id,), path, sink),
                lambda packed: self._exported(packed.path),
                work=("pack", manifest.name),
            )

        filters = [self.tr("Zip file (*.zip)"), self.tr("Folder (*)")]
        self._ask_path(self.tr("Offline pack"), chosen, save=f"{manifest.name}.zip", filters=filters)

    def _exported(self, path: Path) -> None:
        shown = (self.tr("Show in folder"), lambda: show_in_folder(path))
        self._tell("ok", self.tr("Saved and checked"), str(path), (shown,), timeout_ms=0)

    # -- removing -------------------------------------------------------------------------------------------

    def remove(self, identity: str) -> None:
        """Take it out of the library, with a way back. What is loaded is released first."""
        entry = self._presenter.entry(identity)
        if entry is None:
            return
        manifest = entry.manifest
        if self._presenter.in_use == manifest.path:
            self._to_remove = identity
            self.use_wanted.emit(GUIDE)
            return
        self._presenter.remove(
            identity, lambda token: self._offer_undo(token, self.tr("Model removed"), manifest.name, manifest.owned)
        )

    def offer_left_over(self, removal: Removal) -> None:
        """What an earlier start removed and did not finish can still be brought back."""
        if removal.token not in self._removed:
            self._offer_undo(removal.token, self.tr("Removed last time"), removal.name, removal.owned)

    def _offer_undo(self, token: str, title: str, name: str, owned: bool) -> None:
        """A notice with Undo; when it goes, the model goes to the trash."""
        self._removed.add(token)
        left = QTimer(self)
        left.setSingleShot(True)
        left.timeout.connect(lambda: self._finish(token, name, left))
        left.start(UNDO_MS)
        text = name if owned else self.tr("{name}; its file stays where it is").format(name=name)
        undo = (self.tr("Undo"), lambda: self._undo(token, name, owned, left))
        self._page.notices.show_notice(f"removed-{token}", title, text, actions=(undo,), timeout_ms=UNDO_MS)

    def _remove_released(self) -> None:
        """Once the guide is loaded in its place nothing holds the file any more."""
        status = self._presenter.status
        if self._to_remove and status.state is not ModelState.LOADING and status.id in (GUIDE, ""):
            identity, self._to_remove = self._to_remove, ""
            self.remove(identity)

    def _undo(self, token: str, name: str, owned: bool, left: QTimer) -> None:
        left.stop()
        left.deleteLater()

        def failed(error: AppError) -> None:
            """It can be tried again, as long as nobody closes the notice."""
            self._presenter.problem.emit(error)
            if error.code != "library-not-removed":
                self._offer_undo(token, self.tr("Model removed"), name, owned)

        self._presenter.undo(token, name, failed)

    def _finish(self, token: str, name: str, left: QTimer) -> None:
        left.deleteLater()
        self._presenter.finish_removal(token, name)

    # -- asking and telling ---------------------------------------------------------------------------------

    def _ask_path(
        self, title: str, chosen: Callable[[Path], None], save: str = "", filters: list[str] | None = None
    ) -> None:
        """The system's dialog, without waiting. `save`: the name to propose for a new file."""
        dialog = QFileDialog(self._page.window(), title)
        if save:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # the service never overwrites
            dialog.selectFile(save)
            if filters:
                dialog.setNameFilters(filters)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: chosen(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _tell(
        self,
        tone: str,
        title: str,
        text: str,
        actions: tuple[tuple[str, Callable[[], object]], ...] = (),
        timeout_ms: int = UNDO_MS,
    ) -> None:
        self._page.notices.show_notice(title, title, text, tone, actions, timeout_ms)


def show_in_folder(path: Path) -> None:
    """Open the file manager where `path` lies."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path if path.is_dir() else path.parent)))
