"""Screenshots of the wizard with sample numbers: `tools/screens.py` takes them along, or run this file by itself.

The pages, the flow and the presenter are the app's own; only the models service is played.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np  # noqa: E402
from PySide6.QtCore import QEventLoop, Qt, QTimer  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.bootstrap import make_application  # noqa: E402
from app.errors import Fixable  # noqa: E402
from app.paths import Paths  # noqa: E402
from app.runtime.models.catalogue import Catalogue, Model, Words  # noqa: E402
from app.runtime.models.installs import InstallPlan, InstallRequest, InstallStep  # noqa: E402
from app.runtime.models.records import Transfer  # noqa: E402
from app.runtime.models.setup_state import (  # noqa: E402
    AcceptTerms,
    ChooseKey,
    ChooseSource,
    KeyTested,
    Next,
    Page,
)
from app.runtime.models.sources import MIRROR  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.ui.i18n import Languages  # noqa: E402
from app.ui.look import apply_look  # noqa: E402
from app.ui.widgets.focus_ring import FocusRing  # noqa: E402
from app.ui.wizard.presenter import SetupPresenter  # noqa: E402
from app.ui.wizard.wizard import SetupWizard  # noqa: E402
from tests.contracts.fake_setup import COMPUTER, FakeSetup  # noqa: E402

GB = 1e9
NOW = datetime(2026, 3, 1, 14, 36)
SHOWN = 12  # models of the sample catalogue
KEY = Path("LLaMA/7B/consolidated.00.pth")
# id -> sentences, and download, size, memory in GB, type
SAMPLES = {
    "BELLE-7B-2M": (
        "日常问答、写作和翻译都均衡，装好就能用。",
        "Balanced for everyday questions, writing and translation; ready once installed.",
        (14.1, 4.0, 5.4, "Q4_0"),
    ),
    "BELLE-LLaMA-7B-2M-enc": (
        "以 LLaMA 为底座，适合中英混合的内容和简单代码。",
        "Built on LLaMA, good for texts that mix Chinese and English and for simple code.",
        (13.5, 3.8, 5.1, "Q4_0"),
    ),
    "BELLE-LLaMA-EXT-13B": (
        "扩充了中文词表的大模型，长文更连贯，回答会慢一些。",
        "A large model with more Chinese tokens: long texts hold together, answers take longer.",
        (26.5, 7.5, 9.8, "Q4_0"),
    ),
    "BELLE-Llama2-13B-chat-0.4M": (
        "擅长多轮对话，用较高的 Q8_0 精度保存。",
        "Good at long conversations, kept in the high accuracy of Q8_0.",
        (26.0, 13.8, 15.6, "Q8_0"),
    ),
}


HOME = "/home/张三/.local/share/ChatBELLE"
WRONG_KEY = Path("/home/张三/下载/llama/13B/consolidated.00.pth")
PLAIN, ENCRYPTED = "BELLE-7B-2M", "BELLE-LLaMA-7B-2M-enc"
ANSWER = (
    "北京是中华人民共和国的首都，有三千多年的建城史和八百多年的建都史。"
    "这里既有故宫、长城这样的古迹，也是全国的政治、文化和国际交往中心。"
)
COLOURS, OFTEN = 256, 160  # of a picture with a palette, a third of the size


@dataclass(frozen=True)
class SetupShot:
    """`happens`: a method of `Scene` that is called on the page. `ring`: with the keyboard's place."""

    name: str
    page: Page
    language: str
    mode: str
    model: str = ENCRYPTED
    happens: str = ""
    ring: bool = True


# Pictures of the drawn look have its numbers, the others stand in the order of the pages
PAGES = (
    ("04-wizard-models", Page.MODEL, PLAIN, "", False),
    ("05-wizard-progress", Page.PROGRESS, ENCRYPTED, "download", False),
    ("08-wizard-error", Page.KEY, ENCRYPTED, "wrong_key", False),
    ("wizard-01-language", Page.LANGUAGE, PLAIN, "", True),
    ("wizard-02-computer", Page.COMPUTER, PLAIN, "", True),
    ("wizard-03-folder", Page.FOLDER, PLAIN, "", True),
    ("wizard-05-terms", Page.TERMS, PLAIN, "", True),
    ("wizard-06-source", Page.SOURCE, PLAIN, "measure", True),
    ("wizard-07-key", Page.KEY, ENCRYPTED, "", True),
    ("wizard-08-plan", Page.PLAN, ENCRYPTED, "", True),
    ("wizard-10-answer", Page.FIRST_ANSWER, ENCRYPTED, "", True),
    ("wizard-11-failure", Page.PROGRESS, PLAIN, "failure", True),
)
SHOTS = tuple(
    SetupShot(f"{name}-{mode}-{language[:2]}", page, language, mode, model, happens, ring)
    for name, page, model, happens, ring in PAGES
    for language in ("zh_CN", "en")
    for mode in ("light", "dark")
)


def sample(model: Model) -> Model:
    """With round numbers, and one way to have it."""
    if model.id not in SAMPLES:
        return model
    zh, en, (download, size, memory, type_) = SAMPLES[model.id]
    target = replace(
        model.recommended, type=type_, download=int(download * GB), size=int(size * GB), memory=int(memory * GB)
    )
    return replace(model, good_for=Words(zh, en), targets=(target,))


def sample_service(emit: Callable[[object], None]) -> FakeSetup:
    service = FakeSetup(emit)
    shown = [sample(one) for one in service.models.usable() if one.repository][:SHOWN]
    guide = service.models.models[-1]
    service.models = Catalogue((*shown, guide), service.models.keys)
    whole = service.planned

    def plan(request: InstallRequest) -> InstallPlan:
        made = whole(request)
        seconds = {
            InstallStep.KEY_TEST: 1.0,
            InstallStep.CONVERT: 780.0,
            InstallStep.VERIFY: 50.0,
            InstallStep.TRY: 60.0,
        }
        steps = tuple(replace(one, seconds=seconds.get(one.step, 0.0)) for one in made.steps)
        return replace(made, steps=steps, peak_disk=int(31.0 * GB))

    service.plan = plan
    return service


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not reached():
        if time.monotonic() > end:
            raise TimeoutError
        wait(10)


class Scene:
    """A wizard with everything behind it, and what may happen on its pages."""

    def __init__(self, shot: SetupShot, folder: Path, languages: Languages) -> None:
        chosen = {"language": shot.language, "theme": shot.mode, "models_folder": f"{HOME}/models"}
        settings = Settings(None, chosen)
        apply_look(settings, languages)
        self.service = sample_service(lambda event: self.presenter.handle(event))
        self.service.here = replace(COMPUTER, system="Debian 12")
        self.presenter = SetupPresenter(self.service, settings, languages, Paths(folder).create(), clock=lambda: NOW)
        self.wizard = SetupWizard(self.presenter)
        self.ring = FocusRing(self.wizard) if shot.ring else None
        self.wizard.resize(1280, 820)
        self.wizard.show()
        wait_until(lambda: self.presenter.facts.computer is not None)
        if self.ring is not None:
            QTest.keyClick(self.wizard.windowHandle(), Qt.Key.Key_Tab)  # a person who uses the keyboard
            QTest.keyClick(self.wizard.windowHandle(), Qt.Key.Key_Backtab)

    def walk(self, page: Page, model: str) -> None:
        """To `page` by way of all before."""
        presenter = self.presenter
        answers = {Page.TERMS: [AcceptTerms(True)], Page.SOURCE: [ChooseSource(MIRROR.endpoint)]}
        answers[Page.KEY] = [ChooseKey(KEY), KeyTested(KEY)]
        while presenter.state.page is not page:
            if presenter.state.page is Page.MODEL:
                presenter.act(presenter.facts.choose(presenter.facts.catalogue.find(model)))
            if presenter.state.page is Page.SOURCE:
                self.measure()
            for action in answers.get(presenter.state.page, []):
                presenter.act(action)
            wait_until(lambda: presenter.state.page is not Page.PLAN or presenter.state.plan is not None)
            if presenter.state.page is Page.PROGRESS:
                self.service.finish(self.install, ANSWER)
            else:
                presenter.act(Next())
        wait_until(lambda: page is not Page.PLAN or presenter.state.plan is not None)

    def begin(self) -> None:
        """The keyboard is where it is when the page is shown; what was chosen here, a person would have chosen."""
        start = self.wizard.page.start()
        if self.ring is not None and start is not None:
            start.setFocus(Qt.FocusReason.TabFocusReason)

    @property
    def install(self) -> str:
        return self.service.installs()[-1].id

    # --- what happens on a page

    def measure(self) -> None:
        self.presenter.test_sources()
        wait_until(lambda: bool(self.presenter.facts.speeds) and not self.presenter.facts.measuring)
        self.presenter.act(ChooseSource(MIRROR.endpoint))

    def wrong_key(self) -> None:
        self.presenter.act(ChooseKey(WRONG_KEY))
        found = f"{WRONG_KEY.parent.name}/{WRONG_KEY.name}"
        error = Fixable("key-other-size", key=WRONG_KEY.name, detail=f"{found} ≠ 7B/{WRONG_KEY.name}")
        self.presenter.act(KeyTested(WRONG_KEY, error))

    def download(self, total: float = 13.5) -> None:
        facts = {"rate": 11.8e6, "left": 430.0, "transfer": Transfer.RUNNING}
        self.service.run(self.install, InstallStep.DOWNLOAD, int(8.4 * GB), int(total * GB), **facts)

    def failure(self) -> None:
        self.download(14.1)
        self.service.fail(self.install, Fixable("download-unreachable", host="hf-mirror.com", detail="timed out"))

    def close(self) -> None:
        self.wizard.close()
        self.presenter.close()
        self.service.close()
        self.wizard.deleteLater()
        wait(50)


def take(shot: SetupShot, folder: Path, languages: Languages) -> Path:
    """Build the wizard for `shot` and save it."""
    with tempfile.TemporaryDirectory() as temporary:
        scene = Scene(shot, Path(temporary), languages)
        scene.walk(shot.page, shot.model)
        if shot.happens:
            getattr(scene, shot.happens)()
        scene.begin()
        wait(200)
        focused = QApplication.focusWidget()
        if focused is not None and not shot.ring:
            focused.clearFocus()
        wait(50)
        target = folder / f"{shot.name}.png"
        small(scene.wizard.grab().toImage()).save(str(target), quality=0)  # of the compression, not of the picture
        scene.close()
    return target


def small(image: QImage) -> QImage:
    """With a palette: the colours that are seen most, then those farthest from all of them; others as the nearest."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()] | 0xFF000000
    colours, places, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    channels = ((colours[:, None] >> np.array([16, 8, 0], np.uint32)) & 255).astype(np.int64)
    chosen: list[int] = []
    far, nearest = np.full(len(colours), 1 << 20, np.int64), np.zeros(len(colours), np.uint8)
    while len(chosen) < COLOURS and far.any():
        chosen.append(int(np.argmax(np.where(far > 0, counts, 0) if len(chosen) < OFTEN else far)))
        away = ((channels - channels[chosen[-1]]) ** 2).sum(axis=1)
        nearest[away < far] = len(chosen) - 1
        far = np.minimum(far, away)
    palette, indices = colours[chosen], nearest[places.reshape(pixels.shape)]
    made = QImage(indices.tobytes(), image.width(), image.height(), image.width(), QImage.Format.Format_Indexed8)
    made.setColorTable([int(one) for one in palette])
    return made.copy()


def take_all(folder: Path, names: list[str], languages: Languages) -> None:
    """Those whose name starts with one of `names`, all if there are none."""
    for shot in SHOTS:
        if not names or any(shot.name.startswith(name) for name in names):
            print(take(shot, folder, languages))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screens")
    parser.add_argument("names", nargs="*", help="only pictures whose name starts so")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    application = make_application([])
    application.setQuitOnLastWindowClosed(False)
    take_all(arguments.out, arguments.names, Languages())
    return 0


if __name__ == "__main__":
    sys.exit(main())
