"""The first pages: language, this computer, the folder for models."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.runtime.models.hardware import Drive, Note, Size
from app.runtime.models.memory import Fit
from app.runtime.models.setup_state import ChooseFolder, ChooseLanguage, Page
from app.settings import QT_TRANSLATE_NOOP
from app.ui.widgets.card import Card
from app.ui.widgets.choice_card import ChoiceCard, TextRow
from app.ui.widgets.icon_fact import IconFact
from app.ui.widgets.labels import Label
from app.ui.wizard.page import Foot, SetupPage
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.rows import InfoRow
from app.ui.wizard.words import FITS, amount, words

LANGUAGES = (("zh_CN", "简体中文"), ("en", "English"))
OWN_FOLDER = Path("ChatBELLE", "models")  # on another drive
LEAST_FREE = 6_000_000_000  # bytes: a drive with less holds no model
SIZES = {
    Size.SMALL_7B: QT_TRANSLATE_NOOP("SetupWords", "7B models, small (Q4)"),
    Size.LARGE_7B: QT_TRANSLATE_NOOP("SetupWords", "7B models, nearly the original (Q8)"),
    Size.SMALL_13B: QT_TRANSLATE_NOOP("SetupWords", "13B models, small (Q4)"),
    Size.LARGE_13B: QT_TRANSLATE_NOOP("SetupWords", "13B models, nearly the original (Q8)"),
}
NOTES = {
    Note.GUIDE_ONLY: QT_TRANSLATE_NOOP(
        "SetupWords", "This computer has too little memory for BELLE models. You can still use the built-in guide."
    ),
    Note.MEMORY_BUSY: QT_TRANSLATE_NOOP(
        "SetupWords", "Other programs use much of the memory now. Close some before you chat with a model."
    ),
    Note.FEW_CORES: QT_TRANSLATE_NOOP("SetupWords", "With so few cores, answers come slowly."),
    Note.MANY_CORES: QT_TRANSLATE_NOOP("SetupWords", "With so many cores, answers come quickly."),
    Note.DISK_SHORT: QT_TRANSLATE_NOOP(
        "SetupWords", "No drive has room for a BELLE model. Make 13 GB free, or connect another drive."
    ),
    Note.DISK_TIGHT: QT_TRANSLATE_NOOP("SetupWords", "There is no room for the largest downloads."),
    Note.OTHER_DRIVE: QT_TRANSLATE_NOOP(
        "SetupWords", "Another drive has more room. You can choose it on the next page."
    ),
}
GOOD = (Note.MANY_CORES,)


class LanguagePage(SetupPage):
    """Chinese or English; the wizard changes at once."""

    page = Page.LANGUAGE

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.card = ChoiceCard()
        for code, name in LANGUAGES:
            row = TextRow(code)
            row.set_words(name)
            self.card.add_choice(row)
        self.card.chosen.connect(lambda code: presenter.act(ChooseLanguage(code)))
        self.guide = IconFact("guide")
        self.add(self.card, 20)
        self.add(self.guide, 20)
        self.end()
        self.go_live()

    def refresh(self) -> None:
        self.title.set_text(self.tr("Welcome to ChatBELLE"))
        self.intro.set_text(self.tr("In a few steps a BELLE model will answer on this computer. First: your language."))
        self.guide.set_text(
            self.tr("A small built-in guide answers questions about this app already, without any download.")
        )
        self.card.choose(self.state.choices.language)

    def foot(self) -> Foot:
        return Foot(self.tr("Next"), "", self.tr("Just try the guide"))

    def start(self) -> QWidget | None:
        return self.card.checked()


class ComputerPage(SetupPage):
    """What this computer has and what that means; nothing to decide."""

    page = Page.COMPUTER

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.facts_card, self.sizes_card = Card(), Card()
        self.memory, self.cores, self.disk = InfoRow("models"), InfoRow("cpu"), InfoRow("disk")
        for row in (self.memory, self.cores, self.disk):
            self.facts_card.add_row(row)
        self.means = Label(role="card-title", wrap=True)
        self.sizes = {size: InfoRow("chat", tag=True) for size in SIZES}
        for row in self.sizes.values():
            self.sizes_card.add_row(row)
        self.notes = [IconFact("info") for _ in range(4)]
        self.add(self.facts_card, 20)
        self.add(self.means, 18)
        self.add(self.sizes_card, 8)
        for number, note in enumerate(self.notes):
            self.add(note, 6 if number else 12)
        self.end()
        self.go_live()

    def refresh(self) -> None:
        computer, advice = self.facts.computer, self.facts.advice
        self.title.set_text(self.tr("This computer"))
        known = computer is not None and advice is not None
        waiting, ready = self.tr("Looking at memory, processor and drives…"), self.tr("Which models it can run.")
        self.intro.set_text(ready if known else waiting)
        for part in (self.facts_card, self.means, self.sizes_card):
            self.set_shown(part, known)
        for note in self.notes:
            self.set_shown(note, False)
        if computer is None or advice is None:
            return
        self.memory.tell(
            self.tr("Memory: {size} GB").format(size=computer.sold_gb),
            self.tr("{size} free now").format(size=amount(computer.memory.free)),
        )
        cores = computer.physical_cores
        self.cores.tell(
            self.tr("Processor: {n} cores").format(n=cores) if cores > 1 else self.tr("Processor: 1 core"),
            computer.processor,
            computer.system,
        )
        self.disk.tell(
            self.tr("Drives"),
            *(
                self.tr("{drive}: {free} free").format(drive=one.path, free=amount(one.free))
                for one in computer.drives[:4]
            ),
        )
        self.means.set_text(self.tr("What that means for models"))
        for one in advice.sizes:
            tone, word = FITS[one.possible]
            busy = one.possible is not Fit.TOO_SMALL and one.now is Fit.TOO_SMALL
            needs = self.tr("needs {size} of memory").format(size=amount(one.need))
            later = self.tr("only after other programs are closed") if busy else ""
            self.sizes[one.size].tell(words(SIZES[one.size]), needs, later, verdict=(tone, words(word)))
        for note, code in zip(self.notes, advice.notes, strict=False):
            good = code in GOOD
            note.set_look("check-circle" if good else "info", "ok" if good else "text-2")
            note.set_text(words(NOTES[code]))
            self.set_shown(note, True)


class FolderPage(SetupPage):
    """Where models are kept: the data folder, another drive, or any folder."""

    page = Page.FOLDER

    def __init__(self, presenter: SetupPresenter) -> None:
        super().__init__(presenter)
        self.card = ChoiceCard()
        self._dialog: QFileDialog | None = None
        self.card.chosen.connect(lambda folder: presenter.act(ChooseFolder(folder)))
        self.other = self.link("folder")
        self.other.clicked.connect(self.browse)
        self.hint = IconFact("info")
        self.add(self.card, 20)
        self.add(self.other, 18)
        self.add(self.hint, 18)
        self.end()
        self.go_live()

    def _folders(self) -> list[tuple[Path, Drive | None]]:
        """Places to offer, with their drives."""
        own, chosen = self.facts.folder, self.state.choices.folder
        places = [(own, self.facts.drive(own))]
        for drive in self.facts.computer.drives if self.facts.computer else ():
            if drive != places[0][1] and drive.free >= LEAST_FREE:
                places.append((drive.path / OWN_FOLDER, drive))
        if chosen is not None and chosen not in [place for place, _ in places]:
            places.append((chosen, self.facts.drive(chosen)))
        return places

    def refresh(self) -> None:
        self.title.set_text(self.tr("Where shall models be kept?"))
        self.intro.set_text(self.tr("One folder for all of them. You can move it later."))
        known = {row.value: row for row in self.card.rows}
        folders = self._folders()
        for place, drive in folders:
            row = known.get(place)
            if row is None:
                row = TextRow(place)
                self.card.add_choice(row)
            own = place == self.facts.folder
            title = self.tr("In the data folder of ChatBELLE") if own else self.tr("On another drive")
            if not own and (drive is None or place != drive.path / OWN_FOLDER):
                title = self.tr("In a folder of your choice")
            free = self.tr("{size} free on this drive").format(size=amount(drive.free)) if drive else ""
            if isinstance(row, TextRow):
                row.set_words(title, str(place), free)
        offered = [place for place, _ in folders]
        self.card.show_only([row for row in self.card.rows if row.value in offered])
        self.card.choose(self.state.choices.folder)
        self.other.setText(self.tr("Another folder…"))
        self.hint.set_text(
            self.tr(
                "Models are large: choose a drive inside this computer if you can; USB sticks and network drives "
                "are slow."
            )
        )
        same = self.tr("What has been downloaded is kept as long as you stay with this folder.")
        self.show_error(advice=same if self.state.failed else "")

    def start(self) -> QWidget | None:
        return self.card.checked()

    def browse(self) -> None:
        """The system's dialog, which nobody waits for."""
        dialog = QFileDialog(self, self.tr("A folder for models"), str(self.state.choices.folder or ""))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.presenter.act(ChooseFolder(Path(name))))
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()
