"""A wizard with a models service that is played, and a person at its keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.errors import Fixable
from app.paths import Paths
from app.runtime.models.catalogue import Catalogue
from app.runtime.models.setup_state import Page
from app.runtime.models.sources import MIRROR
from app.settings import Settings
from app.ui.i18n import Languages
from app.ui.look import apply_look
from app.ui.widgets.focus_ring import FocusRing
from app.ui.wizard.presenter import SetupPresenter
from app.ui.wizard.wizard import SetupWizard
from tests.contracts.fake_setup import FakeSetup
from tests.runtime.weights.xor_kit import checkpoint

META_7B = checkpoint("consolidated/data.pkl")
META_13B = checkpoint("consolidated.00/data.pkl", columns=2560)
ENCRYPTED, PLAIN = "BELLE-LLaMA-7B-2M-enc", "BELLE-7B-2M"
NETWORK = Fixable("download-unreachable", host="huggingface.co", detail="timed out")


class Stage:
    """A wizard, and a person at its keyboard."""

    def __init__(self, qtbot: QtBot, home: Path, language: str = "en", fake: FakeSetup | None = None) -> None:
        self.qtbot, self.told = qtbot, [self]
        self.settings, self.languages = Settings(None, {"language": language, "theme": "light"}), Languages()
        apply_look(self.settings, self.languages)
        self.fake = fake or FakeSetup(lambda event: self.presenter.handle(event))
        self.fake._emit = lambda event: self.presenter.handle(event)
        self.paths = Paths(home).create()
        self.presenter = SetupPresenter(self.fake, self.settings, self.languages, self.paths)
        self.wizard = SetupWizard(self.presenter)
        self.wizard.language_chosen.connect(self._language)
        self.ring = FocusRing(self.wizard)
        qtbot.addWidget(self.wizard)
        self.wizard.resize(1280, 820)
        self.wizard.show()
        self.wizard.activateWindow()
        qtbot.waitActive(self.wizard)
        self.wait(lambda: self.presenter.facts.computer is not None)

    def _language(self, language: str) -> None:
        self.settings.set("language", language)
        apply_look(self.settings, self.languages)

    @property
    def page(self) -> Page:
        return self.presenter.state.page

    @property
    def install(self) -> str:
        return self.fake.installs()[-1].id

    def wait(self, reached: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(reached, timeout=20_000)

    def press(self, key: Qt.Key, times: int = 1) -> None:
        for _ in range(times):
            focus = QApplication.focusWidget()
            assert focus is not None and self.wizard.isAncestorOf(focus), focus
            QTest.keyClick(focus, key)

    def type(self, text: str) -> None:
        """As an input method does: `QTest` knows no key for Chinese."""
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        field.insert(text)

    def tab_to(self, wanted: QWidget) -> None:
        """With Tab alone; a widget that Tab does not reach fails."""
        for _ in range(80):
            if QApplication.focusWidget() is wanted:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach {wanted.accessibleName() or wanted}")

    def enter(self, page: Page) -> None:
        """Enter, which must lead to `page`."""
        self.press(Qt.Key.Key_Return)
        self.wait(lambda: self.page is page)
        self.check_names()

    def check_names(self) -> None:
        """Everything the keyboard can reach has a name to be read out, and fits into the page's width."""
        for widget in self.wizard.findChildren(QWidget):
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
                continue
            named = widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text())
            assert named, widget

    def to_model(self) -> None:
        self.enter(Page.COMPUTER)
        self.enter(Page.FOLDER)
        self.enter(Page.MODEL)

    def to_progress(self) -> None:
        """From the model page on, with the model that needs no key."""
        self.enter(Page.TERMS)
        self.press(Qt.Key.Key_Space)
        self.enter(Page.SOURCE)
        self.enter(Page.PLAN)
        self.wait(lambda: self.presenter.state.plan is not None)
        self.enter(Page.PROGRESS)

    def close(self) -> None:
        self.presenter.close()
        self.wizard.close()


def to_key(stage: Stage) -> None:
    """To the key page, from the first; the key of the catalogue is as large as our sample of it."""
    models = tuple(
        replace(one, key=replace(one.key, size=len(META_7B))) if one.key and one.key.id == "7B" else one
        for one in stage.fake.models.models
    )
    stage.fake.models = Catalogue(models, stage.fake.models.keys)
    stage.presenter.open()
    stage.wait(lambda: stage.presenter.facts.catalogue is stage.fake.models)
    stage.to_model()
    stage.press(Qt.Key.Key_Down)
    assert stage.presenter.state.choices.model is not None
    assert stage.presenter.state.choices.model.model == ENCRYPTED
    stage.enter(Page.TERMS)
    stage.press(Qt.Key.Key_Return)
    assert stage.page is Page.TERMS, "the terms are not accepted yet"
    stage.press(Qt.Key.Key_Space)
    stage.enter(Page.SOURCE)
    stage.press(Qt.Key.Key_Down)
    assert stage.presenter.state.choices.source == MIRROR.endpoint == stage.settings.get("source")
    stage.enter(Page.KEY)
