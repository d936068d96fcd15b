"""Where the wizard stands: in the window, in place of everything else. Made with the window, it brings the rest of this
package when it is first wanted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.runtime.models.setup_state import Page
    from app.ui.context import Runtime
    from app.ui.main_window import MainWindow
    from app.ui.wizard.presenter import SetupPresenter
    from app.ui.wizard.service import SetupService
    from app.ui.wizard.wizard import SetupWizard

NOTICE = "setup"
KEPT_SHORTCUTS = ("Ctrl+,",)


class SetupPlace(QObject):
    """`open` shows the wizard. After a start, what was open is opened again, and an install that went on goes on."""

    def __init__(self, window: MainWindow, runtime: Runtime) -> None:
        super().__init__(window)
        self._window, self._runtime = window, runtime
        self.wizard: SetupWizard | None = None
        self._presenter: SetupPresenter | None = None
        self._chat = cast(QWidget, window.views.currentWidget())
        self._told: object = None
        runtime.bridge.ready.connect(self._go_on)

    @property
    def presenter(self) -> SetupPresenter | None:
        """None in an app without a models service."""
        service = self._runtime.models
        if self._presenter is None and service is not None:
            from app.ui.wizard.presenter import SetupPresenter

            window, runtime = self._window, self._runtime
            made = SetupPresenter(
                cast("SetupService", service), runtime.settings, runtime.languages, runtime.paths, self
            )
            made.language_chosen.connect(lambda language: runtime.settings.set("language", language))
            made.model_ready.connect(self._use)
            made.closed.connect(self.close)
            made.changed.connect(self._tell)
            runtime.bridge.notice.connect(made.handle)
            application = QCoreApplication.instance()
            if application is not None:
                application.aboutToQuit.connect(made.close)
            window.destroyed.connect(made.close)
            runtime.settings.listeners.append(self._take_setting)
            self._presenter = made
            self._take_settings(made)
        return self._presenter

    def _take_settings(self, presenter: SetupPresenter) -> None:
        """What was set before there was a wizard to hear it. A folder that is chosen in it counts until the plan."""
        from app.models_wiring import main_folder
        from app.runtime.models.setup_state import SetElsewhere, View

        settings, over = self._runtime.settings, presenter.state.view is View.FINISHED
        folder = main_folder(settings) or self._runtime.paths.models
        presenter.act(SetElsewhere(folder if over else None, settings.get("source")))

    def _take_setting(self, key: str) -> None:
        """Another source chosen, or the models folder moved, outside the wizard."""
        value, presenter = self._runtime.settings.get(key), self._presenter
        if presenter is None or not value or key not in ("source", "models_folder"):
            return
        from app.runtime.models.setup_state import SetElsewhere

        presenter.act(SetElsewhere(source=value) if key == "source" else SetElsewhere(folder=Path(value)))

    def open(self, page: Page | None = None) -> None:
        """At `page` if that can be, else where it was left."""
        presenter = self.presenter
        if presenter is None:
            return
        self._window.notices.clear(NOTICE)
        presenter.open(page)
        if self.wizard is None:
            from app.ui.wizard.wizard import SetupWizard

            self.wizard = SetupWizard(presenter)
            self.wizard.guide_asked.connect(self._ask_guide)
            self._window.views.addWidget(self.wizard)
        self._show(self.wizard)

    def close(self) -> None:
        """Back to the chat."""
        self._show(self._chat)
        self._window.composer.edit.setFocus()

    def _show(self, widget: QWidget) -> None:
        self._window.views.setCurrentWidget(widget)
        for shortcut in self._window.findChildren(QShortcut):  # they are the chat's
            kept = shortcut.key().toString() in KEPT_SHORTCUTS
            shortcut.setEnabled(kept or widget is self._chat)

    def _go_on(self) -> None:
        page, view = _stored(self._runtime)
        if view == "open" and page not in ("", "language"):
            self.open()
        elif page == "progress":
            _ = self.presenter  # which has the install go on

    def _use(self, entry: str) -> None:
        found = [one for one in self._service_entries() if one[0] == entry]
        if found:
            self._window.models.choose(found[0][1])

    def _service_entries(self) -> list[tuple[str, str]]:
        service = self._runtime.models
        return [(one.manifest.id, str(one.manifest.path)) for one in service.entries()] if service is not None else []

    def _ask_guide(self, question: str) -> None:
        from app.ui.context import GUIDE

        if not self._runtime.on_guide:
            self._window.models.choose(GUIDE)
        self._window.conversation.new_chat()
        self._window.conversation.send(question)

    def _tell(self) -> None:
        """How it ended, to a user who has hidden the wizard."""
        from app.runtime.models.setup_state import Page, View

        presenter = self._presenter
        if presenter is None or presenter.state.view is not View.HIDDEN or presenter.state.page is Page.PROGRESS:
            return
        state = presenter.state
        if self._told == (state.page, state.entry, state.failed):
            return
        self._told = (state.page, state.entry, state.failed)
        look = (self.tr("Have a look"), lambda: self.open())
        if state.page is Page.FIRST_ANSWER and state.plan is not None:
            title = self.tr("{name} is ready").format(name=state.plan.name)
            self._window.notices.show_notice(NOTICE, title, tone="ok", actions=(look,))
        elif state.error is not None:
            self._window.notices.show_error(NOTICE, state.error, presenter.languages, (look,))


def _stored(runtime: Runtime) -> tuple[str, str]:
    """(page, view) of the wizard at the last start, empty if there was none."""
    try:
        state = json.loads(runtime.paths.setup.read_text("utf-8"))["state"]
        return str(state["page"]), str(state["view"])
    except (OSError, ValueError, LookupError, TypeError):
        return "", ""
