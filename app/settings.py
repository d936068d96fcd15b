"""Settings: one typed row each. Defaults, the settings window and `docs/settings.md` follow from the rows.

Adding a setting: one `Setting` row in `ROWS`; read it with `settings.get(KEY)`.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

log = logging.getLogger(__name__)

Value = str | int | float | bool


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:  # the name is what lupdate looks for
    """Mark a text for translation; it is translated where it is shown."""
    return text


class Setting(NamedTuple):
    """One setting. `choices` maps stored values to English labels; numbers have `low`..`high` in steps of `step`.

    `category` groups rows on a page of the settings window, `group` within it. `suffix` is a unit after a number.
    """

    key: str
    default: Value
    category: str
    group: str
    title: str
    hint: str = ""
    choices: tuple[tuple[Value, str], ...] = ()
    low: float | None = None
    high: float | None = None
    step: float = 1
    reload_model: bool = False

    def accepts(self, value: Any) -> bool:
        """True if `value` has the default's type and lies within the row's bounds."""
        if isinstance(self.default, bool) != isinstance(value, bool):
            return False
        number = isinstance(self.default, (int, float))
        if not isinstance(value, (int, float) if number else str):
            return False
        if self.choices:
            return value in [choice for choice, _ in self.choices]
        if number and self.low is not None and self.high is not None:
            return self.low <= float(value) <= self.high
        return True


ROWS: tuple[Setting, ...] = (
    Setting(
        "language",
        "system",
        "general",
        QT_TRANSLATE_NOOP("Settings", "Language"),
        QT_TRANSLATE_NOOP("Settings", "Interface language"),
        QT_TRANSLATE_NOOP("Settings", "Changes at once"),
        choices=(
            ("system", QT_TRANSLATE_NOOP("Settings", "Like the system")),
            ("zh_CN", "简体中文"),
            ("en", "English"),
        ),
    ),
    Setting(
        "theme",
        "system",
        "appearance",
        QT_TRANSLATE_NOOP("Settings", "Look"),
        QT_TRANSLATE_NOOP("Settings", "Colours"),
        "",
        choices=(
            ("system", QT_TRANSLATE_NOOP("Settings", "Like the system")),
            ("light", QT_TRANSLATE_NOOP("Settings", "Light")),
            ("dark", QT_TRANSLATE_NOOP("Settings", "Dark")),
        ),
    ),
    Setting(
        "text_size",
        100,
        "appearance",
        QT_TRANSLATE_NOOP("Settings", "Look"),
        QT_TRANSLATE_NOOP("Settings", "Text size"),
        QT_TRANSLATE_NOOP("Settings", "Everything grows with it, in percent"),
        low=80,
        high=200,
        step=10,
    ),
    Setting(
        "wide_column",
        False,
        "appearance",
        QT_TRANSLATE_NOOP("Settings", "Look"),
        QT_TRANSLATE_NOOP("Settings", "Wide answers"),
        QT_TRANSLATE_NOOP("Settings", "Up to 1080 instead of 760 pixels"),
    ),
    Setting(
        "system_prompt",
        "",
        "chat",
        QT_TRANSLATE_NOOP("Settings", "Every chat"),
        QT_TRANSLATE_NOOP("Settings", "System prompt"),
        QT_TRANSLATE_NOOP("Settings", "Put before every chat; BELLE was trained without one"),
    ),
    Setting(
        "model_sampling",
        True,
        "chat",
        QT_TRANSLATE_NOOP("Settings", "Answers"),
        QT_TRANSLATE_NOOP("Settings", "Use the model's own values"),
        QT_TRANSLATE_NOOP("Settings", "What its makers recommend, in place of the values below"),
    ),
    Setting(
        "temperature",
        0.7,
        "chat",
        QT_TRANSLATE_NOOP("Settings", "Answers"),
        QT_TRANSLATE_NOOP("Settings", "Temperature"),
        QT_TRANSLATE_NOOP("Settings", "Lower is steadier, higher is more varied"),
        low=0.0,
        high=2.0,
        step=0.05,
    ),
    Setting(
        "top_p",
        0.85,
        "chat",
        QT_TRANSLATE_NOOP("Settings", "Answers"),
        QT_TRANSLATE_NOOP("Settings", "Top-p"),
        QT_TRANSLATE_NOOP("Settings", "Keeps the likeliest tokens up to this share"),
        low=0.05,
        high=1.0,
        step=0.05,
    ),
    Setting(
        "top_k",
        30,
        "chat",
        QT_TRANSLATE_NOOP("Settings", "Answers"),
        QT_TRANSLATE_NOOP("Settings", "Top-k"),
        QT_TRANSLATE_NOOP("Settings", "Keeps this many of the likeliest tokens"),
        low=1,
        high=200,
        step=1,
    ),
    Setting(
        "repeat_penalty",
        1.1,
        "chat",
        QT_TRANSLATE_NOOP("Settings", "Answers"),
        QT_TRANSLATE_NOOP("Settings", "Repeat penalty"),
        QT_TRANSLATE_NOOP("Settings", "Above 1 discourages repetition"),
        low=1.0,
        high=2.0,
        step=0.05,
    ),
    Setting(
        "max_tokens",
        512,
        "chat",
        QT_TRANSLATE_NOOP("Settings", "Answers"),
        QT_TRANSLATE_NOOP("Settings", "Longest answer"),
        QT_TRANSLATE_NOOP("Settings", "Stops earlier when the model is finished"),
        choices=tuple((n, f"{n}") for n in (256, 512, 1024, 2048)),
    ),
    Setting(
        "context",
        2048,
        "performance",
        QT_TRANSLATE_NOOP("Settings", "Memory"),
        QT_TRANSLATE_NOOP("Settings", "Context length"),
        QT_TRANSLATE_NOOP("Settings", "How much of the chat the model keeps in view"),
        choices=tuple((n, f"{n}") for n in (512, 1024, 2048, 4096)),
        reload_model=True,
    ),
    Setting(
        "threads",
        0,
        "performance",
        QT_TRANSLATE_NOOP("Settings", "Speed"),
        QT_TRANSLATE_NOOP("Settings", "Processor threads"),
        QT_TRANSLATE_NOOP("Settings", "0 uses one per physical core"),
        low=0,
        high=64,
        step=1,
        reload_model=True,
    ),
    Setting(
        "gpu",
        "auto",
        "performance",
        QT_TRANSLATE_NOOP("Settings", "Speed"),
        QT_TRANSLATE_NOOP("Settings", "Use the graphics card"),
        QT_TRANSLATE_NOOP("Settings", "Only where this build supports one"),
        choices=(
            ("auto", QT_TRANSLATE_NOOP("Settings", "Automatic")),
            ("off", QT_TRANSLATE_NOOP("Settings", "Never")),
        ),
        reload_model=True,
    ),
    Setting(
        "offline",
        False,
        "privacy",
        "",
        QT_TRANSLATE_NOOP("Settings", "Forbid all connections"),
        QT_TRANSLATE_NOOP("Settings", "No model can be fetched then; chatting never needs a connection"),
    ),
    Setting(
        "keep_downloads",
        False,
        "models",
        "",
        QT_TRANSLATE_NOOP("Settings", "Keep downloaded files"),
        QT_TRANSLATE_NOOP("Settings", "Also after the model is made of them; they take as much space again"),
    ),
    # The rows below have controls of their own, with the models: a folder is moved, an address is tested.
    Setting(
        "models_folder",
        "",
        "",
        "",
        QT_TRANSLATE_NOOP("Settings", "Models folder"),
        QT_TRANSLATE_NOOP("Settings", "Empty: in the data folder"),
    ),
    Setting(
        "more_models_folders",
        "[]",
        "",
        "",
        QT_TRANSLATE_NOOP("Settings", "More models folders"),
        QT_TRANSLATE_NOOP("Settings", "On other drives; a JSON list of paths"),
    ),
    Setting(
        "source",
        "",
        "",
        "",
        QT_TRANSLATE_NOOP("Settings", "Where models are fetched from"),
        QT_TRANSLATE_NOOP("Settings", "Empty: what HF_ENDPOINT says, else the official hub"),
    ),
    Setting(
        "proxy",
        "",
        "",
        "",
        QT_TRANSLATE_NOOP("Settings", "Proxy"),
        QT_TRANSLATE_NOOP("Settings", "Empty: like the system; “direct”: none; else its address"),
    ),
    Setting(
        "hub_token",
        "",
        "",
        "",
        QT_TRANSLATE_NOOP("Settings", "Access token"),
        QT_TRANSLATE_NOOP("Settings", "Sent to the official hub only, and never shown or logged"),
    ),
    Setting("model", "guide", "", "", ""),
    Setting("recent_models", "[]", "", "", ""),
    Setting("sidebar", True, "", "", ""),
)
BY_KEY = {row.key: row for row in ROWS}
_writing = threading.Lock()  # a move of the models folder stores it from a thread of its own


class Settings:
    """The current values, kept in one JSON file. Unknown or unfit values fall back to the default.

    Lives in the GUI thread (or the CLI); other threads get plain values. A window and terminal commands may share the
    file: each writes only the value it sets, and takes over what the others have set.
    """

    def __init__(self, path: Path | None = None, values: dict[str, Value] | None = None) -> None:
        self.path = path
        self.values = values or {}
        self.listeners: list[Callable[[str], None]] = []

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read `path`; a missing or damaged file gives the defaults (a damaged one is kept as `.bad`)."""
        return cls(path, _fit(_stored(path)))

    def get(self, key: str) -> Any:
        return self.values.get(key, BY_KEY[key].default)

    def set(self, key: str, value: Value) -> None:
        """Store and save a value, then tell the listeners; ValueError if the row does not accept it. What another
        program has set meanwhile is taken over and told, too."""
        row = BY_KEY[key]
        if isinstance(row.default, float) and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not row.accepts(value):
            raise ValueError(f"{key}: {value!r}")
        with _writing:
            changed = self._store(key, value)
        self._tell(changed)

    def _store(self, key: str, value: Value) -> list[str]:
        """The keys whose values are others now."""
        stored = _stored(self.path) if self.path else {}
        known = value == self.get(key)
        if known and _fit(stored).get(key, value) == value:
            return []
        changed = self._adopt(_fit({name: one for name, one in stored.items() if name != key}))
        self.values[key] = value
        self._save(stored)
        return [*changed, *([] if known else [key])]

    def refresh(self) -> None:
        """Take over what another program has set, and tell the listeners."""
        if self.path is not None:
            self._tell(self._adopt(_fit(_stored(self.path))))

    def _adopt(self, stored: dict[str, Value]) -> list[str]:
        """The keys whose values are others now."""
        changed = [key for key, value in stored.items() if value != self.get(key)]
        self.values |= stored
        return changed

    def _tell(self, keys: list[str]) -> None:
        for key in keys:
            for listener in list(self.listeners):
                listener(key)

    def _save(self, stored: dict[str, Any]) -> None:
        """Values of another version of the app, which it alone knows, stay."""
        if self.path is None:
            return
        staging = self.path.with_suffix(f".json.{os.getpid()}.part")
        staging.write_text(json.dumps({**stored, **self.values}, ensure_ascii=False, indent=1), "utf-8")
        staging.replace(self.path)


def _stored(path: Path) -> dict[str, Any]:
    """What the file holds; one that cannot be read counts as empty and is kept as `.bad`."""
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("settings not readable: %s", error)
        if path.exists():
            path.replace(path.with_suffix(".json.bad"))
        return {}
    return stored if isinstance(stored, dict) else {}


def _fit(stored: dict[str, Any]) -> dict[str, Value]:
    """The values that the rows know and accept."""
    return {key: value for key, value in stored.items() if key in BY_KEY and BY_KEY[key].accepts(value)}
