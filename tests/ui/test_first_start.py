"""The empty chat's page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.chat.first_start import FirstStart
from app.ui.theme import theme


def make(qtbot: QtBot, factor: float = 1.0) -> FirstStart:
    theme().configure(mode="light", factor=factor, language="en")
    page = FirstStart()
    qtbot.addWidget(page)
    page.resize(760, 676)
    page.show()
    QApplication.processEvents()
    return page


def test_an_example_is_asked_by_click_and_by_key(qtbot: QtBot) -> None:
    page = make(qtbot)
    asked: list[str] = []
    page.example_asked.connect(asked.append)
    QTest.mouseClick(page._rows[1], Qt.MouseButton.LeftButton)
    page._rows[0].setFocus()
    QTest.keyClick(page._rows[0], Qt.Key.Key_Space)
    assert asked == [page._rows[1].text(), page._rows[0].text()]
    assert all(row.accessibleName() == row.text() for row in page._rows)


def test_choose_and_recommendation(qtbot: QtBot) -> None:
    page = make(qtbot)
    with qtbot.waitSignal(page.choose_model_requested, timeout=10_000):
        page._choose.click()
    page.set_recommendation("BELLE-7B-2M fits")
    assert page._card_text.text() == "BELLE-7B-2M fits"


def test_another_model_than_the_guide(qtbot: QtBot) -> None:
    page = make(qtbot)
    guide = [row.text() for row in page._rows]
    page.set_guide(False, "BELLE-7B-2M")
    assert not page._card.isVisible()
    assert "BELLE-7B-2M" in page._intro.text()
    assert guide != [row.text() for row in page._rows]


def test_nothing_is_cut_at_200_percent(qtbot: QtBot) -> None:
    page = make(qtbot, 2.0)
    page.resize(1280, 600)
    page.resize(760, 600)
    QApplication.processEvents()
    assert page._inner.width() <= 760 - 2 * 48
    assert page._title.height() >= page._title.heightForWidth(page._title.width())
    assert page._choose.width() >= page._choose.sizeHint().width()
