"""The page on which the user says where the model is fetched from, and may measure which place is the fastest."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.errors import Fixable
from app.runtime.models.measuring import Measured, fastest
from app.runtime.models.setup_state import ChooseSource, Page
from app.runtime.models.sources import DIRECT, KNOWN, MIRROR, OFFICIAL, Source, custom_source, without_password
from app.ui.theme import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.tag import Tag
from app.ui.wizard.choices import ChoiceCard, TextRow
from app.ui.wizard.page import SetupPage
from app.ui.wizard.pieces import IconFact
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.words import joined, rate

OTHER = "other"  # value of the row with an address of the user's


class SourceRow(TextRow):
    """A source, with a tag and what was measured beside it."""

    def __init__(self, value: str) -> None:
        self.tag, self.speed = Tag(tone="ok"), Label(role="small", token="text-2", wrap=True)
        self._measured = QHBoxLayout()
        super().__init__(value)
        self._measured.addWidget(self.tag, 0, Qt.AlignmentFlag.AlignTop)
        self._measured.addWidget(self.speed, 1)
        self.words.addLayout(self._measured)
        self.see_through(self.tag, self.speed)
        self.tell_speed("", "")

    def tell_speed(self, text: str, tag: str, tone: str = "ok", token: str = "text-2") -> None:
        self.tag.set_tone(tone)
        self.tag.set_text(tag)
        self.tag.setVisible(bool(tag))
        self.speed.set_text(text)
        self.speed.set_token(token)
        self.speed.setVisible(bool(text))
        self._measured.setContentsMargins(0, theme().px(8) if text else 0, 0, 0)
        self.setAccessibleDescription(" ".join(part for part in (tag, text) if part))

    def restyle(self) -> None:
        super().restyle()
        self._measured.setSpacing(theme().px(8))


class SourcePage(SetupPage):
    """The official hub, the mirror, or an address of the user's."""

    page = Page.SOURCE

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.card = ChoiceCard()
        self.official, self.mirror, self.other = (
            SourceRow(OFFICIAL.endpoint),
            SourceRow(MIRROR.endpoint),
            SourceRow(OTHER),
        )
        self.field = QLineEdit()
        self.wrong = IconFact("error", token="danger")
        self.other.words.addWidget(self.field)
        self.other.words.addWidget(self.wrong)
        for row in (self.official, self.mirror, self.other):
            self.card.add_choice(row)
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
        self._typed = False  # whether the row for the user's address is open
        self.card.chosen.connect(self._chosen)
        self.field.editingFinished.connect(self._address)
        self.field.textEdited.connect(lambda _text: self._say_wrong(None))
        self.test.clicked.connect(self._test)
        self.allow.clicked.connect(presenter.allow_connections)
        self.go_live()

    # --- showing

    def refresh(self) -> None:
        self.title.set_text(self.tr("Where to download from"))
        self.intro.set_text(self.tr("The files are the same everywhere; every one is checked after the download."))
        self.official.set_words("Hugging Face", self.tr("The official hub, huggingface.co"))
        self.mirror.set_words(
            "hf-mirror", self.tr("A mirror run by volunteers, hf-mirror.com; often faster in mainland China")
        )
        self.other.set_words(self.tr("Another address"), self.tr("A server that speaks the hub's protocol"))
        self.field.setPlaceholderText("https://")
        self.field.setAccessibleName(self.tr("Address of the source"))
        self._show_choice()
        self._show_speeds()
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

    def _show_choice(self) -> None:
        chosen = self.state.choices.source
        known = [source.endpoint for source in KNOWN]
        if chosen and chosen not in known and not self.field.hasFocus():
            self._typed = True
            self.field.setText(chosen)
        self.card.choose(OTHER if self._typed else chosen)
        self.field.setVisible(self._typed)
        if not self._typed:
            self._say_wrong(None)

    def _show_speeds(self) -> None:
        speeds = {one.source.endpoint: one for one in self.facts.speeds}
        best = fastest(self.facts.speeds) if self.facts.speeds else None
        for row in (self.official, self.mirror, self.other):
            endpoint = self.state.choices.source if row is self.other and self._typed else row.value
            self._show_speed(row, speeds.get(endpoint or ""), best)
        testing, test = self.tr("Testing the sources…"), self.tr("Test the sources")
        self.test.setText(testing if self.facts.measuring else test)
        if best is not None:
            self.result.set_text(self.tr("Fastest from here: {name}").format(name=best.name))
        elif self.facts.speeds:
            self.result.set_text(self.tr("None of them can be reached now. Check the network, or use files you have."))
        else:
            self.result.set_text(self.tr("Takes some seconds and downloads a few MB."))

    def _show_speed(self, row: SourceRow, one: Measured | None, best: Source | None) -> None:
        if one is None:
            row.tell_speed("", "")
        elif one.problem is not None:
            what, _ = self.presenter.languages.words(one.problem)
            row.tell_speed(what, self.tr("not reachable"), "danger")
        else:
            wait = self.tr("answers after {n} s").format(n=f"{one.first_byte:.1f}")
            tag = self.tr("fastest") if best == one.source else ""
            row.tell_speed(self.tr("{rate}, {wait}").format(rate=rate(one.rate), wait=wait), tag)

    def _show_proxy(self) -> None:
        proxy = self.presenter.settings.get("proxy")
        if proxy == DIRECT:
            text = self.tr("No proxy is used. You can change that in the settings, under “Models”.")
        elif proxy:
            text = self.tr("The proxy {address} is used. You can change it in the settings, under “Models”.")
        else:
            text = self.tr("The system's proxy is used, if there is one. Another one can be set in the settings.")
        self.proxy.set_text(text.format(address=without_password(proxy)))

    def start(self) -> QWidget | None:
        return self.card.checked()

    def ready(self) -> bool:
        return super().ready() and self.wrong.isHidden() and not (self._typed and not self.field.text().strip())

    # --- choosing

    def _chosen(self, value: str) -> None:
        self._typed = value == OTHER
        if self._typed:
            self._address()
        else:
            self.presenter.act(ChooseSource(value))
        self.presenter.changed.emit()

    def _address(self) -> None:
        """Take what was typed, if it is an address."""
        text = self.field.text().strip()
        if not self._typed or not text:
            return
        try:
            endpoint = custom_source(text).endpoint
        except Fixable as error:
            self._say_wrong(error)
            return
        self._say_wrong(None)
        self.presenter.act(ChooseSource(endpoint))

    def _say_wrong(self, error: Fixable | None) -> None:
        self.wrong.setVisible(error is not None)
        if error is not None:
            self.wrong.set_text(joined(*self.presenter.languages.words(error)))
        self.field.setProperty("wrong", "true" if error is not None else "false")
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)
        self.presenter.changed.emit() if error is not None else None

    def _test(self) -> None:
        self._address()
        self.presenter.test_sources()

    def restyle(self) -> None:
        super().restyle()
        self._test_row.setSpacing(theme().px(14))
        self.field.setFont(theme().font("interface"))
