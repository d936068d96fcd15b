"""The page on which a model is chosen: the suitable ones first, in numbers for this computer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QWidget

from app.runtime.models.catalogue import Model, ModelKind, ModelTarget
from app.runtime.models.memory import Fit
from app.runtime.models.setup_state import ChooseModel, Page
from app.ui.theme import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.choice_card import ChoiceCard
from app.ui.widgets.icon_fact import IconFact
from app.ui.widgets.labels import Label
from app.ui.widgets.menu import Menu
from app.ui.wizard.options import OptionRow
from app.ui.wizard.page import Foot, SetupPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.words import amount, target_facts

SHORT_LIST = 4  # models shown at first
OWN = "own files"  # value of the row for files of the user's


class ModelPage(SetupPage):
    """`asked` is the row for whose choice a second word is wanted: there is too little memory for it."""

    page = Page.MODEL

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.asked: tuple[Model, ModelTarget] | None = None
        self._all = self._types = self._narrow = False
        self._menu: Menu | None = None
        self._dialog: QFileDialog | None = None
        self.memory, self.disk = IconFact("cpu"), IconFact("disk")
        self.card, self.types = ChoiceCard(), ChoiceCard()
        self.warning = Banner("warn")
        self.anyway = self.warning.add_button("")
        self.instead = self.warning.add_button("", "text")
        self.types_title = Label(role="card-title", wrap=True)
        self.unusable = [IconFact("info")]
        self.more, self.accuracy, self.files = self.link("chevron-down"), self.link("settings"), self.link("import")
        self._lay_out()
        self.card.chosen.connect(self._chosen)
        self.types.chosen.connect(self._type_chosen)
        self.anyway.clicked.connect(self._take_asked)
        self.instead.clicked.connect(self._take_instead)
        self.more.clicked.connect(self._toggle_all)
        self.accuracy.clicked.connect(self._toggle_types)
        self.files.clicked.connect(self._open_menu)
        self.go_live()

    def _lay_out(self) -> None:
        self._about, self._links = QWidget(), QWidget()
        self._about_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._about)
        self._link_row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._links)
        for layout, parts in (
            (self._about_row, (self.memory, self.disk)),
            (self._link_row, (self.more, self.accuracy, self.files)),
        ):
            layout.setContentsMargins(0, 0, 0, 0)
            for part in parts:
                layout.addWidget(part)
            layout.addStretch(1)
        self.add(self._about, 16)
        self.add(self.card, 14)
        self.add(self.warning, 12)
        self.add(self._links, 15)
        for fact in self.unusable:
            self.add(fact, 12)
        self.add(self.types_title, 24)
        self.add(self.types, 10)
        self.end()

    # --- showing

    def refresh(self) -> None:
        self.title.set_text(self.tr("Choose a model"))
        self.intro.set_text(self.tr("You can add or change models at any time under “Models”."))
        self._show_computer()
        self._show_rows()
        self._show_warning()
        self._show_links()
        self._show_types()
        self._show_problem()
        self.set_narrow(self._narrow)

    def _show_computer(self) -> None:
        computer = self.facts.computer
        self.set_shown(self._about, computer is not None)
        if computer is not None:
            text = self.tr("This computer: {size} GB of memory, {free} available now")
            self.memory.set_text(text.format(size=computer.sold_gb, free=amount(computer.free_memory)))
            drive = self.facts.drive(self.state.choices.folder)
            self.disk.setVisible(drive is not None)
            if drive is not None:
                self.disk.set_text(self.tr("{free} free on the drive").format(free=amount(drive.free)))

    def _offered(self) -> list[Model]:
        """Recommended first, then in the catalogue's order."""
        catalogue = self.facts.catalogue
        if catalogue is None:
            return []
        best = self.facts.recommended()
        models = [one for one in catalogue.usable() if one.kind is not ModelKind.GUIDE]
        return sorted(models, key=lambda one: one is not best)

    def _show_rows(self) -> None:
        models, best = self._offered(), self.facts.recommended()
        self.set_shown(self.card, bool(models))
        chosen = self.facts.model(self.state.choices)
        short = models[:SHORT_LIST]
        listed = models if self._all else short + [one for one in models if one is chosen and one not in short]
        rows = self._rows_of([OWN, *(model.id for model in listed)] if models else [])
        own = self._tell_own(rows[0] if rows else None)
        for model, row in zip(listed, rows[1:], strict=False):
            self._tell_model(row, model, model is best, own)
        self.card.show_only([row for row in self.card.rows if row in rows and (own or row.value != OWN)])
        self.card.choose(self._value())

    def _rows_of(self, values: list[str]) -> list[OptionRow]:
        """Made when they are first listed."""
        known = {row.value: row for row in self.card.rows if isinstance(row, OptionRow)}
        for value in values:
            if value not in known:
                known[value] = OptionRow(value)
                self.card.add_choice(known[value])
        return [known[value] for value in values]

    def _value(self) -> str:
        """The row to mark."""
        chosen = self.state.choices.model
        if self.asked is not None:
            return self.asked[0].id
        if chosen is None:
            return ""
        return OWN if chosen.path is not None else chosen.model

    def _tell_model(self, row: OptionRow, model: Model, best: bool, own: bool) -> None:
        chosen = self.facts.model(self.state.choices) is model
        target = self.facts.target(self.state.choices) if chosen else None
        target = target or self.facts.fitting(model)
        row.tell(
            model.name,
            model.good_for.text(self.presenter.languages.current),
            target_facts(model, target),
            self.facts.verdict(target.memory),
            good=self.tr("recommended") if best and not own else "",
            plain="" if model.chat else self.tr("base model"),
            key=self.tr("needs a key file") if model.key else "",
        )

    def _tell_own(self, row: OptionRow | None) -> bool:
        """The row of the user's files; False if there are none to use."""
        own = self.facts.own
        if own is None or own.choice is None or row is None:
            return False
        found, size = own.found, amount(own.found.size) if own.found and own.found.size else ""
        sentence = self.tr("Your files: {path}").format(path=own.path)
        if own.problem is not None:
            sentence = self.tr("Your files: {path}. What is missing will be downloaded.").format(path=own.path)
        type_ = found.quantization if found else ""
        row.tell(
            own.model.name if own.model else own.path.name,
            sentence,
            (str(found.kind) if found else "", type_, size),
            None,
        )
        return True

    def _show_warning(self) -> None:
        self.set_shown(self.warning, self.asked is not None)
        if self.asked is None:
            return
        model, target = self.asked
        verdict, best = self.facts.verdict(target.memory), self.facts.recommended()
        title = self.tr("{name} needs more memory than is free").format(name=model.name)
        short = amount(-verdict.left) if verdict else ""
        text = self.tr("{short} are missing now. It may start after other programs are closed, or be very slow.")
        self.warning.set_text(title, text.format(short=short))
        self.anyway.setText(self.tr("Choose it all the same"))
        self.instead.setVisible(best is not None and best is not model)
        if best is not None:
            self.instead.setText(self.tr("Take {name}").format(name=best.name))

    def _show_links(self) -> None:
        models = self._offered()
        self.more.setVisible(len(models) > SHORT_LIST)
        all_words = self.tr("Show all {n} models").format(n=len(models))
        self.more.setText(self.tr("Show fewer models") if self._all else all_words)
        looking, files = self.tr("Looking at your files…"), self.tr("Import model files you have…")
        self.files.setText(looking if self.facts.looking else files)
        self.files.setEnabled(not self.facts.looking)
        model, target = self.facts.model(self.state.choices), self.facts.target(self.state.choices)
        several = model is not None and target is not None and len(model.targets) > 1 and self._value() != OWN
        self.accuracy.setVisible(several)
        if target is not None:
            text = self.tr("Accuracy: {words} ({type})")
            self.accuracy.setText(text.format(words=self._words(target), type=target.type))
        catalogue, language = self.facts.catalogue, self.presenter.languages.current
        rows = [one for one in catalogue.models if not one.usable] if catalogue and self._all else []
        for fact, row in zip(self.unusable, rows + [None] * len(self.unusable), strict=False):
            self.set_shown(fact, row is not None)
            if row is not None and row.reason is not None:
                text = self.tr("**{name}** cannot be used: {reason}")
                fact.set_text(text.format(name=row.name, reason=row.reason.text(language)))
        self._arrange()

    def _words(self, target: ModelTarget) -> str:
        return target.words.text(self.presenter.languages.current)

    def _show_types(self) -> None:
        model, target = self.facts.model(self.state.choices), self.facts.target(self.state.choices)
        shown = self._types and not self.accuracy.isHidden() and model is not None
        self.set_shown(self.types_title, shown)
        self.set_shown(self.types, shown)
        if not shown or model is None:
            return
        self.types_title.set_text(self.tr("How exactly shall {name} be kept?").format(name=model.name))
        best = self.facts.fitting(model)
        known = {row.value: row for row in self.types.rows}
        rows = []
        for one in model.targets:
            row = known.get((model.id, one))
            if row is None:
                row = OptionRow((model.id, one))
                self.types.add_choice(row)
            installed = self.tr("{size} installed").format(size=amount(one.size))
            fetched = self.tr("{size} download").format(size=amount(one.download))
            verdict, good = self.facts.verdict(one.memory), self.tr("recommended") if one is best else ""
            if isinstance(row, OptionRow):
                row.tell(self._words(one), "", (one.type, installed, fetched), verdict, good=good)
            rows.append(row)
        self.types.show_only(rows)
        self.types.choose((model.id, target))

    def _show_problem(self) -> None:
        own = self.facts.own
        error = self.state.error or (own.problem if own is not None and own.choice is None else None)
        if own is not None and error is not None and error is own.problem:
            again = (self.tr("Choose other files…"), self._open_menu)
            self.show_error(again, title=self.tr("These files cannot be used"), error=error)
        else:
            self.show_error()

    def foot(self) -> Foot:
        target, summary = self.facts.target(self.state.choices), ""
        own = self.state.choices.model is not None and self.state.choices.model.path is not None
        if target is not None and not own:
            text = self.tr("{download} to download, {size} when installed")
            summary = text.format(download=amount(target.download), size=amount(target.size))
        return Foot(self.tr("Next"), self.tr("Back"), self.tr("Later"), summary)

    def ready(self) -> bool:
        return super().ready() and self.asked is None

    def start(self) -> QWidget | None:
        return self.card.checked() or next((row for row in self.card.rows if not row.isHidden()), None)

    def leave(self) -> None:
        self.asked = None

    # --- choosing

    def _chosen(self, value: str) -> None:
        self.asked = None
        own = self.facts.own
        if value == OWN and own is not None and own.choice is not None:
            row = own.model if own.choice.model and not own.choice.file else None
            target = self.facts.fitting(row).type if row else ""
            self.presenter.act(ChooseModel(own.choice, target))
        elif self.facts.catalogue is not None:
            model = self.facts.catalogue.find(value)
            if model is not None and value != self._chosen_id():
                self._take(model, self.facts.fitting(model))
        self.presenter.changed.emit()

    def _chosen_id(self) -> str:
        chosen = self.state.choices.model
        return chosen.model if chosen is not None and chosen.path is None else ""

    def _type_chosen(self, value: tuple[str, ModelTarget]) -> None:
        self.asked = None
        model = self.facts.catalogue.find(value[0]) if self.facts.catalogue else None
        if model is not None:
            self._take(model, value[1])

    def _take(self, model: Model, target: ModelTarget) -> None:
        """Choose it, or ask first where it does not fit."""
        verdict = self.facts.verdict(target.memory)
        if verdict is not None and verdict.fit is Fit.TOO_SMALL and model is not self.facts.recommended():
            self.asked = (model, target)
            self.presenter.changed.emit()
            self.to_be_seen.emit(self.warning)
        else:
            self.presenter.act(self.facts.choose(model, target))

    def _take_asked(self) -> None:
        if self.asked is not None:
            (model, target), self.asked = self.asked, None
            self.presenter.act(self.facts.choose(model, target))
            self.presenter.changed.emit()

    def _take_instead(self) -> None:
        best, self.asked = self.facts.recommended(), None
        if best is not None:
            self.presenter.act(self.facts.choose(best))
        self.presenter.changed.emit()

    # --- links

    def _toggle_all(self) -> None:
        self._all = not self._all
        self.presenter.changed.emit()

    def _toggle_types(self) -> None:
        self._types = not self._types
        self.presenter.changed.emit()
        if self._types:
            self.to_be_seen.emit(self.types)

    def _open_menu(self) -> None:
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = Menu(self)
        self._menu.add(self.tr("A file…"), icon="import").triggered.connect(lambda: self.browse(False))
        self._menu.add(self.tr("A folder…"), icon="folder").triggered.connect(lambda: self.browse(True))
        self._menu.popup(self.files.mapToGlobal(QPoint(0, self.files.height() + theme().px(4))))

    def browse(self, folder: bool) -> None:
        """The system's dialog, which nobody waits for."""
        dialog = QFileDialog(self, self.tr("Model files you have"))
        dialog.setFileMode(QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.presenter.look_at(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    # --- look

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        for row in (*self.card.rows, *self.types.rows):
            if isinstance(row, OptionRow):
                row.set_narrow(narrow)

    def restyle(self) -> None:
        super().restyle()
        self._about_row.setSpacing(theme().px(20))
        self._link_row.setSpacing(theme().px(18))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """What stands side by side goes below each other where there is no room."""
        for layout, parts in (
            (self._about_row, (self.memory, self.disk)),
            (self._link_row, (self.more, self.accuracy, self.files)),
        ):
            wide = sum(one.sizeHint().width() + theme().px(20) for one in parts if not one.isHidden())
            tall = wide > max(self.width(), 1)
            layout.setDirection(QBoxLayout.Direction.TopToBottom if tall else QBoxLayout.Direction.LeftToRight)
