"""Live language switching: Qt asks the same `.ts` tables as the command line."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from app.errors import AppError
from app.translations import system_language, table, words

_installed: list[QTranslator] = []  # Qt keeps no reference


class TableTranslator(QTranslator):
    """Answers Qt's look-ups from `app.translations.table`; plural form by `n` (1 or other)."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._table = table(language)

    def isEmpty(self) -> bool:
        return not self._table

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        forms = self._table.get((context, source))
        if not forms:
            return None
        return forms[0 if n == 1 or len(forms) == 1 else 1]


def remove_translators() -> None:
    """Show the texts as they are in the source, in English."""
    while _installed:
        QCoreApplication.removeTranslator(_installed.pop())


class Languages:
    """Installs translators, in place of all earlier ones; `current` is `zh_CN` or `en`. Widgets react to
    `QEvent.LanguageChange`."""

    def __init__(self) -> None:
        self.current = "en"

    def use(self, choice: str) -> str:
        """`choice` is a language or `system`; returns the language now shown."""
        self.current = system_language() if choice == "system" else choice
        remove_translators()
        standard = QTranslator()
        standard.load(f"qtbase_{self.current}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        _installed.extend((standard, TableTranslator(self.current)))
        for translator in _installed:
            QCoreApplication.installTranslator(translator)
        return self.current

    def words(self, error: AppError) -> tuple[str, str]:
        return words(error, self.current)


def tr(context: str, source: str) -> str:
    """Translate a text marked elsewhere (`QT_TRANSLATE_NOOP`)."""
    return QCoreApplication.translate(context, source)
