"""The wizard's shell: steps at the left, one page, the foot; keyboard, small windows, languages."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.runtime.models.setup_flow import can_go_back
from app.runtime.models.setup_state import AddAnother, Back, GoTo, Leave, Next, Page
from app.runtime.models.setup_steps import StepStatus, steps
from app.ui.theme import theme
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.wizard.answer_page import AnswerPage
from app.ui.wizard.foot import SetupFoot
from app.ui.wizard.key_page import KeyPage
from app.ui.wizard.model_page import ModelPage
from app.ui.wizard.page import SetupPage
from app.ui.wizard.plan_page import PlanPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.progress_page import ProgressPage
from app.ui.wizard.source_page import SourcePage
from app.ui.wizard.start_pages import ComputerPage, FolderPage, LanguagePage
from app.ui.wizard.steps import StepList
from app.ui.wizard.terms_page import TermsPage

PAGES: tuple[type[SetupPage], ...] = (
    LanguagePage,
    ComputerPage,
    FolderPage,
    ModelPage,
    TermsPage,
    SourcePage,
    KeyPage,
    PlanPage,
    ProgressPage,
    AnswerPage,
)
COLUMN, MARGIN_X, NARROW_MARGIN, MARGIN_Y = 840, 40, 24, 32
NARROW = 1000  # logical px: the steps leave the layout
STEPS_WIDTH = 264


class SetupWizard(Live, QWidget):
    """Shows what `presenter` knows: the frame at once, the first page in the next turn of the event loop.

    `closed`: back to the chat; `model_ready`: the entry of the library to chat with; `language_chosen`: by code;
    `guide_asked`: a question that the user wants to put to the guide."""

    closed = Signal()
    model_ready = Signal(str)
    language_chosen = Signal(str)
    guide_asked = Signal(str)

    def __init__(self, presenter: SetupPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.presenter = presenter
        self._pages: dict[Page, SetupPage] = {}
        self.steps, self.foot = StepList(), SetupFoot()
        self.place = Label(role="small", token="text-3")
        self._lay_out()
        self.steps.clicked.connect(lambda page: presenter.act(GoTo(page)))
        self.foot.next.clicked.connect(self.go_on)
        self.foot.back.clicked.connect(lambda: presenter.act(Back()))
        self.foot.back_to_chat.clicked.connect(self._hide)
        self.foot.later.clicked.connect(self._later)
        presenter.changed.connect(self._show)
        presenter.closed.connect(self.closed)
        presenter.model_ready.connect(self.model_ready)
        presenter.language_chosen.connect(self.language_chosen)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)
        self.go_live()

    def _lay_out(self) -> None:
        self._inner = QWidget()
        inner = QVBoxLayout(self._inner)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.place)
        self._stack = QVBoxLayout()
        inner.addLayout(self._stack, 1)
        middle = QWidget()
        self._across = QHBoxLayout(middle)
        self._across.addStretch(1)
        self._across.addWidget(self._inner)
        self._across.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(middle)
        self._area.verticalScrollBar().rangeChanged.connect(lambda _low, _high: self._margins())
        for part in (self._area.viewport(), middle):
            part.setAutoFillBackground(False)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._area, 1)
        right.addWidget(self.foot)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.steps)
        outer.addLayout(right, 1)

    # --- showing

    @property
    def page(self) -> SetupPage:
        """The page that is shown."""
        return self._pages[self.presenter.state.page]

    def _show(self) -> None:
        """Only where it can be seen: while it is hidden, an install tells something five times a second."""
        if not self.isVisible():
            return
        state = self.presenter.state
        before = next((page for page in self._pages.values() if not page.isHidden()), None)
        if not self._pages:  # the very first: made in this turn of the event loop, shown in the next
            self._make(state.page)
            QTimer.singleShot(0, self, self._appear)
            return
        if state.page not in self._pages:
            self._make(state.page)
        page = self._pages[state.page]
        page.refresh()
        self.steps.set_rows(steps(state))
        row = next(row for row in steps(state) if row.status in (StepStatus.CURRENT, StepStatus.DONE))
        current = next((row for row in steps(state) if row.status is StepStatus.CURRENT), row)
        text = self.tr("Step {number} of {total}")
        self.place.set_text(text.format(number=current.number, total=len(steps(state))))
        self.foot.show_foot(page.foot(), can_go_back(state), page.ready())
        if before is not page:
            if before is not None:
                before.hide()
                before.leave()
            page.show()
            self._area.verticalScrollBar().setValue(0)
        self._chain()
        focus = QApplication.focusWidget()
        lost = focus is None or not focus.isEnabled() or (focus is page.title and self.foot.next.isEnabled())
        if before is not page or lost:
            self._enter()

    def _make(self, page: Page) -> None:
        """Pages are made when they are first shown."""
        made = next(one for one in PAGES if one.page is page)(self.presenter)
        made.hide()
        self._pages[page] = made
        self._stack.addWidget(made)
        made.set_narrow(self.steps.isHidden())
        made.to_be_seen.connect(lambda part: QTimer.singleShot(0, part, lambda: self._bring_into_sight(part)))
        if isinstance(made, KeyPage):
            made.guide_asked.connect(self._ask_guide)

    def _enter(self) -> None:
        """The keyboard goes to where the page begins: to what is to be chosen, else to Next, else to the title."""
        if not self.isVisible() or not self._pages:
            return
        target = self.page.start()
        if target is None or not target.isVisibleTo(self) or not target.isEnabled():
            target = self.foot.next if self.foot.next.isEnabled() else self.page.title
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.setAccessibleName(f"{self.place.text()}: {self.page.title.text()}")
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.NameChanged))

    def _chain(self) -> None:
        """Tab goes through steps, page and foot as they stand, though parts are made at different times."""
        order = [*self.steps.buttons, *_focusable(self.page), *_focusable(self.foot)]
        for one, following in pairwise(order):
            QWidget.setTabOrder(one, following)

    def _focus_moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.isVisible():
            return
        if self._inner.isAncestorOf(now):
            self._area.ensureWidgetVisible(now, 0, theme().px(16))
        elif now.window() is self.window() and not now.isVisible():
            self._enter()  # the chat behind has asked for the keyboard

    def _bring_into_sight(self, part: QWidget) -> None:
        """When the layout has given it its place."""
        self._area.ensureWidgetVisible(part, 0, theme().px(16))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._lay_wide()
        if self._pages:
            self._appear()
        else:
            QTimer.singleShot(0, self, self._appear)

    def _appear(self) -> None:
        self._show()
        self._lay_wide()
        self._enter()

    # --- actions

    def go_on(self) -> None:
        """Next, if the page allows it."""
        if self._pages and self.page.ready():
            self.presenter.act(Next())

    def _later(self) -> None:
        page = self.page
        if isinstance(page, ProgressPage):
            page.show_log()
        elif isinstance(page, AnswerPage):
            self.presenter.model_ready.emit(self.presenter.state.entry)
            self.presenter.act(AddAnother())
        else:
            self.presenter.act(Leave())

    def _hide(self) -> None:
        page = self.page
        if isinstance(page, ProgressPage):
            page.hide_wizard()

    def _ask_guide(self, question: str) -> None:
        self.presenter.act(Leave())
        self.guide_asked.emit(question)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, else Next; page keys scroll."""
        bar = self._area.verticalScrollBar()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = QApplication.focusWidget()
            if isinstance(focus, QPushButton) or (isinstance(focus, QAbstractButton) and not focus.isCheckable()):
                focus.click()
            else:
                self.go_on()
        elif event.key() == Qt.Key.Key_PageDown:
            bar.setValue(bar.value() + bar.pageStep())
        elif event.key() == Qt.Key.Key_PageUp:
            bar.setValue(bar.value() - bar.pageStep())
        else:
            super().keyPressEvent(event)

    # --- look

    def restyle(self) -> None:
        self._lay_wide()

    def retranslate(self) -> None:
        if self._pages:
            self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_wide()

    def _lay_wide(self) -> None:
        px, factor = theme().px, theme().factor
        narrow = self.width() / factor < NARROW
        self.steps.setVisible(not narrow)
        self.place.setVisible(narrow)
        self.place.set_margins(0, px(4))
        room = self.width() - (0 if narrow else px(STEPS_WIDTH))
        side = px(NARROW_MARGIN if narrow else MARGIN_X)
        column = max(px(120), min(px(COLUMN), room - 2 * side))
        self._inner.setFixedWidth(column)
        for page in self._pages.values():
            page.set_narrow(narrow)
        self._margins()
        self.foot.set_column(column)

    def _margins(self) -> None:
        """The page stays where it is when the scroll bar comes."""
        px, bar = theme().px, self._area.verticalScrollBar()
        gap = bar.sizeHint().width() if bar.maximum() > 0 else 0
        self._across.setContentsMargins(gap, px(MARGIN_Y), 0, px(MARGIN_Y))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._pages:
            self._show()


def _focusable(widget: QWidget) -> list[QWidget]:
    """What of `widget` may have the keyboard, in the order of the layouts."""
    layout = widget.layout()
    return [one for part in _widgets(layout) for one in _with_inner(part)] if layout is not None else []


def _with_inner(part: QWidget) -> list[QWidget]:
    own = part.focusPolicy() & Qt.FocusPolicy.TabFocus or isinstance(part, (QAbstractButton, QLineEdit))
    return [*([part] if own and part.focusPolicy() != Qt.FocusPolicy.NoFocus else []), *_focusable(part)]


def _widgets(layout: QLayout) -> list[QWidget]:
    found: list[QWidget] = []
    for number in range(layout.count()):
        item = layout.itemAt(number)
        inner, part = (item.layout(), item.widget()) if item is not None else (None, None)
        if part is not None:
            found.append(part)
        elif inner is not None and not isinstance(inner, QStackedLayout):
            found += _widgets(inner)
    return found
