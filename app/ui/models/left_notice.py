"""Soon after a start: what an earlier one has left uninstalled, quietly above the composer."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.runtime.models.left_installs import LeftInstalls, find_left_installs

if TYPE_CHECKING:
    from app.runtime.models.left_installs import LeftInstall
    from app.ui.context import Runtime
    from app.ui.main_window import MainWindow

NOTICE = "left installs"


class LeftNotice(QObject):
    """`look` asks the disk on a thread of its own and tells what was found; “Continue” leads to it and goes on with it.
    Several are shown on the models page, where each has a button of its own."""

    def __init__(self, window: MainWindow, runtime: Runtime) -> None:
        super().__init__(window)
        self._window, self._runtime = window, runtime
        self._told: tuple[LeftInstall, ...] = ()
        self._wanted = ""  # the id of the one to go on with, as soon as the service knows it
        runtime.bridge.notice.connect(self._handle)

    def look(self) -> threading.Thread:
        from app.models_wiring import library_folders

        paths, post = self._runtime.paths, self._runtime.bridge.post
        folders = library_folders(paths, self._runtime.settings)

        def find() -> None:
            found = find_left_installs(folders, paths.setup)
            if found.installs:
                with suppress(RuntimeError):  # the window is gone
                    post(found)

        thread = threading.Thread(target=find, name="left installs", daemon=True)
        thread.start()
        return thread

    def _handle(self, notice: object) -> None:
        if isinstance(notice, LeftInstalls):
            self._tell(notice.installs)
        elif self._told:
            self._follow(notice)

    def _follow(self, notice: object) -> None:
        """What becomes of those that were told, whoever has them go on."""
        from app.runtime.models.installs import InstallChanged, InstallStatus  # most starts tell of none

        if not isinstance(notice, InstallChanged):
            return
        state = notice.state
        if state.id == self._wanted and state.status is InstallStatus.PAUSED:
            self._go_on(state.id)
        if (state.active or state.ended) and state.id in (one.id for one in self._told):
            self._told = tuple(one for one in self._told if one.id != state.id)
            self._window.notices.clear(NOTICE)

    def _tell(self, installs: tuple[LeftInstall, ...]) -> None:
        self._told = installs
        if len(installs) > 1:
            title = self.tr("{count} models are not installed yet").format(count=len(installs))
            text = ", ".join(one.name for one in installs)
            look = (self.tr("Have a look"), self._window.show_models)
            self._window.notices.show_notice(NOTICE, title, text, actions=(look,))
            return
        one = installs[0]
        text = self.tr("Interrupted; what was done is kept")
        if one.failed:
            text = self.tr("Stopped with an error; what was done is kept")
        title = self.tr("{name} is not installed yet").format(name=one.name)
        go_on = (self.tr("Continue"), lambda: self._continue(one))
        self._window.notices.show_notice(NOTICE, title, text, actions=(go_on,))

    def _continue(self, one: LeftInstall) -> None:
        """What failed is led to, where its reason stands; it may fail again for the same one."""
        if one.in_setup:
            self._window.open_setup()
            return
        self._window.show_models()
        service = self._runtime.models
        if service is None or one.failed:
            return
        if any(state.id == one.id for state in service.installs()):
            self._go_on(one.id)
        else:
            self._wanted = one.id

    def _go_on(self, install: str) -> None:
        from app.errors import AppError

        self._wanted = ""
        service = self._runtime.models
        try:
            if service is not None:
                service.resume(install)
        except AppError as error:
            self._window.notices.show_error(NOTICE, error, self._runtime.languages)
