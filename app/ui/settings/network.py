"""How the hub is reached: the source's test, the proxy, the access token."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLineEdit

from app.errors import AppError, Fixable
from app.models_wiring import TOKEN
from app.runtime.events import Event, JobFailed, JobFinished
from app.runtime.models.installs import SourceMeasured
from app.runtime.models.sources import DIRECT, SYSTEM, check_proxy
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.models.words import sentences
from app.ui.settings.asked import Asked
from app.ui.settings.fields import FieldPart
from app.ui.settings.row import Row
from app.ui.widgets.buttons import Button
from app.ui.widgets.select import Select

if TYPE_CHECKING:
    from app.runtime.models.measuring import Measured
    from app.ui.models.source_card import SourceCard
    from app.ui.settings.place import ModelsPlace

OWN = "own"  # an address of the user's
TOKEN_SHAPE = re.compile(r"[!-~]+")  # what a request's header can hold


class TestRow(Row):
    """Has the sources measured; the card shows how fast each is."""

    __test__ = False  # for pytest: no test

    def __init__(self, place: ModelsPlace, card: SourceCard) -> None:
        self._place, self._card = place, card
        self._speeds: tuple[Measured, ...] = ()
        self._problem: AppError | None = None
        self.button, self._asked = Button(small=True), Asked(place.runtime.bridge)
        super().__init__(control=self.button)
        self._asked.setParent(self)
        self._asked.told.connect(self._hear)
        self.button.clicked.connect(self._test)

    def _test(self) -> None:
        self._card.take_typed()
        service = self._place.runtime.models
        if service is None or self._asked.job is not None:
            return
        self._speeds, self._problem = (), None
        try:
            self._asked.begin(service.test_sources)
        except AppError as error:
            self._problem = error
        self.refresh()

    def _hear(self, event: Event) -> None:
        if isinstance(event, SourceMeasured):
            self._speeds = (*self._speeds, event.measured)
        elif isinstance(event, JobFinished):
            self._speeds = tuple(event.result)
        elif isinstance(event, JobFailed):
            self._problem = event.error
        self.refresh()

    def refresh(self) -> None:
        offline, measuring = self._place.runtime.settings.get("offline"), self._asked.job is not None
        self._card.show_speeds(self._speeds)
        self.button.setText(self._card.test_words(measuring))
        self.button.setEnabled(not offline and not measuring)
        said = self._card.result_words(() if measuring else self._speeds)
        if offline:
            said = self.tr("All connections are forbidden in the settings, under “Privacy”.")
        elif self._problem is not None:
            said = sentences(*self._place.runtime.languages.words(self._problem))
        self.set_words(self.tr("How fast each is from here"), said)
        self.button.setAccessibleDescription(said)

    def retranslate(self) -> None:
        self.refresh()


class ProxyRow(Row):
    """As the system says, none, or an address. What is no address is not stored."""

    def __init__(self, settings: Settings, languages: Languages) -> None:
        self._settings, self._languages = settings, languages
        self._own = False  # whether the field is open
        self.choice, self.part = Select(), FieldPart()
        super().__init__(control=self.choice, under=self.part)
        self.choice.currentIndexChanged.connect(lambda _index: self._choose(self.choice.currentData()))
        self.part.field.editingFinished.connect(self._typed)
        self.refresh()

    def _choose(self, rule: str) -> None:
        self._own = rule == OWN
        if self._own:
            self._typed()
        else:
            self.part.set_wrong("")
            self._settings.set("proxy", rule)
        self.refresh()

    def _typed(self) -> None:
        text = self.part.field.text().strip()
        if not self._own or not text:
            return
        try:
            rule = check_proxy(text)
        except Fixable as error:
            kept = self.tr("Until then it stays as it was.")
            self.part.set_wrong(sentences(*self._languages.words(error), kept))
            return
        self.part.set_wrong("")
        self._own = rule not in (SYSTEM, DIRECT)
        self._settings.set("proxy", rule)
        self.refresh()

    def refresh(self) -> None:
        rule = self._settings.get("proxy")
        if rule not in (SYSTEM, DIRECT):
            self._own = True
            if not self.part.field.hasFocus() and self.part.wrong.isHidden():
                self.part.field.setText(rule)
        self.choice.set_value(OWN if self._own else rule)
        self.part.setVisible(self._own)

    def flush(self) -> None:
        """What is no address is forgotten with the window."""
        self._typed()
        self.part.set_wrong("")
        self._own = False
        self.refresh()

    def retranslate(self) -> None:
        title = self.tr("Proxy")
        self.set_words(title, self.tr("A way around a closed network, for downloads"))
        choices = [
            (SYSTEM, self.tr("Like the system")),
            (DIRECT, self.tr("None")),
            (OWN, self.tr("Another one")),
        ]
        self.choice.set_choices(choices)
        self.choice.setAccessibleName(title)
        self.choice.setAccessibleDescription(self.hint.text())
        self.part.field.setAccessibleName(self.tr("Address of the proxy"))
        self.part.field.setPlaceholderText("http://127.0.0.1:7890, socks5://127.0.0.1:1080")

    def keywords(self) -> str:
        return "proxy http https socks 代理"


class TokenRow(Row):
    """Takes a token and does not show it again; one that is stored can be removed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.remove, self.part = Button(small=True), FieldPart()
        self.part.field.setEchoMode(QLineEdit.EchoMode.Password)
        super().__init__(control=self.remove, under=self.part)
        self.remove.clicked.connect(self._remove)
        self.part.field.editingFinished.connect(self._typed)
        self.refresh()

    def _typed(self) -> None:
        token = self.part.field.text().strip()
        if not token:
            return
        if not TOKEN_SHAPE.fullmatch(token):
            self.part.set_wrong(self.tr("A token has no spaces and no Chinese characters. Copy it once more."))
            return
        self.part.set_wrong("")
        self.part.field.clear()
        self._settings.set("hub_token", token)
        self.refresh()

    def _remove(self) -> None:
        self.part.set_wrong("")
        self.part.field.clear()
        self._settings.set("hub_token", "")
        self.refresh()
        self.part.field.setFocus()  # the button that had it is gone

    def refresh(self) -> None:
        stored = bool(self._settings.get("hub_token").strip())
        self.remove.setVisible(stored)
        if stored:
            said = self.tr("One is stored; type another to replace it")
        elif os.environ.get(TOKEN, "").strip():
            said = self.tr("The one in HF_TOKEN is used; type another to use that")
        else:
            said = self.tr("None is stored; type or paste one (hf_…)")
        self.part.field.setPlaceholderText(said)

    def flush(self) -> None:
        self._typed()
        self.part.set_wrong("")
        self.part.field.clear()

    def retranslate(self) -> None:
        title = self.tr("Access token")
        self.set_words(
            title,
            self.tr(
                "For models that want a login. It is sent to the official hub, huggingface.co, only, and kept in "
                "settings.json on this computer, not encrypted."
            ),
        )
        self.remove.setText(self.tr("Remove"))
        self.remove.setAccessibleName(self.tr("Remove the access token"))
        self.part.field.setAccessibleName(title)
        self.refresh()

    def keywords(self) -> str:
        return "token hf_token login 令牌 登录"
