"""Leaves nothing behind: no language, and nothing that Qt would destroy after Python has ended."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication

from app.ui.i18n import remove_translators


@pytest.fixture(autouse=True, scope="session")
def what_is_there_stays() -> None:
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """As `app.ui.collector` does for the app: never in a worker thread."""
    gc.disable()
    yield
    gc.collect(1)
    gc.enable()


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    remove_translators()


@pytest.fixture(autouse=True)
def empty_clipboard() -> Iterator[None]:
    """The offscreen platform keeps the clipboard in a C++ global: what Python made must not be in it at the end."""
    yield
    if QGuiApplication.instance() is not None:
        QGuiApplication.clipboard().clear()
