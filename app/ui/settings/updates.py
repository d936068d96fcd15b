"""The row that looks for a newer ChatBELLE: when its button is pressed, and never by itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

import app
from app.errors import AppError, as_app_error
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.settings.asked import Asked, settings_bridge
from app.ui.settings.row import Row
from app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from app.runtime.models.connections import Connections
    from app.runtime.models.updates import Release

# What to do about these is a matter of this computer; about anything else there is only one advice here
OWN_ADVICE = ("network-forbidden", "proxy-login", "proxy-address", "download-proxy", "update-elsewhere", "internal-bug")


class Updates:
    """Where to ask, and by which rules of the settings. `page` is what the browser opens."""

    def __init__(
        self,
        settings: Settings,
        languages: Languages,
        record: Connections,
        address: str = app.RELEASES_ADDRESS,
        page: str = app.RELEASES_PAGE,
    ) -> None:
        self.languages, self.address, self.page = languages, address, page
        self._settings, self._record = settings, record
        settings.listeners.append(self._setting_changed)

    def prepare(self) -> Callable[[], Release]:
        """What a thread does, with the settings as they are now. It raises `Fixable`."""
        self._record.forbidden = self._settings.get("offline")
        return partial(_ask, self.address, self._record, self._settings.get("proxy"))

    def _setting_changed(self, key: str) -> None:
        if key == "offline":  # cuts a question that is under way
            self._record.forbidden = self._settings.get(key)


def _ask(address: str, record: Connections, proxy: str) -> Release:
    from app.runtime.models.updates import look_for_update  # with the HTTP client, which takes a while

    return look_for_update(address, app.__version__, record, proxy)


def _answer(ask: Callable[[], Release]) -> Release | AppError:
    try:
        return ask()
    except Exception as error:  # shown, whatever it is
        return as_app_error(error)


class UpdatesRow(Row):
    """The button asks; when a newer version is found, it opens the page. Without an address there is none."""

    def __init__(self, updates: Updates | None) -> None:
        self._updates = updates if updates is not None and updates.address else None
        self._result: Release | AppError | None = None
        self._asking = False
        self.button = Button(small=True)
        super().__init__(control=self.button if self._updates else None)
        self.button.clicked.connect(self._pressed)
        self._asked = Asked(settings_bridge(), self)
        self._asked.told.connect(self._show)

    def _pressed(self) -> None:
        updates = self._updates
        if updates is None or self._asking:
            return
        if self._offers_page():
            QDesktopServices.openUrl(QUrl(updates.page))
            return
        self._asking, self._result = True, None
        self._asked.find_out(partial(_answer, updates.prepare()))
        self.retranslate()

    def _show(self, result: Release | AppError) -> None:
        self._asking, self._result = False, result
        self.retranslate()

    def _offers_page(self) -> bool:
        newer = self._result is not None and getattr(self._result, "standing", "") == "newer"
        return newer and self._updates is not None and bool(self._updates.page)

    def retranslate(self) -> None:
        self.set_words(self.tr("Updates"), self._said())
        self.button.setText(self.tr("Open the page") if self._offers_page() else self.tr("Look for an update"))
        self.button.setEnabled(not self._asking)
        self.button.setAccessibleDescription(self.hint.text())

    def _said(self) -> str:
        result = self._result
        if self._updates is None:
            return self.tr(
                "ChatBELLE never looks for updates by itself. New versions come from where you got this one."
            )
        if self._asking:
            return self.tr("Asking…")
        if result is None:
            return self.tr("Only when you press the button; the server is told this version's number.")
        if isinstance(result, AppError):
            return self._problem(result, self._updates.languages)
        words = {
            "newer": self.tr("Version {version} is there; this is {present}."),
            "same": self.tr("This is the newest version."),
            "older": self.tr("This version ({present}) is ahead of the newest release ({version})."),
        }
        return words[result.standing].format(version=result.version, present=app.__version__)

    def _problem(self, error: AppError, languages: Languages) -> str:
        what, then = languages.words(error)
        advice = then if error.code in OWN_ADVICE else self.tr("Try later, or look where you got ChatBELLE from.")
        return self.tr("{what} {then}").format(what=what, then=advice)
