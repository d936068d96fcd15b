"""The page Models: where models are fetched from, by which way, and where they lie. Made when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.errors import Fixable
from app.runtime.models.sources import default_source
from app.settings import QT_TRANSLATE_NOOP, ROWS
from app.ui.models.source_card import SourceCard
from app.ui.settings.folders import MainFolderRow, MoreFoldersRow, UnfinishedRow
from app.ui.settings.mover import Mover
from app.ui.settings.network import ProxyRow, TestRow, TokenRow
from app.ui.settings.row import Row, SettingRow
from app.ui.widgets.card import Card
from app.ui.widgets.choice_card import TextRow

if TYPE_CHECKING:
    from app.ui.settings.place import ModelsPlace

SOURCE = QT_TRANSLATE_NOOP("SettingsCategories", "Where to download from")
NETWORK = QT_TRANSLATE_NOOP("SettingsCategories", "Network")
FILES = QT_TRANSLATE_NOOP("SettingsCategories", "Files")


class ModelsPart(QObject):
    """Makes the page's cards. `changed` is called when other rows than before are there."""

    def __init__(self, place: ModelsPlace, changed: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings = place.runtime.settings
        self.source = SourceCard(place.runtime.languages)
        self.test = TestRow(place, self.source)
        self.proxy, self.token = ProxyRow(settings, place.runtime.languages), TokenRow(settings)
        self.mover = Mover(place, self)
        self.folder = MainFolderRow(place, self.mover)
        self.unfinished = UnfinishedRow(place, self.mover, changed)
        self.more = MoreFoldersRow(settings, changed)
        self.source.add_row(self.test)
        self.test.there = place.runtime.make_models is not None
        self.source.taken.connect(lambda endpoint: settings.set("source", endpoint))
        self.source.changed.connect(self.refresh)
        self.folder.came.connect(self.unfinished.look)
        self.unfinished.go_on.clicked.connect(lambda: self.folder.ask(go_on=True))
        self.refresh()

    def groups(self) -> list[tuple[str, Card, list[Row | TextRow]]]:
        """(words of `SettingsCategories`, card, rows); the source's card has its rows already."""
        switches = [SettingRow(row, self._settings) for row in ROWS if row.category == "models"]
        return [
            (SOURCE, self.source, [self.source.official, self.source.mirror, self.source.other, self.test]),
            (NETWORK, Card(), [self.proxy, self.token]),
            (FILES, Card(), [self.folder, self.unfinished, self.more, *switches]),
        ]

    def refresh(self) -> None:
        """Show the source that is set, else what `HF_ENDPOINT` says, else the official one."""
        source = self._settings.get("source").strip() or None
        if source is None:
            with suppress(Fixable):  # what HF_ENDPOINT says is no address: none is marked
                source = default_source().endpoint
        self.source.show_source(source)
        self.test.refresh()
