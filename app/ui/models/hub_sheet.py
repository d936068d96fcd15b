"""Another model from the hub: its name, the files it has, the one to install."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.ui.models.fact_row import FactRow
from app.ui.models.problem_panel import ProblemPanel
from app.ui.models.sheet import Sheet
from app.ui.models.words import size
from app.ui.theme import theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.choice_card import ChoiceCard
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.errors import AppError
    from app.runtime.jobs import Job
    from app.runtime.models.records import RemoteFile
    from app.ui.models.models_presenter import ModelsPresenter

_ADDRESS = re.compile(r"https?://[^/\s]+/|[^/\s]+\.[a-z]+/(?=[^/\s]+/[^/\s]+)")
_NAME = re.compile(r"\w[\w.-]*/\w[\w.-]*")
_PART = re.compile(r"(.+)-(\d{5})-of-(\d{5})(\.gguf)", re.IGNORECASE)


@dataclass(frozen=True)
class HubModel:
    """One model of a repository: its (first) file, how many parts it has, bytes in all or None if unknown."""

    file: str
    parts: int
    size: int | None


def repository_name(text: str) -> str:
    """`owner/name` out of what was typed or pasted, an address too; empty if it is neither."""
    text = _ADDRESS.sub("", text.strip(), count=1).strip("/")
    name = "/".join(text.split("/")[:2]).partition("?")[0]
    return name if _NAME.fullmatch(name) else ""


def models_in(files: tuple[RemoteFile, ...]) -> list[HubModel]:
    """The GGUF models of a listing, parts of one counted together, small ones first."""
    groups: dict[str, list[RemoteFile]] = {}
    for file in files:
        if file.name.lower().endswith(".gguf"):
            match = _PART.fullmatch(file.name)
            groups.setdefault(match[1] if match else file.name, []).append(file)
    found = []
    for parts in groups.values():
        parts.sort(key=lambda one: one.name)
        sizes = [one.size for one in parts]
        total = sum(one for one in sizes if one is not None) if None not in sizes else None
        found.append(HubModel(parts[0].name, len(parts), total))
    return sorted(found, key=lambda one: (one.size or 0, one.file))


class HubSheet(Sheet):
    """`chosen(repository, file)` when one is to be installed. Nothing is asked of the network before the button is."""

    chosen = Signal(str, str)

    def __init__(self, presenter: ModelsPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._job: Job | None = None
        self._listed = ""
        self.field, self.ask = QLineEdit(), Button()
        self.files, self._says = ChoiceCard(), Label(role="small", token="text-2", wrap=True)
        self.problem = ProblemPanel(presenter.runtime.languages)
        line = self._line = QHBoxLayout()
        line.addWidget(self.field, 1)
        line.addWidget(self.ask)
        self.body.addLayout(line)
        for part in (self._says, self.problem, self.files):
            self.body.addWidget(part)
        self._cancel, self.go_on = self.add_button(""), self.add_button("", "primary")
        self._cancel.clicked.connect(self.reject)
        self.go_on.clicked.connect(self._choose)
        self.ask.clicked.connect(self.list_files)
        self.field.returnPressed.connect(self.list_files)
        self.field.textChanged.connect(lambda _text: self._show())
        self.files.chosen.connect(lambda _file: self._show())
        self.files.hide()
        self.go_live()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def list_files(self) -> None:
        """Ask the hub, unless it is being asked."""
        name = repository_name(self.field.text())
        if not name or self._job is not None:
            return
        self._empty()
        self.problem.clear()
        self._listed = name
        self._job = self._presenter.submit(
            lambda sink: self._presenter.service.list_repository(name, sink), self._show_files, self._not_listed
        )
        self._show()

    def _empty(self) -> None:
        card = self.files
        self.files = ChoiceCard()
        self.files.chosen.connect(lambda _file: self._show())
        self.body.replaceWidget(card, self.files)
        card.hide()
        card.deleteLater()
        self.files.hide()

    def _show_files(self, files: tuple[RemoteFile, ...]) -> None:
        self._job = None
        models = models_in(files)
        for model in models:
            hint = self.tr("in {count} parts").format(count=model.parts) if model.parts > 1 else ""
            fact = size(model.size) if model.size else self.tr("size unknown")
            self.files.add_choice(FactRow(model.file, model.file, hint, fact))
        self.files.setVisible(bool(models))
        if len(models) == 1:
            self.files.choose(models[0].file)
        self._show(found=len(models))

    def _not_listed(self, error: AppError) -> None:
        self._job = None
        self.problem.show_error(error)
        self._show()

    def _show(self, found: int | None = None) -> None:
        asking = self._job is not None
        name = repository_name(self.field.text())
        self.ask.setEnabled(bool(name) and not asking)
        chosen = self.files.checked()
        self.go_on.setEnabled(chosen is not None and name == self._listed)
        if asking:
            words = self.tr("Asking for the files of {name}…").format(name=self._listed)
        elif found == 0:
            words = self.tr("{name} has no GGUF file. Look for a repository whose name ends in GGUF.").format(
                name=self._listed
            )
        elif found is not None or self.files.rows:
            words = self.tr("Check on its page what its licence allows before you use it.")
        elif self.field.text().strip() and not name:
            words = self.tr("Write it as owner/name, such as Qwen/Qwen2.5-7B-Instruct-GGUF, or paste its address.")
        else:
            words = ""
        self._says.set_text(words)
        self._says.setVisible(bool(words))
        self.fit()

    def _choose(self) -> None:
        row = self.files.checked()
        if row is not None:
            self.chosen.emit(self._listed, row.value)
            self.accept()

    def done(self, result: int) -> None:
        self._presenter.drop_job(self._job)
        super().done(result)

    def restyle(self) -> None:
        super().restyle()
        self.field.setFont(theme().font("interface"))
        self._line.setSpacing(theme().px(8))

    def retranslate(self) -> None:
        self.set_words(
            self.tr("Another model from the hub"),
            self.tr("Any model in GGUF format can be used. Only the list of files is fetched now."),
        )
        self.field.setPlaceholderText(self.tr("owner/name"))
        self.field.setAccessibleName(self.tr("Repository on the hub"))
        self.ask.setText(self.tr("List files"))
        self._cancel.setText(self.tr("Cancel"))
        self.go_on.setText(self.tr("Go on…"))
        self._show()
