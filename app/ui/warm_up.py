"""Imports what the models page, the wizard and the settings need while nobody waits for anything, so that opening one
of them for the first time costs no more than drawing it."""

from __future__ import annotations

import time
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 25  # between two turns of the event loop that import something
BUDGET = 0.004  # seconds; one module may take longer

# Those that others need come first, so that each turn is short. PySide builds a class when it is first asked for, which
# takes longer than most modules: those stand here by name.
STEPS = (
    "PySide6.QtWidgets:QStyle",
    "PySide6.QtGui:QAccessible",
    "app.ui.widgets.menu",
    "app.ui.widgets.choice",
    "app.ui.widgets.choice_card",
    "app.ui.widgets.tag",
    "app.ui.models.fact_row",
    "app.ui.widgets.banner",
    "app.ui.models.problem_panel",
    "app.ui.models.sheet",
    "app.ui.models.words",
    "app.ui.models.hub_sheet",
    "app.ui.widgets.dot_line",
    "app.ui.widgets.progress",
    "app.ui.models.progress_card",
    "app.ui.models.install_card",
    "app.ui.models.findings",
    "app.ui.models.path_field",
    "app.ui.models.look_sheet",
    "app.ui.models.looker",
    "app.ui.models.rows",
    "app.ui.models.model_row",
    "app.ui.models.table",
    "app.ui.models.models_page",
    "app.ui.models.models_presenter",
    "app.ui.models.details_sheet",
    "app.ui.models.row_menu",
    "app.ui.models.row_actions",
    "app.ui.models.screen",
    "app.ui.models.plan_sheet",
    "app.runtime.models.setup_state",
    "app.runtime.models.setup_mending",
    "app.runtime.models.setup_flow",
    "app.runtime.models.setup_steps",
    "app.ui.wizard.problems",
    "app.ui.widgets.icon_fact",
    "app.ui.wizard.words",
    "app.ui.wizard.page",
    "app.ui.wizard.facts",
    "app.ui.wizard.questions",
    "app.ui.wizard.presenter",
    "app.ui.wizard.answer_page",
    "app.ui.wizard.foot",
    "app.ui.wizard.pieces",
    "app.ui.wizard.key_page",
    "app.ui.wizard.options",
    "app.ui.wizard.model_page",
    "app.ui.wizard.rows",
    "app.ui.wizard.plan_page",
    "app.ui.wizard.progress_page",
    "app.runtime.models.background",
    "app.runtime.models.connections",
    "app.runtime.models.measuring",
    "app.ui.models.source_card",
    "app.ui.wizard.source_page",
    "app.runtime.models.hardware",
    "app.ui.wizard.start_pages",
    "app.ui.wizard.steps",
    "app.runtime.models.licences",
    "app.ui.wizard.terms_page",
    "app.ui.wizard.wizard",
    "app.ui.widgets.select",
    "app.ui.widgets.slider",
    "app.ui.widgets.switch",
    "app.ui.settings.row",
    "app.ui.settings.connections",
    "app.ui.settings.pages",
    "app.ui.settings.updates",
    "app.ui.widgets.category_button",
    "app.ui.settings.window",
    "app.ui.settings.asked",
    "app.ui.settings.fields",
    "app.ui.settings.network",
    "app.ui.settings.mover",
    "app.ui.settings.move_sheet",
    "app.ui.settings.folders",
    "app.ui.settings.models",
)


class WarmUp(QObject):
    """`begin` starts it; it ends by itself."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = list(reversed(STEPS))
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._go_on)

    def begin(self) -> None:
        self._timer.start()

    def _go_on(self) -> None:
        end = time.perf_counter() + BUDGET
        while self._left and time.perf_counter() < end:
            take(self._left.pop())
        if not self._left:
            self._timer.stop()


def take(step: str) -> None:
    """A module, or `module:name` for a class in it."""
    module, _, name = step.partition(":")
    found = import_module(module)
    if name:
        getattr(found, name)
