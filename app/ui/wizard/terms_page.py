"""The page with the terms and the whole licences, which must be accepted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTextEdit, QVBoxLayout, QWidget

from app.runtime.models.licences import Licence, licence_on_hub, licences_of
from app.runtime.models.setup_state import AcceptTerms, Page
from app.ui.theme import theme
from app.ui.widgets.card import Card
from app.ui.widgets.choice import Check
from app.ui.widgets.labels import Label
from app.ui.wizard.page import SetupPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.words import licence

TEXT_HEIGHT = 220
RULE = "─" * 40


class TermsPage(SetupPage):
    """What the model's makers ask, and the licences: in full those that come with the app, the others by the address
    where they are to be read."""

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
        self._licences: tuple[Licence, ...] | None = None
        self.full = QTextEdit()
        self.full.setReadOnly(True)
        self.full.setTabChangesFocus(True)
        self.full.setProperty("field", "true")
        self.elsewhere = Label(role="table", wrap=True)
        self.text, self.source = self.link("external"), self.link("external")
        self.unknown = [self.link("external"), self.link("external")]
        self.text.clicked.connect(lambda: self._visit(0))
        self.source.clicked.connect(lambda: self._visit(1))
        for number, link in enumerate(self.unknown):
            link.clicked.connect(lambda _checked=False, number=number: self._visit_licence(number))
        self._links = QWidget()
        self._row = QVBoxLayout(self._links)
        self._row.setContentsMargins(0, 0, 0, 0)
        for link in (*self.unknown, self.text, self.source):
            self._row.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.accept = Check()
        self.accept.toggled.connect(lambda on: presenter.act(AcceptTerms(on)))
        self.add(self.card, 20)
        self.add(self.full, 12)
        self.add(self.elsewhere, 16)
        self.add(self._links, 12)
        self.add(self.accept, 24)
        self.end()
        self.go_live()

    def _visit(self, number: int) -> None:
        model = self.facts.model(self.state.choices)
        if model is not None:
            self.visit((model.terms_url, model.url)[number])

    def _visit_licence(self, number: int) -> None:
        self.visit(self._not_here()[number].address)

    def _not_here(self) -> list[Licence]:
        """Those whose text has to be read elsewhere."""
        return [one for one in self._licences or () if not one.file]

    def refresh(self) -> None:
        model, language = self.facts.model(self.state.choices), self.presenter.languages.current
        self.title.set_text(self.tr("Terms of use"))
        self.intro.set_text(self.tr("The makers of the model set them. Please read them before you go on."))
        self.set_shown(self.card, model is not None)
        self._show_licences(licences_of(model) if model is not None else self._on_hub())
        if model is not None:
            self.name.set_text(model.name)
            self.terms.set_text(model.terms.text(language))
            self.licence.set_text(
                self.tr("Licence on the model's page: {licence}").format(licence=licence(model.licence))
            )
        self.text.setText(self.tr("The terms in full (opens the browser)"))
        self.text.setVisible(model is not None)
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

    def _on_hub(self) -> tuple[Licence, ...]:
        chosen = self.state.choices.model
        return (licence_on_hub(chosen.repository),) if chosen is not None and chosen.repository else ()

    def _show_licences(self, licences: tuple[Licence, ...]) -> None:
        self.full.setAccessibleName(self.tr("Licences in full"))
        if licences != self._licences:
            self._licences = licences
            self.full.setPlainText("\n\n\n".join(f"{one.name}\n{RULE}\n{one.text}" for one in licences if one.file))
        missing = self._not_here()
        self.set_shown(self.full, len(missing) < len(licences))
        text = self.tr("ChatBELLE does not have the text of this licence. Read it here before you go on: {addresses}")
        addresses = "  ".join(one.address for one in missing)
        self.set_shown(self.elsewhere, bool(missing))
        self.elsewhere.set_text(text.format(addresses=addresses))
        for number, link in enumerate(self.unknown):
            link.setVisible(number < len(missing))
            if number < len(missing):
                words = self.tr("{name} (opens the browser)").format(name=missing[number].name)
                link.setText(words)

    def start(self) -> QWidget | None:
        return self.accept

    def restyle(self) -> None:
        super().restyle()
        px = theme().px
        self._body.setContentsMargins(px(20), px(18), px(20), px(18))
        self._body.setSpacing(px(8))
        self._row.setSpacing(px(8))
        self.full.setFont(theme().font("code"))  # the texts are laid out for a typewriter
        self.full.setFixedHeight(px(TEXT_HEIGHT))
