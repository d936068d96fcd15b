"""The page with licence and terms, which must be accepted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.runtime.models.setup_state import AcceptTerms, Page
from app.ui.theme import theme
from app.ui.widgets.card import Card
from app.ui.widgets.choice import Check
from app.ui.widgets.labels import Label
from app.ui.wizard.page import SetupPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.words import licence


class TermsPage(SetupPage):
    """What the model's makers ask, with links to the whole text."""

    page = Page.TERMS

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.card = Card()
        body = QWidget()
        self._body = QVBoxLayout(body)
        self.name = Label(role="card-title", wrap=True)
        self.terms = Label(role="reading", wrap=True)
        self.licence = Label(role="small", token="text-2", wrap=True)
        for part in (self.name, self.terms, self.licence):
            self._body.addWidget(part)
        self.card.add_row(body)
        self.text, self.source = self.link("external"), self.link("external")
        self.text.clicked.connect(lambda: self._visit(0))
        self.source.clicked.connect(lambda: self._visit(1))
        self._links = QWidget()
        self._row = QVBoxLayout(self._links)
        self._row.setContentsMargins(0, 0, 0, 0)
        for link in (self.text, self.source):
            self._row.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.accept = Check()
        self.accept.toggled.connect(lambda on: presenter.act(AcceptTerms(on)))
        self.add(self.card, 20)
        self.add(self._links, 16)
        self.add(self.accept, 24)
        self.end()
        self.go_live()

    def _visit(self, number: int) -> None:
        model = self.facts.model(self.state.choices)
        if model is not None:
            self.visit((model.terms_url, model.url)[number])

    def refresh(self) -> None:
        model, language = self.facts.model(self.state.choices), self.presenter.languages.current
        self.title.set_text(self.tr("Terms of use"))
        self.intro.set_text(self.tr("The makers of the model set them. Please read them before you go on."))
        for part in (self.card, self._links):
            self.set_shown(part, model is not None)
        if model is not None:
            self.name.set_text(model.name)
            self.terms.set_text(model.terms.text(language))
            self.licence.set_text(
                self.tr("Licence on the model's page: {licence}").format(licence=licence(model.licence))
            )
        self.text.setText(self.tr("The terms in full (opens the browser)"))
        self.source.setText(self.tr("The model's page (opens the browser)"))
        self.source.setVisible(model is not None and bool(model.url))
        self.accept.setText(self.tr("I have read the terms and keep to them"))
        self.accept.setAccessibleName(self.accept.text())
        if self.accept.isChecked() != self.state.choices.terms:
            self.accept.blockSignals(True)
            self.accept.setChecked(self.state.choices.terms)
            self.accept.blockSignals(False)
            self.accept.update()
        self.show_error()

    def start(self) -> QWidget | None:
        return self.accept

    def restyle(self) -> None:
        super().restyle()
        px = theme().px
        self._body.setContentsMargins(px(20), px(18), px(20), px(18))
        self._body.setSpacing(px(8))
        self._row.setSpacing(px(8))
