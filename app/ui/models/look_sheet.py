"""What a dropped or chosen file is, what is missing, and the next step as a button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.runtime.models.archives import ARCHIVES
from app.ui.models.findings import Finding, archive, describe, identify, missing_words, pack, packed, unknown
from app.ui.models.path_field import PathField
from app.ui.models.problem_panel import ProblemPanel, Way
from app.ui.models.sheet import Sheet
from app.ui.models.words import sentences
from app.ui.widgets.dot_line import DotLine
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.errors import AppError
    from app.runtime.jobs import Job
    from app.runtime.models.archive_contents import ArchiveContents
    from app.runtime.models.catalogue import Model
    from app.runtime.weights.records import Recognised
    from app.ui.models.models_presenter import ModelsPresenter
    from app.ui.widgets.buttons import Button

MAY_BE_PACKS = (*ARCHIVES, ".json")
FULL = ("F32", "F16", "BF16")


@dataclass(frozen=True)
class Looked:
    """What a next step is taken with. `types`: whether the weights can be kept in several types."""

    path: Path
    key: Path | None
    model: Model | None
    size: int
    types: bool


class LookSheet(Sheet):
    """Asks the service what `path` is. `step_chosen(step, Looked)` when a next step was chosen; a step is one of
    `Finding.steps`, or `decrypt` once the key fits."""

    step_chosen = Signal(str, object)
    guide_asked = Signal(object)

    def __init__(self, presenter: ModelsPresenter, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter, self.path = presenter, path
        self._job: Job | None = None
        self._found: Recognised | None = None
        self._model: Model | None = None
        self.finding: Finding | None = None
        self._make: Callable[[], Finding] | None = None  # in the present language
        self._in_archive = False
        self._key: Path | None = None
        self._facts, self._missing = DotLine("small", "text-2"), Label(role="small", token="text-2", wrap=True)
        self._advice = Label(role="small", token="text-2", wrap=True)
        self.key_field = PathField()
        self.problem = ProblemPanel(presenter.runtime.languages, closable=False)
        for part in (self._facts, self._missing, self.problem, self.key_field, self._advice):
            self.body.addWidget(part)
        self._close = self.add_button("")
        self._close.clicked.connect(self.reject)
        self._ways: list[Button] = []
        self.key_field.chosen.connect(self.try_key)
        self.problem.closed.connect(self.fit)
        self.go_live()
        self.look()

    # -- asking ---------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Ask, also once more after something was put right."""
        self.finding, self._make, self._key = None, None, None
        self._in_archive = False
        self.problem.clear()
        self._ask(None)

    def try_key(self, key: Path) -> None:
        """Whether `key` opens the encrypted model; in an archive that is tested when the install begins."""
        self._key = key
        if self._in_archive:
            self._show()
        else:
            self._ask(key)

    def _ask(self, key: Path | None) -> None:
        self._presenter.drop_job(self._job)
        self._job = self._presenter.submit(
            lambda sink: self._presenter.service.recognise(self.path, sink, key),
            self._tried if key is not None else self._recognised,
            self._not_read,
        )
        self._show()

    def _recognised(self, found: Recognised) -> None:
        self._job = None
        self._found = found
        self._model = identify(found, self._presenter.service.catalogue())
        unclear = found.kind.value in ("unknown", "hugging-face", "gptq") and not found.complete
        if unclear and (self.path.suffix.lower() in MAY_BE_PACKS or not self.path.suffix):
            self._ask_pack()
        else:
            self._settle(self._describe)

    def _describe(self) -> Finding:
        assert self._found is not None
        return describe(self._found, self._model, self._presenter.runtime.languages)

    def _ask_pack(self) -> None:
        """An archive or a folder that is no model may be an offline pack."""

        def none(error: AppError) -> None:
            if self.path.suffix.lower() not in ARCHIVES:
                self._settle(self._describe)
            elif error.code == "pack-unknown":
                self._ask_archive()
            else:
                self._settle(lambda: packed(self.path, error, self._presenter.runtime.languages))

        self._job = self._presenter.look_into_pack(self.path, lambda models: self._settle(lambda: pack(models)), none)

    def _ask_archive(self) -> None:
        """Or an archive from a netdisk with a model's files in it."""

        def some(found: ArchiveContents) -> None:
            self._model, self._in_archive = found.model, True
            self._settle(lambda: archive(found))

        def none(error: AppError) -> None:
            self._settle(lambda: packed(self.path, error, self._presenter.runtime.languages))

        self._job = self._presenter.look_into_archive(self.path, some, none)

    def _tried(self, found: Recognised) -> None:
        """The key test's answer."""
        self._job = None
        if found.problem is None:
            self.problem.clear()
            self.key_field.set_wrong("")
            self._show()
            return
        self._key = None
        self._not_read(found.problem)

    def _not_read(self, error: AppError) -> None:
        self._job = None
        again = Way(self.tr("Look again"), self.look)
        if self.finding is not None and "key" in self.finding.steps:
            again = Way(self.tr("Choose another file…"), self.key_field.browse, "primary")
            self.key_field.set_wrong(self._presenter.runtime.languages.words(error)[0])
        elif self.finding is None:
            self._make = lambda: unknown(self.path, *self._presenter.runtime.languages.words(error))
            self.finding = self._make()
        self._key = None
        if "key" in self.finding.steps:
            self.problem.show_error(error, again, guide=self.guide_asked.emit)
            self.reveal(self.problem)
        self._show()

    def _settle(self, make: Callable[[], Finding]) -> None:
        self._job, self._make, self.finding = None, make, make()
        self._show()

    # -- showing --------------------------------------------------------------------------------------------

    def _show(self) -> None:
        finding = self.finding
        looking = self._job is not None
        for button in self._ways:
            self.take_button(button)
        self._ways = []
        if finding is None:
            self.set_words(self.path.name or str(self.path), self.tr("Looking what this is…"))
        else:
            named = self.path.name in finding.text
            self.set_words(finding.title, finding.text if named else f"{self.path.name}\n{finding.text}".strip())
        self._facts.set_parts(*(finding.facts if finding else ()))
        self._facts.setVisible(bool(self._facts.parts))
        self._missing.set_text(missing_words(finding.missing) if finding and finding.missing else "")
        self._missing.setVisible(bool(self._missing.text()))
        self._advice.set_text(self._advice_words(finding, looking))
        self._advice.setVisible(bool(self._advice.text()))
        asks_key = finding is not None and "key" in finding.steps
        self.key_field.setVisible(asks_key)
        if finding is not None:
            self._offer(finding, looking)
        self.fit()

    def _advice_words(self, finding: Finding | None, looking: bool) -> str:
        if finding is None:
            return ""
        if "key" in finding.steps and looking:
            return self.tr("Testing the key, about a second…")
        if "key" in finding.steps and self._key is not None and not self._in_archive:
            return sentences(self.tr("The key fits."), finding.advice)
        return finding.advice

    def _offer(self, finding: Finding, looking: bool) -> None:
        words = {
            "use": self.tr("Use it here"),
            "import": self.tr("Convert…"),
            "convert": self.tr("Make a smaller copy…"),
            "join": self.tr("Join the parts…"),
            "fetch": self.tr("Download what is missing…"),
            "setup": self.tr("Download a BELLE model…"),
            "attach": self.tr("Put it into the message"),
            "pack": self.tr("Import the pack"),
            "unpack": self.tr("Install from it…"),
            "again": self.tr("Look again"),
            "decrypt": self.tr("Decrypt…"),
        }
        steps = ["decrypt" if step == "key" else step for step in finding.steps]
        for number, step in reversed(list(enumerate(steps))):
            button = self.add_button(words[step], "primary" if number == 0 else "secondary")
            button.setEnabled(not looking and (step != "decrypt" or self._key is not None))
            button.clicked.connect(lambda _checked=False, step=step: self._take(step))
            self._ways.append(button)
        if self._ways and (self._key is not None or "key" not in finding.steps):
            self._ways[-1].setFocus()

    def way(self, step_words: str) -> Button | None:
        return next((one for one in self._ways if one.text() == step_words), None)

    def _take(self, step: str) -> None:
        if step == "again":
            self.look()
            return
        found, model = self._found, self._model
        here = found is None or self._in_archive or step in ("attach", "pack")
        path = self.path if here or found is None else found.path
        types = found is not None and (step == "convert" or _in_full_precision(found, model)) and not self._in_archive
        looked = Looked(path, self._key, model, found.size if found else 0, types)
        self.step_chosen.emit(step, looked)
        self.accept()

    def done(self, result: int) -> None:
        self._presenter.drop_job(self._job)
        super().done(result)

    def retranslate(self) -> None:
        self._close.setText(self.tr("Close"))
        self.key_field.set_name(self.tr("Key file"))
        if self._make is not None:
            self.finding = self._make()
        self._show()


def _in_full_precision(found: Recognised, model: Model | None) -> bool:
    """Quantized weights are kept as they are; of encrypted ones only the catalogue knows."""
    if found.quantization:
        return found.quantization in FULL
    return model.stored in FULL if model is not None else found.kind.value == "encrypted"
