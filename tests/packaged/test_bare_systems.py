"""The .deb on systems that have nothing but what it asks for: it installs, answers, opens its window, and goes away.

Needs root and debootstrap; the systems are kept in build/package/chroots.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from steps.places import WORK
from tests.packaged import chroot
from tests.packaged.chroot import BOOKWORM, JAMMY, Chroot, NotPossible, Release
from tests.ui.desk import PATIENCE, Desk, open_desk, wait_for

QUESTION = "8GB 内存可以用哪个模型？"
FONT = "fonts-wqy-microhei"  # smaller than the one that the package recommends
SCREENSHOTS = WORK / "screenshots"

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module", params=[BOOKWORM, JAMMY], ids=lambda release: release.name)
def system(request: pytest.FixtureRequest, deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroot]:
    """A bare system with the package installed by apt, and a font."""
    release: Release = request.param
    folder = tmp_path_factory.mktemp("chroot") / release.name
    try:
        made = chroot.make(release, folder)
    except NotPossible as reason:
        pytest.fail(str(reason))
    shutil.copyfile(deb, folder / "root" / deb.name)
    for words in (["update"], ["install", "-y", "--no-install-recommends", f"/root/{deb.name}", FONT]):
        done = made.run("apt-get", *words, timeout=1200)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    yield made
    shutil.rmtree(folder, ignore_errors=True)


def test_there_is_no_python(system: Chroot) -> None:
    assert system.run("sh", "-c", "command -v python3").returncode != 0


def test_it_says_its_version_and_tests_itself(system: Chroot) -> None:
    shown = system.run("chatbelle", "--version")
    assert shown.stdout.startswith("ChatBELLE "), shown.stderr
    tested = system.run("chatbelle", "self-test")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "FAILED" not in tested.stdout


def test_the_desktop_finds_it(system: Chroot) -> None:
    for name in ("applications/chatbelle.desktop", "mime/packages/chatbelle.xml", "doc/chatbelle/copyright"):
        assert (system.root / "usr/share" / name).is_file()
    assert (system.root / "usr/share/icons/hicolor/256x256/apps/chatbelle.png").read_bytes().startswith(b"\x89PNG")


class PackagedDesk(Desk):
    """The app is the installed one, in its system."""

    system: Chroot

    @contextlib.contextmanager
    def app(self) -> Iterator[str]:
        inside = Path("/root/数据 folder")
        more = {
            "DISPLAY": self.display,
            "CHATBELLE_HOME": str(inside),
            "CHATBELLE_LANG": "zh_CN",
            "QT_QPA_PLATFORM": "xcb",
        }
        process = subprocess.Popen(self.system.command(["/usr/bin/chatbelle"], more), stderr=subprocess.PIPE, text=True)
        try:
            window = wait_for(lambda: self.window_of(process.pid), "the window")
            self.xdotool("windowactivate", "--sync", window)
            wait_for(lambda: self.query("SELECT 1 FROM sqlite_master"), "the history")
            yield window
            self.run("wmctrl", "-i", "-c", window)
            assert process.wait(PATIENCE) == 0
            assert process.stderr is not None and process.stderr.read() == ""
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()


def still(desk: Desk) -> bool:
    """Nothing above the composer has changed for a second."""
    before = desk.picture()[:700]
    time.sleep(1.0)
    return bool((desk.picture()[:700] == before).all())


def save(picture: np.ndarray, target: Path) -> None:
    """For people to look at."""
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = np.ascontiguousarray(picture | 0xFF000000, "<u4")
    height, width = rows.shape
    assert QImage(rows.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32).save(str(target))


def test_a_person_asks_in_chinese_and_gets_an_answer(system: Chroot, tmp_path: Path) -> None:
    home = system.root / "root" / "数据 folder"
    shutil.rmtree(home, ignore_errors=True)
    with open_desk(home, tmp_path) as plain:
        desk = PackagedDesk(plain.display, plain.home, plain.screen)
        desk.system = system
        desk.learn(QUESTION)
        with desk.app() as window:
            desk.ask(QUESTION)
            wait_for(lambda: desk.answer()[1] == "complete", "an answer")
            assert "BELLE-7B-2M" in desk.answer()[0]
            wait_for(lambda: QUESTION[:6] in desk.title(window), "the chat's title")
            wait_for(lambda: still(desk), "the end of the answer in the window")
            save(desk.picture(), SCREENSHOTS / f"{system.root.name}.png")


def test_it_goes_away_and_leaves_the_chats(system: Chroot) -> None:
    """The last test of a system."""
    home = system.root / "root" / "数据 folder"
    done = system.run("apt-get", "purge", "-y", "chatbelle")
    assert done.returncode == 0, done.stderr
    assert not (system.root / "usr/lib/chatbelle").exists()
    assert not (system.root / "usr/bin/chatbelle").is_symlink()
    assert (home / "chats.db").is_file()
