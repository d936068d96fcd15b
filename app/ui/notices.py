"""Banners above the composer: what happened, what to do, and a button for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from app.ui.i18n import Languages
from app.ui.theme import theme

Action = tuple[str, Callable[[], object]]


if TYPE_CHECKING:
    from app.ui.widgets.banner import Banner


class NoticeArea(QWidget):
    """At most one banner per key; errors stay until solved or closed, other notices may time out."""

    def __init__(self) -> None:
        super().__init__()
        self._banners: dict[str, Banner] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self.setVisible(False)

    def show_notice(
        self,
        key: str,
        title: str,
        text: str = "",
        tone: str = "info",
        actions: tuple[Action, ...] = (),
        timeout_ms: int = 0,
    ) -> None:
        from app.ui.widgets.banner import Banner  # most starts show none

        self.clear(key)
        banner = Banner(tone, title, text, compact=tone != "danger", closable=True)
        for label, action in actions:
            banner.add_button(label).clicked.connect(partial(self._do, key, action))
        banner.closed.connect(lambda: self.clear(key))
        self._banners[key] = banner
        self._layout.addWidget(banner)
        self._layout.setSpacing(theme().px(8))
        self._layout.setContentsMargins(0, 0, 0, theme().px(8))
        self.setVisible(True)
        if timeout_ms:
            QTimer.singleShot(timeout_ms, banner, lambda: self._clear_banner(key, banner))

    def show_error(self, key: str, error: AppError, languages: Languages, actions: tuple[Action, ...] = ()) -> None:
        from app.ui.errors import present

        shown = present(error, languages)
        if shown is None:
            return
        if shown.report:
            copy = (self.tr("Copy report"), lambda: QGuiApplication.clipboard().setText(shown.report))
            actions = (*actions, copy)
        self.show_notice(key, shown.title, shown.text, "danger", actions)

    def _do(self, key: str, action: Callable[[], object], _checked: bool = False) -> None:
        self.clear(key)
        action()

    def clear(self, key: str) -> None:
        banner = self._banners.get(key)
        if banner is not None:
            self._clear_banner(key, banner)

    def _clear_banner(self, key: str, banner: Banner) -> None:
        if self._banners.get(key) is banner:
            del self._banners[key]
            self._layout.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))
