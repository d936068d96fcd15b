"""The settings window: categories, rows in cards, search over everything. Every change applies at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.paths import Paths
from app.settings import QT_TRANSLATE_NOOP, ROWS, Settings
from app.ui.i18n import tr as translated
from app.ui.settings.connections import ConnectionsRow, Read
from app.ui.settings.pages import LICENCES, PRIVACY, SHORTCUTS, FolderRow, ShortcutRow, TextRow, VersionRow
from app.ui.settings.row import Row, SettingRow
from app.ui.settings.updates import Updates, UpdatesRow
from app.ui.theme import SEMIBOLD, theme
from app.ui.widgets.card import Card
from app.ui.widgets.category_button import CategoryButton
from app.ui.widgets.choice_card import TextRow as ChoiceText
from app.ui.widgets.focus_ring import FocusRing
from app.ui.widgets.gaps import set_gaps
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.search_field import SearchField
from app.ui.widgets.select import Select

if TYPE_CHECKING:
    from app.ui.settings.models import ModelsPart
    from app.ui.settings.place import ModelsPlace

SIZE = (900, 688)
LEAST = (420, 360)
SMALL = 700
CATEGORIES = (
    ("general", "settings", QT_TRANSLATE_NOOP("SettingsCategories", "General")),
    ("appearance", "appearance", QT_TRANSLATE_NOOP("SettingsCategories", "Appearance")),
    ("chat", "chat", QT_TRANSLATE_NOOP("SettingsCategories", "Chat")),
    ("models", "models", QT_TRANSLATE_NOOP("SettingsCategories", "Models")),
    ("performance", "cpu", QT_TRANSLATE_NOOP("SettingsCategories", "Performance")),
    ("privacy", "lock", QT_TRANSLATE_NOOP("SettingsCategories", "Privacy")),
    ("shortcuts", "keyboard", QT_TRANSLATE_NOOP("SettingsCategories", "Shortcuts")),
    ("about", "info", QT_TRANSLATE_NOOP("SettingsCategories", "About")),
)


@dataclass
class Group:
    """A card of rows under a word. `context` says where the word is translated."""

    word: str
    context: str
    label: Label
    card: Card
    rows: Sequence[Row | ChoiceText] = ()


@dataclass
class Section:
    """A category: its title and groups."""

    key: str
    word: str
    title: Label
    button: CategoryButton
    groups: list[Group] = field(default_factory=list)


class SettingsWindow(Live, QDialog):
    """Non-modal: show it with `show()`. `paths` says where the data folder is; `connections` reads the record
    of all that was ever fetched, and `updates` adds to it when a person asks for the newest version. `models`: what
    the page of that name works with; without, there is none."""

    def __init__(
        self,
        settings: Settings,
        paths: Paths,
        parent: QWidget | None = None,
        connections: Read = tuple,
        updates: Updates | None = None,
        models: ModelsPlace | None = None,
    ) -> None:
        super().__init__(parent)
        self.setModal(False)
        self._connections, self._updates, self._models = connections, updates, models
        self.models_part: ModelsPart | None = None
        self._settings, self._paths = settings, paths
        self._current, self._factor = "general", 0.0
        self._search, self._choice = SearchField(), Select()
        self._search_small = SearchField()
        self._nothing = Label(role="interface", token="text-2", wrap=True)
        self._sections: list[Section] = []
        self._lay_out()
        for key, icon, word in CATEGORIES:
            if key != "models" or models is not None:
                self._add_section(key, icon, word)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        self._side.addStretch(1)
        self._search.textChanged.connect(self._searched)
        self._search_small.textChanged.connect(self._search.setText)
        self._choice.currentIndexChanged.connect(lambda _index: self.show_category(self._choice.currentData()))
        listener = self._changed
        settings.listeners.append(listener)
        self.destroyed.connect(lambda: settings.listeners.remove(listener))
        self._area.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._narrow())
        self.focus_ring = FocusRing(self)
        self.go_live()
        self.show_category("general")

    # -- building -------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._categories = QFrame()
        self._categories.setObjectName("categories")
        self._side = QVBoxLayout(self._categories)
        self._side.addWidget(self._search)
        outer.addWidget(self._categories)
        right = QWidget()
        self._right = QVBoxLayout(right)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._right.setSpacing(0)
        self._top = QWidget()
        self._top_row = QHBoxLayout(self._top)
        self._top_row.addWidget(self._choice, 1)
        self._top_row.addWidget(self._search_small, 1)
        self._right.addWidget(self._top)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setSpacing(0)
        self._area.setWidget(page)
        self._area.viewport().setAutoFillBackground(False)
        page.setAutoFillBackground(False)
        self._right.addWidget(self._area, 1)
        outer.addWidget(right, 1)

    def _add_section(self, key: str, icon: str, word: str) -> None:
        button = CategoryButton(icon)
        button.clicked.connect(lambda: self.show_category(key))
        self._side.addWidget(button)
        section = Section(key, word, Label(role="settings-title"), button)
        self._column.addWidget(section.title)
        self._sections.append(section)
        if key == "privacy":
            self._add_group(section, "", "", [TextRow("Privacy", title, hint) for title, hint in PRIVACY])
            switches: list[Row] = [SettingRow(row, self._settings) for row in ROWS if row.category == key]
            network = QT_TRANSLATE_NOOP("SettingsCategories", "Network")
            self._add_group(section, network, "SettingsCategories", [*switches, ConnectionsRow(self._connections)])
        elif key == "shortcuts":
            self._add_group(section, "", "", [ShortcutRow(keys, source) for keys, source in SHORTCUTS])
        elif key == "about":
            self._add_group(section, "", "", [VersionRow(), UpdatesRow(self._updates), FolderRow(self._paths.home)])
            licences: list[Row] = [Row(name, licence) for name, licence in LICENCES]
            self._add_group(
                section, QT_TRANSLATE_NOOP("SettingsCategories", "Licences"), "SettingsCategories", licences
            )
        elif key != "models":  # whose page is made when it is first shown
            rows = [row for row in ROWS if row.category == key]
            for group in dict.fromkeys(row.group for row in rows):
                found: list[Row] = [SettingRow(row, self._settings) for row in rows if row.group == group]
                self._add_group(section, group, "Settings", found)

    def _add_group(self, section: Section, word: str, context: str, rows: list[Row]) -> None:
        card = Card()
        for row in rows:
            card.add_row(row)
        self._add_card(section, Group(word, context, self._group_label(), card, rows), self._column.count())

    @staticmethod
    def _group_label() -> Label:
        return Label(role="small", token="text-2", weight=SEMIBOLD)

    def _add_card(self, section: Section, group: Group, place: int) -> None:
        group.card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._column.insertWidget(place, group.label)
        self._column.insertWidget(place + 1, group.card)
        section.groups.append(group)

    def _make_models(self) -> None:
        """The page Models, when it is first shown or searched in."""
        section = next((one for one in self._sections if one.key == "models"), None)
        if self._models is None or section is None or self.models_part is not None:
            return
        from app.ui.settings.models import ModelsPart

        given, self._models = self._models, None  # asked for once: what is made here shows the window anew
        part = self.models_part = ModelsPart(given, self._show, self)
        place = self._column.indexOf(section.title) + 1
        for word, card, rows in part.groups():
            if not isinstance(rows[0], ChoiceText):
                for row in rows:
                    card.add_row(row)
            self._add_card(section, Group(word, "SettingsCategories", self._group_label(), card, rows), place)
            place += 2
        self._pad()
        self._name_groups()

    # -- showing --------------------------------------------------------------------------------------------

    def show_category(self, key: str) -> None:
        """Leave the search and show one category."""
        self._current = key
        if key == "models":
            self._make_models()
        if self._search.text():
            self._search.clear()
        self._show()
        self._area.verticalScrollBar().setValue(0)

    def shown_titles(self) -> list[str]:
        """Titles of the rows that can be seen, top to bottom."""
        rows = [row for section in self._sections for group in section.groups for row in group.rows]
        return [row.title.text() for row in rows if row.isVisibleTo(self)]

    def _searched(self) -> None:
        if self._search_small.text() != self._search.text():
            self._search_small.setText(self._search.text())
        self._show()

    def _show(self) -> None:
        wanted, any_found = self._search.text().strip(), False
        if wanted:
            self._make_models()
        for section in self._sections:
            here = section.key == self._current
            found = False
            for group in section.groups:
                there = [row for row in group.rows if isinstance(row, ChoiceText) or row.there]
                rows = [row for row in there if row.found_by(wanted)] if wanted else there if here else []
                shown = group.card.filter(list(rows))
                group.label.setVisible(shown and bool(group.word))
                found = found or shown
            section.title.setVisible(found)
            section.title.set_margins(theme().px(28) if any_found else 0, theme().px(12))
            section.button.setChecked(here and not wanted)
            any_found = any_found or found
        self._nothing.setVisible(not any_found)
        self._choice.set_value(self._current)

    def _changed(self, key: str) -> None:
        for row in self._rows():
            row.refresh()
        if self.models_part is not None:
            self.models_part.refresh()

    def _rows(self) -> list[Row]:
        groups = [group for section in self._sections for group in section.groups]
        return [row for group in groups for row in group.rows if isinstance(row, Row)]

    # -- look, language, size -------------------------------------------------------------------------------

    def restyle(self) -> None:
        px = theme().px
        if self._factor != theme().factor:
            self._factor = theme().factor
            room = self.screen().availableGeometry()
            self.setMinimumSize(min(px(LEAST[0]), room.width()), min(px(LEAST[1]), room.height()))
            self.resize(min(px(SIZE[0]), room.width()), min(px(SIZE[1]), room.height() - px(40)))
        self._categories.setFixedWidth(px(216))
        self._side.setContentsMargins(px(12), px(16), px(12), px(16))
        self._side.setSpacing(px(2))
        set_gaps(self._side, ((self._search, 10),))
        self._top_row.setContentsMargins(px(20), px(16), px(20), 0)
        self._top_row.setSpacing(px(8))
        self._pad()
        self._narrow()
        self._show()

    def _pad(self) -> None:
        """Room around titles and group words, as part of the labels' own margins."""
        px = theme().px
        for section in self._sections:
            for group in section.groups:
                group.label.set_margins(px(14), px(8))

    def _narrow(self) -> None:
        small = self.width() / theme().factor < SMALL
        self._categories.setVisible(not small)
        self._top.setVisible(small)
        side = theme().px(20 if small else 32)
        bar = self._area.verticalScrollBar()
        right = side - (bar.sizeHint().width() if bar.maximum() > 0 else 0)
        self._column.setContentsMargins(side, theme().px(20), max(0, right), theme().px(32))

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Settings"))
        for search in (self._search, self._search_small):
            search.set_hint(self.tr("Search settings"))
        self._choice.setAccessibleName(self.tr("Category"))
        for section in self._sections:
            word = translated("SettingsCategories", section.word)
            section.title.set_text(word)
            section.button.setText(word)
        self._name_groups()
        self._choice.set_choices([(section.key, section.title.text()) for section in self._sections])
        self._choice.set_value(self._current)
        self._nothing.set_text(self.tr("No setting has these words. Try another one, or fewer."))

    def _name_groups(self) -> None:
        for group in [group for section in self._sections for group in section.groups]:
            group.label.set_text(translated(group.context, group.word) if group.word else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._narrow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # a dialog would press a button
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.flush()
        super().closeEvent(event)

    def reject(self) -> None:
        self.flush()
        super().reject()

    def flush(self) -> None:
        """Store numbers and texts that were changed a moment ago."""
        for row in self._rows():
            row.flush()
