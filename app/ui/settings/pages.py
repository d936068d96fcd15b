"""The pages that are not settings: privacy, shortcuts, about."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence

from app import __version__
from app.settings import QT_TRANSLATE_NOOP
from app.ui.i18n import tr as translated
from app.ui.settings.row import Row
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

SHORTCUTS = (
    ("Ctrl+N", QT_TRANSLATE_NOOP("Shortcuts", "New chat")),
    ("Ctrl+K", QT_TRANSLATE_NOOP("Shortcuts", "Search chats")),
    ("Ctrl+B", QT_TRANSLATE_NOOP("Shortcuts", "Show or hide the sidebar")),
    ("Ctrl+M", QT_TRANSLATE_NOOP("Shortcuts", "Models")),
    ("Ctrl+,", QT_TRANSLATE_NOOP("Shortcuts", "Settings")),
    ("Return", QT_TRANSLATE_NOOP("Shortcuts", "Send the message")),
    ("Shift+Return", QT_TRANSLATE_NOOP("Shortcuts", "New line in the message")),
    ("Esc", QT_TRANSLATE_NOOP("Shortcuts", "Stop the answer; close what is open")),
    ("F2", QT_TRANSLATE_NOOP("Shortcuts", "Rename the chat in the sidebar")),
    ("Del", QT_TRANSLATE_NOOP("Shortcuts", "Delete the chat in the sidebar")),
)
PRIVACY = (
    (
        QT_TRANSLATE_NOOP("Privacy", "Everything stays on this computer"),
        QT_TRANSLATE_NOOP(
            "Privacy",
            "Models run here. Your messages, the answers and the files you add are not sent anywhere, and there is no "
            "account and no statistics about you.",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("Privacy", "When the app uses the network"),
        QT_TRANSLATE_NOOP(
            "Privacy",
            "Chatting never does. It only goes online when you ask it to, for example to download a model.",
        ),
    ),
    (
        QT_TRANSLATE_NOOP("Privacy", "Where chats are kept"),
        QT_TRANSLATE_NOOP(
            "Privacy",
            "In one file, chats.db, in the data folder, not encrypted: whoever can read your files can read your "
            "chats. A deleted chat can be restored until the app ends.",
        ),
    ),
)
LICENCES = (
    ("ChatBELLE", "Apache-2.0"),
    ("llama.cpp, llama-cpp-python", "MIT"),
    ("Qt, PySide6, shiboken6", "LGPL-3.0"),
    ("huggingface_hub, hf-xet, diskcache", "Apache-2.0"),
    ("NumPy, psutil, Jinja2, MarkupSafe, Send2Trash", "BSD-3-Clause"),
    ("httpx2, httpcore2, click, fsspec, idna", "BSD-3-Clause"),
    ("platformdirs, socksio, anyio, filelock, h11, PyYAML, truststore", "MIT"),
    ("Pygments", "BSD-2-Clause"),
    ("packaging", "Apache-2.0, BSD-2-Clause"),
    ("tqdm", "MPL-2.0, MIT"),
    ("typing_extensions", "PSF-2.0"),
)


def native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


class ShortcutRow(Row):
    """What a shortcut does and which keys it is."""

    def __init__(self, keys: str, source: str) -> None:
        self._source = source
        self._keys = Label(native(keys), "small", "text-2")
        super().__init__(control=self._keys)

    def retranslate(self) -> None:
        self.set_words(translated("Shortcuts", self._source), "")
        self.setAccessibleName(f"{self.title.text()}: {self._keys.text()}")

    def keywords(self) -> str:
        return f"{self._keys.text()} {self._source}"


class TextRow(Row):
    """A fact in plain words."""

    def __init__(self, context: str, title: str, hint: str) -> None:
        self._sources = (context, title, hint)
        super().__init__()

    def retranslate(self) -> None:
        context, title, hint = self._sources
        self.set_words(translated(context, title), translated(context, hint))


class VersionRow(Row):
    def retranslate(self) -> None:
        self.set_words("ChatBELLE", self.tr("Version {version}").format(version=__version__))


class FolderRow(Row):
    """The data folder and a button that opens it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open = Button(small=True)
        self._open.clicked.connect(self.open_folder)
        super().__init__(control=self._open)

    def open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))

    def retranslate(self) -> None:
        self.set_words(self.tr("Data folder"), str(self._folder))
        self._open.setText(self.tr("Open"))
        self._open.setAccessibleName(self.tr("Open the data folder"))
