"""Language, colours and text size as the settings say, applied to the whole application."""

from __future__ import annotations

from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.theme import system_mode, theme


def apply_look(settings: Settings, languages: Languages, dress: bool = True) -> None:
    """`dress` False: everything but the style sheet, which `theme().dress()` adds."""
    language = languages.use(settings.get("language"))
    chosen = settings.get("theme")
    theme().configure(
        mode=system_mode() if chosen == "system" else chosen,
        factor=settings.get("text_size") / 100,
        language=language,
        dress=dress,
    )
