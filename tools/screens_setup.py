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

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.bootstrap import make_application  # noqa: E402
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
from app.ui.wizard.presenter import SetupPresenter  # noqa: E402
from app.ui.wizard.wizard import SetupWizard  # noqa: E402
from tests.contracts.fake_setup import FakeSetup  # noqa: E402

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


@dataclass(frozen=True)
class SetupShot:
    name: str
    page: Page
    language: str
    mode: str


SHOTS = tuple(
    SetupShot(f"{name}-{mode}-{language[:2]}", page, language, mode)
    for name, page in (("04-wizard-models", Page.MODEL), ("05-wizard-progress", Page.PROGRESS))
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


def walk(presenter: SetupPresenter, page: Page, model: str) -> None:
    """To `page` by way of all before."""
    answers = {Page.TERMS: [AcceptTerms(True)], Page.SOURCE: [ChooseSource(MIRROR.endpoint)]}
    answers[Page.KEY] = [ChooseKey(KEY), KeyTested(KEY)]
    while presenter.state.page is not page:
        if presenter.state.page is Page.MODEL:
            row = presenter.facts.catalogue.find(model)
            presenter.act(presenter.facts.choose(row))
        for action in answers.get(presenter.state.page, []):
            presenter.act(action)
        wait_until(lambda: presenter.state.page is not Page.PLAN or presenter.state.plan is not None)
        presenter.act(Next())


def take(shot: SetupShot, folder: Path, languages: Languages) -> Path:
    """Build the wizard for `shot` and save it."""
    with tempfile.TemporaryDirectory() as temporary:
        paths = Paths(Path(temporary)).create()
        settings = Settings(None, {"language": shot.language, "theme": shot.mode})
        apply_look(settings, languages)
        told: list[SetupPresenter] = []
        service = sample_service(lambda event: told[0].handle(event))
        presenter = SetupPresenter(service, settings, languages, paths, clock=lambda: NOW)
        told.append(presenter)
        wizard = SetupWizard(presenter)
        wizard.resize(1280, 820)
        wizard.show()
        wait_until(lambda: presenter.facts.computer is not None)
        model = "BELLE-7B-2M" if shot.page is Page.MODEL else "BELLE-LLaMA-7B-2M-enc"
        walk(presenter, shot.page, model)
        if shot.page is Page.PROGRESS:
            facts = {"rate": 11.8e6, "left": 430.0, "transfer": Transfer.RUNNING}
            service.run(service.installs()[-1].id, InstallStep.DOWNLOAD, int(8.4 * GB), int(13.5 * GB), **facts)
        focused = QApplication.focusWidget()
        if focused is not None:
            focused.clearFocus()
        wait(200)
        target = folder / f"{shot.name}.png"
        wizard.grab().save(str(target))
        wizard.close()
        presenter.close()
        service.close()
        wizard.deleteLater()
        wait(50)
    return target


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
