"""The page on which the user says where the model is fetched from, and may measure which place is the fastest."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.runtime.models.setup_state import ChooseSource, Page
from app.runtime.models.sources import DIRECT, without_password
from app.ui.models.source_card import SourceCard
from app.ui.theme import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.buttons import Button
from app.ui.widgets.icon_fact import IconFact
from app.ui.widgets.labels import Label
from app.ui.wizard.page import SetupPage
from app.ui.wizard.presenter import SetupPresenter


class SourcePage(SetupPage):
    """The official hub, the mirror, or an address of the user's."""

    page = Page.SOURCE

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.card = SourceCard(presenter.languages)
        self.offline = Banner("warn", compact=False)
        self.allow = self.offline.add_button("")
        self.test = Button(icon="refresh")
        self.result = Label(role="interface", token="text-2", wrap=True)
        self._tests = QWidget()
        self._test_row = QHBoxLayout(self._tests)
        self._test_row.setContentsMargins(0, 0, 0, 0)
        self._test_row.addWidget(self.test)
        self._test_row.addWidget(self.result, 1, Qt.AlignmentFlag.AlignVCenter)
        self.proxy = IconFact("globe")
        for part, above in ((self.offline, 20), (self.card, 20), (self._tests, 18), (self.proxy, 18)):
            self.add(part, above)
        self.end()
        self.card.taken.connect(lambda endpoint: presenter.act(ChooseSource(endpoint)))
        self.card.changed.connect(presenter.changed)
        self.test.clicked.connect(self._test)
        self.allow.clicked.connect(presenter.allow_connections)
        self.go_live()

    # --- showing

    def refresh(self) -> None:
        self.title.set_text(self.tr("Where to download from"))
        self.intro.set_text(self.tr("The files are the same everywhere; every one is checked after the download."))
        self.card.show_source(self.state.choices.source)
        self.card.show_speeds(self.facts.speeds)
        self.test.setText(self.card.test_words(self.facts.measuring))
        self.result.set_text(self.card.result_words(self.facts.speeds))
        offline = bool(self.presenter.settings.get("offline"))
        self.set_shown(self.offline, offline)
        self.offline.set_text(
            self.tr("All connections are forbidden"),
            self.tr("You said so in the settings. Nothing can be downloaded until they are allowed again."),
        )
        self.allow.setText(self.tr("Allow connections"))
        self.test.setEnabled(not offline and not self.facts.measuring)
        self._show_proxy()
        self.show_error()

    def _show_proxy(self) -> None:
        proxy = self.presenter.settings.get("proxy")
        if proxy == DIRECT:
            text = self.tr("No proxy is used. You can change that in the settings, under “Models”.")
        elif proxy:
            text = self.tr("The proxy {address} is used. You can change it in the settings, under “Models”.")
        else:
            text = self.tr(
                "The system's proxy is used, if there is one. Another one can be set in the settings, under “Models”."
            )
        self.proxy.set_text(text.format(address=without_password(proxy)))

    def start(self) -> QWidget | None:
        return self.card.checked()

    def ready(self) -> bool:
        return super().ready() and self.card.complete

    def _test(self) -> None:
        self.card.take_typed()
        self.presenter.test_sources()

    def restyle(self) -> None:
        super().restyle()
        self._test_row.setSpacing(theme().px(14))
