"""Screenshots of the real window with sample chats: `make screens` writes `docs/screens/*.png`.

The window, the chats and the database are the app's own; only the model is played by `StillEngine`, so that a
picture can show an answer in the middle of being written, with round numbers.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget  # noqa: E402

from app.bootstrap import make_application  # noqa: E402
from app.paths import Paths  # noqa: E402
from app.runtime.chats.records import AnswerSettings, MessageState  # noqa: E402
from app.runtime.chats.service import ChatService  # noqa: E402
from app.runtime.chats.store import ChatStore  # noqa: E402
from app.runtime.engine.records import (  # noqa: E402
    AnswerRequest,
    AnswerStats,
    EndReason,
    LoadOptions,
    ModelInfo,
    ModelSpec,
    ModelState,
    ModelStatus,
)
from app.runtime.events import TextDelta  # noqa: E402
from app.runtime.jobs import Job, Sink  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.ui.bridge import RuntimeBridge  # noqa: E402
from app.ui.context import Runtime  # noqa: E402
from app.ui.i18n import Languages  # noqa: E402
from app.ui.look import apply_look  # noqa: E402
from app.ui.main_window import MainWindow  # noqa: E402
from tools import screens_setup  # noqa: E402
from tools.sample_models import SampleModels, sample_install  # noqa: E402
from tools.screens_text import TEXTS, Texts  # noqa: E402

DAY = 86_400.0
STATS = AnswerStats(
    prompt_tokens=640,
    reused_tokens=610,
    answer_tokens=172,
    time_to_first_token=0.6,
    tokens_per_second=7.6,
    prompt_tokens_per_second=21.0,
    context_used=812,
    context=2048,
    dropped_turns=0,
    end=EndReason.EOS,
)


class StillEngine:
    """Shows a loaded model; an answer writes `words` and then waits for ever."""

    def __init__(self, emit: Callable[[object], None], words: str) -> None:
        self._emit, self._words = emit, words
        self.status = ModelStatus(ModelState.NONE)

    def load(self, spec: ModelSpec, options: LoadOptions) -> None:
        info = ModelInfo(
            spec.id, spec.name, spec.path, "bloom", "Q4_0", 4_000_000_000, 7_069_016_064, options.context, 250_880
        )
        self.status = ModelStatus(ModelState.READY, spec.id, spec.name, 1.0, info)
        self._emit(self.status)

    def answer(self, request: AnswerRequest, sink: Sink) -> Job:
        job = Job(sink)
        sink(TextDelta(job.id, self._words))
        return job

    def begin(self) -> None:
        """Nothing to import."""

    def unload(self) -> None:
        """Nothing to free."""

    def close(self) -> None:
        """Nothing to free."""


@dataclass(frozen=True)
class Shot:
    """One picture: `kind` is first, short (a finished turn), full, streaming or models."""

    name: str
    kind: str
    language: str = "zh_CN"
    mode: str = "light"
    size: tuple[int, int] = (1280, 820)
    text_size: int = 100


SHOTS = (
    Shot("01-main-light-zh", "streaming"),
    Shot("01b-transcript-full-light-zh", "full", size=(1280, 1044)),
    Shot("02-main-dark-zh", "streaming", mode="dark"),
    Shot("03-empty-light-zh", "first"),
    Shot("06-models-light-zh", "models"),
    Shot("10-small-760x520-light-zh", "short", size=(760, 520)),
    Shot("11-text-200-light-zh", "short", text_size=200),
    Shot("01-main-light-en", "streaming", language="en"),
    Shot("02-main-dark-en", "streaming", language="en", mode="dark"),
    Shot("03-empty-light-en", "first", language="en"),
    Shot("03-empty-dark-zh", "first", mode="dark"),
    Shot("06-models-dark-zh", "models", mode="dark"),
    Shot("06-models-light-en", "models", language="en"),
    Shot("06-models-dark-en", "models", language="en", mode="dark"),
    Shot("10-small-760x520-dark-en", "short", language="en", mode="dark", size=(760, 520)),
    Shot("11-text-200-light-en", "short", language="en", text_size=200),
)


def seed(database: Path, texts: Texts, kind: str) -> None:
    """Write the sample chats: the first two are today's, three yesterday's, the rest older."""
    if kind == "first":
        return
    store = ChatStore(database)
    settings = AnswerSettings(model_id="BELLE-7B-2M", model_name="BELLE-7B-2M")
    answer_text = {"streaming": texts.answer, "full": texts.full_answer}.get(kind, texts.short_answer)
    for title in reversed(texts.titles):
        question = texts.question if title == texts.titles[0] else title
        chat, _, answer = store.ask(None, None, question, settings)
        store.rename(chat.id, title)
        body = answer_text if title == texts.titles[0] else texts.follow_up_answer
        store.save_ended(replace(answer, text=body, state=MessageState.COMPLETE, stats=STATS))
    store.close()
    with sqlite3.connect(database) as db:
        ids = [row[0] for row in db.execute("SELECT id FROM chats ORDER BY id DESC")]
        for place, chat_id in enumerate(ids):
            age = 0.0 if place < 2 else DAY if place < 5 else 9 * DAY
            db.execute("UPDATE chats SET updated = ? WHERE id = ?", (time.time() - age - place, chat_id))


def application_focus() -> QWidget | None:
    """The pictures show no focus."""
    return QApplication.focusWidget()


def wait(milliseconds: int) -> None:
    """Let the window work; a tool may run its own loop."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def take(shot: Shot, folder: Path, languages: Languages) -> Path:
    """Build the window for `shot` and save its client area."""
    texts = TEXTS[shot.language]
    with tempfile.TemporaryDirectory() as temporary:
        paths = Paths(Path(temporary)).create()
        seed(paths.database, texts, shot.kind)
        settings = Settings(None, {"language": shot.language, "theme": shot.mode, "text_size": shot.text_size})
        bridge = RuntimeBridge()
        engine = StillEngine(bridge.post, texts.follow_up_answer)
        name = "guide" if shot.kind == "first" else "BELLE-7B-2M"
        models = SampleModels(bridge.post, installs=(sample_install(),))
        spec = ModelSpec(models.entries()[0].manifest.path, name, name)
        chats = ChatService(paths.database, engine, bridge.post)
        runtime = Runtime(
            paths, settings, languages, bridge, engine, chats, lambda _name: spec, make_models=lambda: models
        )
        apply_look(settings, runtime.languages)
        window = MainWindow(settings, runtime.languages, paths)
        window.resize(*shot.size)
        window.show()
        window.start(runtime)
        window.transcript.set_reduced_motion(True)  # a steady caret
        bridge.engine_ready()
        wait(300)
        if shot.kind != "first":
            runtime.chats.open_chat(len(texts.titles))
            wait(300)
        if shot.kind in ("streaming", "full"):
            window.conversation.send(texts.follow_up)
            wait(500)
        if shot.kind == "models":
            window.show_models()
            wait(300)
        if shot.kind == "short":
            window.transcript.findChild(QScrollArea).verticalScrollBar().setValue(0)
        focused = application_focus()
        if focused is not None:
            focused.clearFocus()
        wait(200)
        target = folder / f"{shot.name}.png"
        window.grab().save(str(target))
        window.close()
        chats.close()
        window.deleteLater()
        wait(50)
    return target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screens")
    parser.add_argument("names", nargs="*", help="only pictures whose name starts so")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    application = make_application([])
    application.setQuitOnLastWindowClosed(False)
    languages = Languages()  # one for all: a new one would not know the translators of the last
    for shot in SHOTS:
        if not arguments.names or any(shot.name.startswith(name) for name in arguments.names):
            print(take(shot, arguments.out, languages))
    screens_setup.take_all(arguments.out, arguments.names, languages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
