"""Where models are fetched from: the official hub, the mirror or an address of the user's, and how fast each is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from app.errors import Fixable
from app.runtime.models.measuring import Measured, fastest
from app.runtime.models.sources import KNOWN, MIRROR, OFFICIAL, Source, custom_source
from app.ui.i18n import Languages
from app.ui.models.words import rate, sentences
from app.ui.theme import theme
from app.ui.widgets.choice_card import ChoiceCard, TextRow
from app.ui.widgets.icon_fact import IconFact
from app.ui.widgets.labels import Label
from app.ui.widgets.tag import Tag

OTHER = "other"  # value of the row with an address of the user's


class SourceRow(TextRow):
    """A source, with a tag and what was measured beside it."""

    def __init__(self, value: str) -> None:
        self.tag, self.speed = Tag(tone="ok"), Label(role="small", token="text-2", wrap=True)
        self._measured = QHBoxLayout()
        super().__init__(value)
        self._measured.addWidget(self.tag, 0, Qt.AlignmentFlag.AlignTop)
        self._measured.addWidget(self.speed, 1)
        self.words.addLayout(self._measured)
        self.see_through(self.tag, self.speed)
        self.tell_speed("", "")

    def tell_speed(self, text: str, tag: str, tone: str = "ok", token: str = "text-2") -> None:
        self.tag.set_tone(tone)
        self.tag.set_text(tag)
        self.tag.setVisible(bool(tag))
        self.speed.set_text(text)
        self.speed.set_token(token)
        self.speed.setVisible(bool(text))
        self._measured.setContentsMargins(0, theme().px(8) if text else 0, 0, 0)
        self.setAccessibleDescription(" ".join(part for part in (tag, text) if part))

    def restyle(self) -> None:
        super().restyle()
        self._measured.setSpacing(theme().px(8))


class SourceCard(ChoiceCard):
    """`taken` tells the endpoint that the user chose; `changed` that more is to be said, or less."""

    taken = Signal(str)
    changed = Signal()

    def __init__(self, languages: Languages) -> None:
        super().__init__()
        self._languages = languages
        self._source: str | None = None
        self._typed = False  # whether the row for the user's address is open
        self.official, self.mirror, self.other = (
            SourceRow(OFFICIAL.endpoint),
            SourceRow(MIRROR.endpoint),
            SourceRow(OTHER),
        )
        self.field = QLineEdit()
        self.wrong = IconFact("error", token="danger")
        self.wrong.hide()
        self._own = QVBoxLayout()
        for widget in (self.field, self.wrong):
            self._own.addWidget(widget)
        self.other.words.addLayout(self._own)
        for row in (self.official, self.mirror, self.other):
            self.add_choice(row)
        self.chosen.connect(self._chosen)
        self.field.editingFinished.connect(self.take_typed)
        self.field.textEdited.connect(lambda _text: self._say_wrong(None))
        self.go_live()

    # --- showing

    @property
    def complete(self) -> bool:
        """Whether what is shown can be used."""
        return self.wrong.isHidden() and not (self._typed and not self.field.text().strip())

    def show_source(self, endpoint: str | None) -> None:
        """The one that is chosen, None for none."""
        known = endpoint in [source.endpoint for source in KNOWN]
        if known and endpoint != self._source:
            self._typed = False
        elif endpoint and not known and not self.field.hasFocus():
            self._typed = True
            self.field.setText(endpoint)
        self._source = endpoint
        self.choose(OTHER if self._typed else endpoint)
        self.field.setVisible(self._typed)
        self._own.setContentsMargins(0, theme().px(10) if self._typed else 0, 0, 0)
        if not self._typed:
            self._say_wrong(None)

    def show_speeds(self, speeds: Sequence[Measured]) -> None:
        """What was measured so far."""
        known = {one.source.endpoint: one for one in speeds}
        best = fastest(speeds) if speeds else None
        for row in (self.official, self.mirror, self.other):
            endpoint = self._source if row is self.other and self._typed else row.value
            self._show_speed(row, known.get(endpoint or ""), best)

    def _show_speed(self, row: SourceRow, one: Measured | None, best: Source | None) -> None:
        if one is None:
            row.tell_speed("", "")
        elif one.problem is not None:
            what, _ = self._languages.words(one.problem)
            row.tell_speed(what, self.tr("not reachable"), "danger")
        else:
            wait = self.tr("answers after {n} s").format(n=f"{one.first_byte:.1f}")
            tag = self.tr("fastest") if best == one.source else ""
            row.tell_speed(self.tr("{rate}, {wait}").format(rate=rate(one.rate), wait=wait), tag)

    def test_words(self, measuring: bool) -> str:
        """Of the button that has the sources measured."""
        return self.tr("Testing the sources…") if measuring else self.tr("Test the sources")

    def result_words(self, speeds: Sequence[Measured]) -> str:
        """What the test says on the whole, or what it would take."""
        best = fastest(speeds) if speeds else None
        if best is not None:
            return self.tr("Fastest from here: {name}").format(name=best.name)
        if speeds:
            return self.tr("None of them can be reached now. Check the network, or use files you have.")
        return self.tr("Takes some seconds and downloads a few MB.")

    # --- choosing

    def _chosen(self, value: str) -> None:
        self._typed = value == OTHER
        if self._typed:
            self.take_typed()
        else:
            self.taken.emit(value)
        self.changed.emit()

    def take_typed(self) -> None:
        """Take what was typed, if it is an address."""
        text = self.field.text().strip()
        if not self._typed or not text:
            return
        try:
            endpoint = custom_source(text).endpoint
        except Fixable as error:
            self._say_wrong(error)
            return
        self._say_wrong(None)
        self.taken.emit(endpoint)

    def _say_wrong(self, error: Fixable | None) -> None:
        self.wrong.setVisible(error is not None)
        if error is not None:
            self.wrong.set_text(sentences(*self._languages.words(error)))
        mark_wrong(self.field, self.wrong.label.text() if error is not None else "")
        if error is not None:
            self.changed.emit()

    # --- look and language

    def restyle(self) -> None:
        self._own.setSpacing(theme().px(6))
        self.field.setFont(theme().font("interface"))

    def retranslate(self) -> None:
        self.official.set_words("Hugging Face", self.tr("The official hub, huggingface.co"))
        self.mirror.set_words(
            "hf-mirror", self.tr("A mirror run by volunteers, hf-mirror.com; often faster in mainland China")
        )
        self.other.set_words(self.tr("Another address"), self.tr("A server that speaks the hub's protocol"))
        self.field.setPlaceholderText("https://")
        self.field.setAccessibleName(self.tr("Address of the source"))


def mark_wrong(field: QLineEdit, words: str) -> None:
    """Show a field as wrong, and say so to screen readers; as it was if there are no words."""
    field.setProperty("wrong", "true" if words else "false")
    field.style().unpolish(field)
    field.style().polish(field)
    field.setAccessibleDescription(words)
