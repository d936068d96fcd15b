"""Every connection the app ever made, in words: which host, what for, how much, when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QLocale
from PySide6.QtGui import QShowEvent

from app.settings import QT_TRANSLATE_NOOP
from app.ui.settings.asked import Asked, settings_bridge
from app.ui.settings.row import Row
from app.ui.widgets.labels import Label

PURPOSES = {
    "list": QT_TRANSLATE_NOOP("Connections", "files of a repository"),
    "ask": QT_TRANSLATE_NOOP("Connections", "size and checksum of a file"),
    "download": QT_TRANSLATE_NOOP("Connections", "download"),
    "measure": QT_TRANSLATE_NOOP("Connections", "speed of a source"),
    "update": QT_TRANSLATE_NOOP("Connections", "newest version of ChatBELLE"),
}
MOST = 50  # lines shown, newest first


class Line(Protocol):
    """Part of the record; see `app.runtime.models.connections.Line`."""

    @property
    def host(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def requests(self) -> int: ...
    @property
    def received(self) -> int: ...
    @property
    def refused(self) -> int: ...
    @property
    def until(self) -> float: ...


Read = Callable[[], Sequence[Line]]


class ConnectionsRow(Row):
    """Reads the record on a thread of its own each time it is shown: the file may be long."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lines: Sequence[Line] = ()
        self._list = Label(role="small", token="text-2", wrap=True)
        super().__init__(control=self._list, below=True)
        self._asked = Asked(settings_bridge(), self)
        self._asked.told.connect(self._show)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        read = self._read
        self._asked.find_out(lambda: tuple(read()))

    def _show(self, lines: Sequence[Line]) -> None:
        self._lines = sorted(lines, key=lambda line: line.until, reverse=True)[:MOST]
        self.retranslate()

    def retranslate(self) -> None:
        title = self.tr("Every connection so far")
        self.set_words(title, "" if self._lines else self.tr("None. Nothing on this computer was sent or fetched."))
        self._list.set_text("\n".join(self._line_words(line) for line in self._lines))
        self._list.setVisible(bool(self._lines))
        self._list.setAccessibleName(title)

    def _line_words(self, line: Line) -> str:
        size = QLocale().formattedDataSize(line.received, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
        when = datetime.fromtimestamp(line.until).strftime("%Y-%m-%d %H:%M")
        purpose = QCoreApplication.translate("Connections", PURPOSES.get(line.purpose, line.purpose))
        text = self.tr("{when}  {host}: {purpose}, {requests} requests, {size} received").format(
            when=when, host=line.host, purpose=purpose, requests=line.requests, size=size
        )
        return text if not line.refused else text + self.tr(", {refused} forbidden").format(refused=line.refused)
