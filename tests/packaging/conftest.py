"""Icons are drawn with Qt, in the application that the window's tests need later in the same process."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def application_for_widgets(qapp: QApplication) -> QApplication:
    return qapp
