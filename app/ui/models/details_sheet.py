"""Everything that is known about a model of the library, and which prompt template it is asked with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QWidget

from app.ui.models.fact_row import FactRow
from app.ui.models.sheet import Sheet
from app.ui.models.words import day, kind_of_model, size, translate
from app.ui.theme import theme
from app.ui.widgets.choice_card import ChoiceCard
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.runtime.models.catalogue import Catalogue
    from app.runtime.models.records import Entry
    from app.ui.models.models_presenter import ModelsPresenter

OWN = ""  # the file's own chat template


def facts_of(entry: Entry, catalogue: Catalogue, names: dict[str, str], language: str) -> list[tuple[str, str]]:
    """(word, value) of all that is known; `names` of other models by id, for duplicates."""
    manifest = entry.manifest
    model = catalogue.find(manifest.model) if manifest.model else None
    base = model.base if model is not None else kind_of_model(manifest.architecture, manifest.parameters)
    unknown = translate("Models", "not known yet; Verify works it out")
    duplicates = translate("Models", ", ").join(names.get(one, one) for one in entry.duplicates)
    never = translate("Models", "not yet")
    rows = [
        (translate("Models", "Good for"), model.good_for.text(language) if model is not None else ""),
        (translate("Models", "File"), str(manifest.path)),
        (translate("Models", "Size"), size(manifest.size)),
        (translate("Models", "Quantization"), manifest.quantization),
        (translate("Models", "Kind"), base),
        (translate("Models", "Source"), manifest.repository or translate("Models", "Local file")),
        (translate("Models", "Licence"), manifest.license or (model.licence if model is not None else "")),
        (translate("Models", "Terms"), model.terms.text(language) if model is not None else ""),
        (translate("Models", "Prompt template"), manifest.template or translate("Models", "the file's own")),
        (translate("Models", "Added"), day(manifest.added, language) if manifest.added else ""),
        (translate("Models", "Last used"), day(manifest.last_used, language) if manifest.last_used else never),
        (translate("Models", "SHA-256"), manifest.sha256 or unknown),
        (translate("Models", "Same file as"), duplicates),
    ]
    return [(word, value) for word, value in rows if value]


def guide_facts(catalogue: Catalogue, language: str) -> list[tuple[str, str]]:
    """Of the built-in guide."""
    model = catalogue.find("guide")
    if model is None:
        return []
    return [
        (translate("Models", "Good for"), model.good_for.text(language)),
        (translate("Models", "Licence"), model.licence),
        (translate("Models", "Source"), "ChatBELLE"),
    ]


class DetailsSheet(Sheet):
    """`facts` is asked again when the language changes."""

    def __init__(self, name: str, facts: Callable[[], list[tuple[str, str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._facts = name, facts
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self._labels: list[tuple[Label, Label]] = []
        self._copy, self._close = self.add_button(""), self.add_button("", "primary")
        self._copy.clicked.connect(self.copy)
        self._close.clicked.connect(self.accept)
        self.go_live()
        self._close.setFocus()

    def lines(self) -> list[str]:
        return [f"{word.text()}: {value.text()}" for word, value in self._labels]

    def copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join([self._name, *self.lines()]))

    def restyle(self) -> None:
        super().restyle()
        self._grid.setHorizontalSpacing(theme().px(16))
        self._grid.setVerticalSpacing(theme().px(8))

    def retranslate(self) -> None:
        for pair in self._labels:
            for label in pair:
                self._grid.removeWidget(label)
                label.hide()
                label.deleteLater()
        self._labels = []
        for number, (word, value) in enumerate(self._facts()):
            pair = (Label(word, "small", "text-2"), Label(value, "small", wrap=True))
            for column, label in enumerate(pair):
                self._grid.addWidget(
                    label, number, column, Qt.AlignmentFlag.AlignTop if column == 0 else Qt.AlignmentFlag(0)
                )
            self._labels.append(pair)
        self._copy.setText(self.tr("Copy"))
        self._close.setText(self.tr("Close"))
        self.set_words(self._name)


class TemplateSheet(Sheet):
    """Which form questions are put into. `chosen` tells the id of a row of the templates, "" for the file's own."""

    chosen = Signal(str)

    def __init__(self, presenter: ModelsPresenter, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from app.runtime.engine.prompts import templates

        self._entry = entry
        self.card = ChoiceCard()
        models = presenter.service.catalogue().models
        self._rows: list[tuple[str, list[str]]] = [(OWN, [])]
        for identity in templates():
            used_by = [model.name for model in models if model.template == identity and model.usable]
            if identity != "guide":
                self._rows.append((identity, used_by))
        self.body.addWidget(self.card)
        for identity, used_by in self._rows:
            own = self.tr("The file's own chat template")
            self.card.add_choice(FactRow(identity, identity or own, self.tr(", ").join(used_by)))
        self.card.choose(entry.manifest.template)
        self._cancel, self._apply = self.add_button(""), self.add_button("", "primary")
        self._cancel.clicked.connect(self.reject)
        self._apply.clicked.connect(self._take)
        self.go_live()

    def _take(self) -> None:
        row = self.card.checked()
        if row is not None and row.value != self._entry.manifest.template:
            self.chosen.emit(row.value)
        self.accept()

    def retranslate(self) -> None:
        self._cancel.setText(self.tr("Cancel"))
        self._apply.setText(self.tr("Apply"))
        self.set_words(
            self.tr("Prompt template of {name}").format(name=self._entry.manifest.name),
            self.tr(
                "The form that your questions are put into for this model. With a wrong one answers are poor or never "
                "end. It is used from the next load on."
            ),
        )
