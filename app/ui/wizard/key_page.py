"""The page for what the user must bring: Meta's file, which opens encrypted models, and a tokenizer for files that come
without one. Choose it, test it within a second, learn what is wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.runtime.models.catalogue import Model
from app.runtime.models.setup_state import GoTo, Page
from app.settings import QT_TRANSLATE_NOOP
from app.ui.models.path_field import PathField
from app.ui.theme import theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.icon_fact import IconFact
from app.ui.widgets.labels import Label
from app.ui.widgets.menu import Menu
from app.ui.wizard.page import SetupPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.words import joined, words

META = "https://ai.meta.com/llama/"  # where Meta answers requests, for keys that name no place of their own
# What stands under the field: the banner says it in whole sentences
SHORT = {
    "key-missing": QT_TRANSLATE_NOOP("SetupWords", "No such file here"),
    "key-empty": QT_TRANSLATE_NOOP("SetupWords", "An empty file"),
    "key-hf": QT_TRANSLATE_NOOP("SetupWords", "A converted file, not Meta's own"),
    "key-llama2": QT_TRANSLATE_NOOP("SetupWords", "A file of LLaMA 2"),
    "key-other-size": QT_TRANSLATE_NOOP("SetupWords", "A file of another size of LLaMA"),
    "key-resaved": QT_TRANSLATE_NOOP("SetupWords", "Saved again: not Meta's bytes any more"),
    "key-truncated": QT_TRANSLATE_NOOP("SetupWords", "Not the whole file"),
    "key-lfs-pointer": QT_TRANSLATE_NOOP("SetupWords", "Only a Git LFS pointer"),
    "key-web-page": QT_TRANSLATE_NOOP("SetupWords", "A web page, not the file"),
    "key-wrong": QT_TRANSLATE_NOOP("SetupWords", "Not the file that is needed"),
}


class KeyField(QLineEdit):
    """A path, with a key in front."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = QLabel(self)

    def restyle(self) -> None:
        px = theme().px
        self.setFont(theme().font("interface"))
        self._icon.setPixmap(theme().pixmap("key", 18))
        self.setTextMargins(px(28), 0, 0, 0)
        self.setMinimumHeight(max(px(36), self.fontMetrics().height() + px(12)))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px = theme().px
        self._icon.setGeometry(px(11), (self.height() - px(18)) // 2, px(18), px(18))


class KeyPage(SetupPage):
    """Shows what the chosen model needs of the two. `guide_asked`: the user wants to ask the guide this question."""

    page = Page.KEY
    problem_kinds = ("primary", "secondary", "text")  # Next cannot be pressed while there is one
    guide_asked = Signal(str)

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self._menu: Menu | None = None
        self._dialog: QFileDialog | None = None
        self._details = False
        self.heading = Label(role="card-title", wrap=True)
        self.field, self.browse = KeyField(), Button(icon="folder")
        self._line = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._line)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.field, 1)
        self._row.addWidget(self.browse)
        self.verdict = IconFact("info")
        self.details = Label(role="code", token="text-2", wrap=True)
        self.without = Label(role="card-title", wrap=True)
        self.ways = Label(role="table", token="text-2", wrap=True)
        self.instead, self.how = self.link(), self.link("external")
        self._links = QWidget()
        links = self._link_row = QHBoxLayout(self._links)
        links.setContentsMargins(0, 0, 0, 0)
        links.addWidget(self.instead)
        links.addWidget(self.how)
        links.addStretch(1)
        self.tokenizer, self.tried = PathField(icon="text"), IconFact("info")
        self._key_parts = (self.heading, self._line, self.verdict, self.without, self.ways, self._links)
        for part, above in (
            (self.details, 12),
            (self.heading, 24),
            (self._line, 8),
            (self.verdict, 8),
            (self.tokenizer, 24),
            (self.tried, 8),
            (self.without, 28),
            (self.ways, 6),
            (self._links, 12),
        ):
            self.add(part, above)
        self.end()
        self.field.returnPressed.connect(self._typed)
        self.field.editingFinished.connect(self._typed)
        self.browse.clicked.connect(lambda: self.open_menu(self.browse))
        self.instead.clicked.connect(self._take_instead)
        self.how.clicked.connect(self._how)
        self.tokenizer.chosen.connect(self.presenter.test_tokenizer)
        self.go_live()

    # --- showing

    def refresh(self) -> None:
        model, chosen = self.facts.model(self.state.choices), self.state.choices.model
        name = model.name if model else chosen.path.name if chosen and chosen.path else ""
        needs_key, needs_tokenizer = self._needs()
        for part in self._key_parts:
            self.set_shown(part, needs_key)
        for part in (self.tokenizer, self.tried):
            self.set_shown(part, needs_tokenizer)
        if needs_key:
            self._show_key(model, name)
        if needs_tokenizer:
            self._show_tokenizer(name, alone=not needs_key)
        self._show_problem()

    def _needs(self) -> tuple[bool, bool]:
        """Whether a key is needed, and whether a tokenizer is."""
        chosen = self.state.choices.model
        tokenizer = chosen is not None and chosen.tokenizer
        return not tokenizer or (chosen is not None and chosen.key), tokenizer

    def _show_key(self, model: Model | None, name: str) -> None:
        key = model.key if model else None
        size = f"LLaMA {key.id}" if key else "LLaMA"
        self.title.set_text(self.tr("Choose the key file"))
        self.intro.set_text(
            self.tr(
                "{name} is published encrypted. Choose the original {llama} file that you have from Meta; ChatBELLE "
                "restores the model with it on this computer, and neither uploads nor changes it."
            ).format(name=name, llama=size)
        )
        self.heading.set_text(self.tr("Key file"))
        self.field.setAccessibleName(self.tr("Key file"))
        self.field.setPlaceholderText(key.path if key else "consolidated.00.pth")
        self.browse.setText(self.tr("Browse…"))
        place = self.state.choices.key
        if not self.field.hasFocus() or not self.field.isModified():
            self.field.setText(str(place) if place else "")
        self._show_verdict()
        self._show_ways()

    def _show_tokenizer(self, name: str, alone: bool) -> None:
        """`alone`: nothing else is asked for."""
        choices, error = self.state.choices, self.state.error
        self.tokenizer.set_name(self.tr("Tokenizer"))
        if alone:
            self.title.set_text(self.tr("Choose the tokenizer"))
            text = self.tr(
                "{name} comes without its tokenizer, the file that says how text becomes numbers. Choose "
                "tokenizer.model (LLaMA) or tokenizer.json (BLOOM) of the model that it was made from."
            )
            self.intro.set_text(text.format(name=name))
        if not self.tokenizer.isAncestorOf(QApplication.focusWidget() or self):
            self.tokenizer.set_path(choices.tokenizer)
        wrong = error is not None and choices.tokenizer is not None and not choices.tokenizer_good
        wrong = wrong and not self.facts.trying
        self.tokenizer.set_wrong(self.presenter.languages.words(error)[0] if wrong and error is not None else "")
        self.set_shown(self.tried, not wrong)
        if self.facts.trying:
            self.tried.set_look("clock", "text-2")
            self.tried.set_text(self.tr("Looking whether it fits…"))
        elif choices.tokenizer_good:
            self.tried.set_look("check-circle", "ok")
            self.tried.set_text(self.tr("It fits the files."))
        else:
            self.tried.set_look("info", "text-2")
            self.tried.set_text(self.tr("Choose the file, or type the folder in which it lies. It is not changed."))

    def _show_verdict(self) -> None:
        choices, error = self.state.choices, self.state.error
        wrong = error is not None and choices.key is not None and not choices.key_good
        if self.field.property("wrong") != ("true" if wrong else "false"):
            self.field.setProperty("wrong", "true" if wrong else "false")
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)
        self.set_shown(self.verdict, True)
        if self.facts.testing:
            self.verdict.set_look("clock", "text-2")
            self.verdict.set_text(self.tr("Testing the file…"))
        elif wrong and error is not None:
            short = SHORT.get(error.code)
            self.verdict.set_look("error", "danger")
            self.verdict.set_text(words(short) if short else self.presenter.languages.words(error)[0])
        elif choices.key_good and choices.key is not None:
            self.verdict.set_look("check-circle", "ok")
            text = self.tr("{file} is the file that is needed. It is tried on the first small files, too.")
            self.verdict.set_text(text.format(file=choices.key.name))
        else:
            self.verdict.set_look("info", "text-2")
            self.verdict.set_text(self.tr("Choose the file, or a folder in which it lies; testing takes a second."))

    def _show_problem(self) -> None:
        error = self.state.error
        if error is None:
            self._details = False
        if error is not None and error.code.startswith("weights-"):
            title = self.tr("These files cannot be read with this tokenizer")
            if self.state.choices.tokenizer is None:
                title = self.tr("These files come without a tokenizer")
            self.show_error((self.tr("Choose a tokenizer…"), self.tokenizer.browse), title=title)
            self.set_shown(self.details, False)
            return
        nothing = self.tr("Nothing has been changed.") if self.state.failed else ""
        nothing = nothing or self.tr("Nothing has been downloaded or changed yet.")
        self.show_error(
            (self.tr("Choose another file…"), lambda: self.open_menu(self.problem.buttons[0])),
            (self.tr("Ask the guide"), self._ask_guide),
            (self.tr("Hide details") if self._details else self.tr("Details"), self._toggle_details),
            title=self.tr("This key file does not fit the model"),
            advice=nothing,
        )
        self.set_shown(self.details, self._details and error is not None)
        if error is not None:
            self.details.set_text(f"{error}\n{self.state.choices.key or ''}")

    def _show_ways(self) -> None:
        best = self.facts.recommended()
        self.without.set_text(self.tr("You do not have this file?"))
        apply = self.tr("Meta gives it to people who apply for it. ChatBELLE cannot offer it to you.")
        other = self.tr("Or take {name}, which needs no key file.").format(name=best.name) if best else ""
        self.ways.set_text(joined(apply, other))
        self.instead.setVisible(best is not None)
        self.instead.setText(self.tr("Take {name}").format(name=best.name) if best else "")
        self.how.setText(self.tr("How to apply"))

    def start(self) -> QWidget | None:
        if self.state.error is not None:
            return self.problem.buttons[0]
        needs_key, needs_tokenizer = self._needs()
        if needs_key and not self.state.choices.key_good:
            return self.field
        return self.tokenizer if needs_tokenizer and not self.state.choices.tokenizer_good else None

    # --- actions

    def _typed(self) -> None:
        text = self.field.text().strip().strip('"')
        if text and self.field.isModified() and Path(text) != self.state.choices.key:
            self.field.setModified(False)
            self.presenter.test_key(Path(text))

    def open_menu(self, below: QWidget) -> None:
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = Menu(self)
        self._menu.add(self.tr("A file…"), icon="key").triggered.connect(lambda: self._browse(False))
        folder = self._menu.add(self.tr("A folder in which it lies…"), icon="folder")
        folder.triggered.connect(lambda: self._browse(True))
        self._menu.popup(below.mapToGlobal(QPoint(0, below.height() + theme().px(4))))

    def _browse(self, folder: bool) -> None:
        """The system's dialog, which nobody waits for."""
        before = self.state.choices.key
        dialog = QFileDialog(self, self.tr("Key file"), str(before.parent) if before else "")
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.presenter.test_key(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _take_instead(self) -> None:
        best = self.facts.recommended()
        if best is not None:
            self.presenter.act(GoTo(Page.MODEL))
            self.presenter.act(self.facts.choose(best))

    def _how(self) -> None:
        model = self.facts.model(self.state.choices)
        self.visit(model.key.get_it if model and model.key else META)

    def _ask_guide(self) -> None:
        self.guide_asked.emit(self.tr("What is the “key file”, and where do I get it?"))

    def _toggle_details(self) -> None:
        self._details = not self._details
        self.presenter.changed.emit()

    def restyle(self) -> None:
        super().restyle()
        self.field.restyle()
        self._row.setSpacing(theme().px(8))
        self._link_row.setSpacing(theme().px(18))
