"""The last page: what the model said when it was first asked something."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.runtime.models.setup_state import Page
from app.ui.theme import theme
from app.ui.widgets.labels import Label
from app.ui.widgets.live import Live
from app.ui.widgets.paint import box
from app.ui.wizard.page import Foot, SetupPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.problems import Problems, Told


class Bubble(Live, QWidget):
    """A question as it stands in a chat."""

    def __init__(self) -> None:
        super().__init__()
        self.label = Label(role="reading", wrap=True)
        self._box = QVBoxLayout(self)
        self._box.addWidget(self.label)
        self.go_live()

    def restyle(self) -> None:
        px = theme().px
        self._box.setContentsMargins(px(16), px(9), px(16), px(9))
        self.setMaximumWidth(px(560))

    def set_text(self, text: str) -> None:
        self.label.set_text(text)
        self.label.setMinimumWidth(min(self.label.sizeHint().width(), theme().px(528)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        box(QPainter(self), self.rect(), "bubble", "", theme().px(14))


class AnswerPage(SetupPage):
    """Question and answer as in a chat; what is strange about the answer is told above."""

    page = Page.FIRST_ANSWER

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.notes = Problems("warn")
        self.add(self.notes, 16)
        self.question, self.answer = Bubble(), Label(role="reading", wrap=True)
        self.name = Label(role="tiny", token="text-2", wrap=True)
        self._asked = QWidget()
        row = QHBoxLayout(self._asked)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.question)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.add(self._asked, 24)
        self.add(self.name, 18)
        self.add(self.answer, 4)
        self.end()
        self.go_live()

    def refresh(self) -> None:
        install, state = self.facts.install, self.state
        name = install.name if install else state.plan.name if state.plan else ""
        said = bool(state.answer.strip())
        self.title.set_text(self.tr("{name} is ready").format(name=name))
        first = self.tr("It has just answered its first question, on this computer and without any connection.")
        untried = self.tr("It is in the library. It was not asked anything yet.")
        self.intro.set_text(first if said else untried)
        for part in (self._asked, self.name, self.answer):
            self.set_shown(part, said)
        self.question.set_text(state.question)
        self.name.set_text(f"**{name}**")
        self.answer.set_text(state.answer.strip().replace("**", ""))
        notes = install.notes if install is not None and install.entry == state.entry else ()
        words = [self.presenter.languages.words(note) for note in notes]
        self.notes.tell(*(Told(what, "", then) for what, then in words))
        self.set_shown(self.notes, bool(words))

    def foot(self) -> Foot:
        return Foot(self.tr("Start chatting"), "", self.tr("Set up another model"))
