"""The models page: what is installed, what is being installed, and how to get more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.runtime.engine.records import ModelState
from app.ui.context import GUIDE
from app.ui.models.install_card import InstallCard, cards_wanted
from app.ui.models.model_row import ModelRow
from app.ui.models.progress_card import CardState, ProgressCard
from app.ui.models.rows import ASIDE, IN_USE, LOADING, NOT_USED, RowState, guide_row, leaving, row_of
from app.ui.models.table import ModelTable
from app.ui.models.words import size
from app.ui.notices import NoticeArea
from app.ui.theme import theme
from app.ui.widgets.buttons import Button, IconButton
from app.ui.widgets.gaps import set_gaps
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live

if TYPE_CHECKING:
    from pathlib import Path

    from app.ui.models.models_presenter import ModelsPresenter, Work
    from app.ui.widgets.menu import Menu

MARGIN, NARROW_MARGIN, NARROW = 40, 24, 1000
GB = 1_000_000_000
ONE_LINE = 620  # logical px of the head that title and buttons need side by side


class ModelsPage(Live, QWidget):
    """A view of `ModelsPresenter`. What a row's menu and buttons do is decided by whoever hears the signals. The frame
    is there at once, the rows and what they say follow in the next turns of the event loop."""

    acted = Signal(str, str)
    menu_requested = Signal(str, QPoint)
    renamed = Signal(str, str)
    remove_requested = Signal(str)
    import_file_requested = Signal()
    import_folder_requested = Signal()
    setup_requested = Signal()
    hub_requested = Signal()
    panel_requested = Signal()
    new_chat_requested = Signal()
    card_made = Signal(InstallCard)

    def __init__(self, presenter: ModelsPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._panel, self._compose = IconButton("panel"), IconButton("compose")
        self._title = Label(role="page-title")
        self._facts = [Label(role="small", token="text-2") for _ in range(3)]
        self._first = Button(kind="link", small=True)  # to the wizard, as long as there is no model
        self._import, self._download = Button(icon="import"), Button(kind="primary", icon="download")
        self.table, self.notices = ModelTable(), NoticeArea()
        self.cards: dict[str, InstallCard] = {}
        self._works: dict[int, ProgressCard] = {}
        self._menu: Menu | None = None
        self._narrow, self._own_buttons = False, False
        self._calls: list[Callable[[], object]] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._show_library)
        self._lay_out()
        self.table.tab_after = self._download
        for signal, own in (
            (self.table.acted, self.acted),
            (self.table.menu_requested, self.menu_requested),
            (self.table.renamed, self.renamed),
            (self.table.remove_requested, self.remove_requested),
            (self._panel.clicked, self.panel_requested),
            (self._compose.clicked, self.new_chat_requested),
            (self._first.clicked, self.setup_requested),
        ):
            signal.connect(own)
        self._import.clicked.connect(self.open_import_menu)
        self._download.clicked.connect(self.open_download_menu)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)
        self.table.complete.connect(self._filled)
        presenter.library_changed.connect(self._fill)
        presenter.installs_changed.connect(self._show_installs)
        presenter.work_changed.connect(self._show_works)
        self.go_live()
        self._show_installs()
        self._show_works()

    def _lay_out(self) -> None:
        self._head = QHBoxLayout()
        self._title_line = QHBoxLayout()
        for part in (self._panel, self._compose, self._title):
            self._title_line.addWidget(part)
        self._title_line.addStretch(1)
        self._button_line = QHBoxLayout()
        for button in (self._import, self._download):
            self._button_line.addWidget(button)
        self._head.addLayout(self._title_line, 1)
        self._head.addLayout(self._button_line)
        self._fact_line = QHBoxLayout()
        for fact in (self._facts[0], self._first, *self._facts[1:]):
            self._fact_line.addWidget(fact)
        self._fact_line.addStretch(1)
        self._fact_box, self._card_box = QWidget(), QWidget()
        self._fact_box.setLayout(self._fact_line)
        self._cards_column = QVBoxLayout(self._card_box)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setSpacing(0)
        self._column.addLayout(self._head)
        for widget in (self._fact_box, self.table, self._card_box):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        area = self._area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)
        area.viewport().setAutoFillBackground(False)
        area.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._margins())
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.notices)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.setSpacing(0)
        around.addWidget(area, 1)
        around.addLayout(self._foot)

    # -- look -----------------------------------------------------------------------------------------------

    def set_narrow(self, width_logical: float, sidebar_shown: bool) -> None:
        """`width_logical`: the window's width ÷ text size factor. Without a sidebar its two buttons stand here."""
        narrow, own = width_logical < NARROW, width_logical < NARROW or not sidebar_shown
        if (narrow, own) != (self._narrow, self._own_buttons):
            self._narrow, self._own_buttons = narrow, own
            self.restyle()

    def restyle(self) -> None:
        px = theme().px
        self._title_line.setSpacing(px(4))
        self._button_line.setSpacing(px(8))
        for button in (self._panel, self._compose):
            button.setVisible(self._own_buttons)
        self._title.set_margins(0, 0)
        self._title.setContentsMargins(0, 0, 0, 0)
        self._fact_line.setContentsMargins(0, px(6), 0, px(20))
        self._cards_column.setContentsMargins(0, px(16), 0, 0)
        self._cards_column.setSpacing(px(12))
        self._head.setSpacing(px(12))
        self.table.set_narrow(self._narrow)
        set_gaps(self._title_line, ((self._compose, 8 if self._own_buttons else 0),))
        self._margins()
        self._wrap()

    def _margins(self) -> None:
        """The scroll bar, where there is one, stands inside the right margin."""
        px, bar = theme().px, self._area.verticalScrollBar()
        side = px(NARROW_MARGIN if self._narrow else MARGIN)
        right = side - (bar.sizeHint().width() if bar.maximum() > 0 else 0)
        self._column.setContentsMargins(side, px(16 if self._narrow else 28), max(0, right), px(32))
        self._foot.setContentsMargins(side, 0, side, px(8) if self.notices.isVisibleTo(self) else 0)

    def _wrap(self) -> None:
        """Buttons and facts move under each other before words are cut."""
        px, room = theme().px, self.width() - 2 * theme().px(NARROW_MARGIN if self._narrow else MARGIN)
        buttons = sum(one.sizeHint().width() for one in (self._import, self._download)) + px(8)
        lead = 2 * self._panel.sizeHint().width() + px(12) if self._own_buttons else 0
        across = self._title.sizeHint().width() + lead + buttons + px(24) <= room
        along, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._head.setDirection(along if across else down)
        self._button_line.setDirection(along if buttons <= room else down)
        shown = [fact for fact in (*self._facts, self._first) if not fact.isHidden()]
        facts = sum(fact.sizeHint().width() + px(20) for fact in shown)
        self._fact_line.setDirection(along if facts <= room else down)
        self._fact_line.setSpacing(px(20) if facts <= room else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._wrap()

    def retranslate(self) -> None:
        self._title.set_text(self.tr("Models"))
        self._import.setText(self.tr("Import file…"))
        self._download.setText(self.tr("Download model…"))
        self._panel.set_hint(self.tr("Show the sidebar"), "Ctrl+B")
        self._compose.set_hint(self.tr("New chat"), "Ctrl+N")
        self.table.setAccessibleName(self.tr("Models on this computer"))
        self.setAccessibleName(self.tr("Models"))
        self._first.setText(self.tr("Choose a BELLE model…"))
        self._fill()
        self._show_works()

    # -- content --------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """However much is told at once, it is shown once, in a turn of its own."""
        self._soon.start(0)

    @property
    def whole(self) -> bool:
        """Whether everything that is known is shown."""
        return not self._soon.isActive() and self.table.whole

    def when_whole(self, call: Callable[[], object]) -> None:
        """Call it once when all rows are there."""
        self._calls.append(call)
        self._fill()

    def _filled(self) -> None:
        calls, self._calls = self._calls, []
        for call in calls:
            QTimer.singleShot(0, self, call)

    def states(self) -> list[RowState]:
        """What the table shows: all models, then the guide."""
        known, fraction = self._presenter, self._presenter.status.fraction
        catalogue = known.service.catalogue()
        rows = []
        for entry in known.entries:
            path = entry.manifest.path
            verdict = known.verdicts.get(entry.manifest.id)
            row = row_of(entry, catalogue, verdict, self._use_of(path), known.language, fraction)
            rows.append(leaving(row) if row.id in known.leaving else row)
        return [*rows, guide_row(self._use_of(None), fraction)]

    def _use_of(self, path: Path | None) -> str:
        """Of a file, or of the guide (None)."""
        known = self._presenter
        used = known.guide_in_use if path is None else known.in_use == path
        if not used:
            return NOT_USED
        if known.status.state is not ModelState.LOADING:
            return IN_USE
        return ASIDE if known.status.aside else LOADING

    def _show_library(self) -> None:
        self.table.set_rows(self.states())
        known = self._presenter
        words = [self._count(), "", ""]
        self._first.setVisible(not known.entries and not self.cards)
        if known.computer is not None and known.computer.drives:
            words[1] = self.tr("{size} free on the disk").format(size=size(known.computer.drives[0].free))
        free, computer = known.free_memory, known.computer
        if free is not None and computer is not None:
            sold = computer.sold_gb * GB  # as it says on the box, unless nearly all of it is free
            total = sold if free <= sold else computer.memory.total
            memory = self.tr("Memory available {free} / {total}")
            words[2] = memory.format(free=size(min(free, total)), total=size(total).replace(".0 ", " "))
        for label, text in zip(self._facts, words, strict=True):
            label.set_text(text)
            label.setVisible(bool(text))
        self._wrap()

    def _count(self) -> str:
        """How many there are, with the guide, and what they take on the disk."""
        entries = self._presenter.entries
        if not entries:
            return self.tr("No model is installed yet")
        guide = self._presenter.service.catalogue().find(GUIDE)
        total = sum(entry.manifest.size for entry in entries) + (guide.recommended.size if guide else 0)
        return self.tr("{count} models, {size}").format(count=len(entries) + 1, size=size(total))

    def _show_installs(self) -> None:
        states = cards_wanted(self._presenter.installs)
        wanted = {state.id for state in states}
        for install in [one for one in self.cards if one not in wanted]:
            self._take_out(self.cards.pop(install))
        for state in states:
            if state.id in self.cards:
                self.cards[state.id].set_state(state)
            else:
                card = self.cards[state.id] = InstallCard(state, self._presenter.runtime.languages)
                self._cards_column.addWidget(card)
                self.card_made.emit(card)
        self._show_card_box()
        self._fill()

    def _show_works(self) -> None:
        works = self._presenter.works
        for job in [one for one in self._works if one not in works]:
            self._take_out(self._works.pop(job))
        for job, work in works.items():
            if job not in self._works:
                card = self._works[job] = ProgressCard()
                stop = card.add_icon("close", partial(self._presenter.stop_work, job))
                stop.set_hint(self.tr("Cancel"))
                self._cards_column.addWidget(card)
            self._works[job].set_state(self._work_state(work))
        self._show_card_box()

    def _work_state(self, work: Work) -> CardState:
        titles = {
            "verify": (self.tr("Verifying {name}"), "check-circle"),
            "export": (self.tr("Copying {name}"), "disk"),
            "pack": (self.tr("Making an offline pack of {name}"), "disk"),
            "import": (self.tr("Importing {name}"), "import"),
            "trash": (self.tr("Moving {name} to the trash"), "trash"),
            "undo": (self.tr("Bringing {name} back"), "refresh"),
        }
        title, icon = titles[work.kind]
        fraction = min(1.0, work.done / work.total) if work.total else None
        facts = (f"{int(fraction * 100)}%",) if fraction is not None else (self.tr("beginning"),)
        return CardState(title.format(name=work.name), icon, facts, fraction)

    def _take_out(self, card: QWidget) -> None:
        self._cards_column.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _show_card_box(self) -> None:
        self._card_box.setVisible(bool(self.cards or self._works))

    # -- wishes ---------------------------------------------------------------------------------------------

    def row(self, identity: str) -> ModelRow | None:
        return self.table.row(identity)

    def open_import_menu(self) -> None:
        """The system's dialogs choose either files or folders."""
        menu = self._fresh_menu()
        menu.add(self.tr("A file…"), icon="text").triggered.connect(self.import_file_requested)
        menu.add(self.tr("A folder…"), icon="folder").triggered.connect(self.import_folder_requested)
        menu.setAccessibleName(self.tr("Import"))
        menu.open_below(self._import)

    def open_download_menu(self) -> None:
        menu = self._fresh_menu()
        menu.add(self.tr("A BELLE model…"), icon="models").triggered.connect(self.setup_requested)
        menu.add(self.tr("Another model from the hub…"), icon="globe").triggered.connect(self.hub_requested)
        menu.setAccessibleName(self.tr("Download"))
        menu.open_below(self._download)

    def _fresh_menu(self) -> Menu:
        from app.ui.widgets.menu import Menu

        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = Menu(self)
        return self._menu

    def _follow_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Arrows and buttons may put the focus where it cannot be seen."""
        inner = self._area.widget()
        if now is not None and inner is not None and inner.isAncestorOf(now):
            self._area.ensureWidgetVisible(now, 0, theme().px(MARGIN))

    def focus_first(self) -> None:
        """Where the keyboard begins on this page."""
        self._download.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down scroll where nothing else wants them."""
        bar = self._area.verticalScrollBar()
        steps = {Qt.Key.Key_PageDown: bar.pageStep(), Qt.Key.Key_PageUp: -bar.pageStep()}
        by = steps.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + by)
