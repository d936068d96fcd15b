"""What every widget does when the look or the language changes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent

from app.ui.theme import theme


class Live:
    """Mixin put before a QWidget class: `restyle` runs on every theme change, `retranslate` on every language change.

    Call `go_live()` at the end of `__init__`; it runs both once.
    """

    def go_live(self: Any) -> None:
        theme().changed.connect(self.restyle)
        self.restyle()
        self.retranslate()

    def restyle(self) -> None:
        """Take fonts, sizes and icons from the theme."""

    def retranslate(self) -> None:
        """Set every text anew."""

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)  # type: ignore[misc]  # the QWidget beside the mixin has it
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
