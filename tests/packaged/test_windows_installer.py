"""The Windows installer in Wine: installs, upgrades, moves and removes, with a stand-in for the program."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from steps import stand_in
from steps.places import CONSOLE_EXE, WINDOWED_EXE
from tests.packaged.wine import USER, Registry, Wine, find_wine, until
from tests.ui.desk import Desk, open_desk, wait_for
from windows import installer

OLD, NEW = "0.1.0", "0.2.0"
USUAL = rf"{USER}\AppData\Local\Programs\ChatBELLE"
DATA = rf"{USER}\AppData\Local\ChatBELLE"
SHORTCUT = rf"{USER}\AppData\Roaming\Microsoft\Windows\Start Menu\Programs\ChatBELLE.lnk"
ON_DESKTOP = rf"{USER}\Desktop\ChatBELLE.lnk"
OWN = r"Software\ChatBELLE"
LISTED = r"Software\Microsoft\Windows\CurrentVersion\Uninstall\ChatBELLE"
CHATS = {"chats.db", "chats.db-wal", "chats.damaged-1.db", "settings.json", "window.log"}
CLASSES = r"Software\Classes"
# A program that says that it started and then stays for a while; NSIS makes it, so no other compiler is needed.
STAND_IN = r"""
Target amd64-unicode
SilentInstall silent
RequestExecutionLevel user
OutFile "{target}"
Section
  FileOpen $0 "$EXEDIR\started" w
  FileClose $0
  Sleep 8000
SectionEnd
"""


@pytest.fixture(scope="session")
def setups(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two versions: each has a file that the other has not."""
    if installer.find_compiler() is None:
        pytest.skip("makensis is not installed: apt-get install nsis")
    work = tmp_path_factory.mktemp("setups")
    script, program = work / "stand-in.nsi", work / "stand-in.exe"
    script.write_text(STAND_IN.format(target=program), "utf-8")
    subprocess.run(["makensis", "-V1", "-WX", str(script)], check=True)
    icon = installer.plain_icon(work / "plain.ico")
    made = {}
    for version in (OLD, NEW):
        folder = stand_in.make(work / version / "frozen")
        for name in (WINDOWED_EXE, CONSOLE_EXE):
            shutil.copyfile(program, folder / name)
        only = folder / "_internal" / f"only {version}" / f"{version} 文件.dll"
        only.parent.mkdir()
        only.write_text(version, "utf-8")
        (folder / "_internal" / "version.txt").write_text(version, "utf-8")
        made[version] = installer.make(folder, work, version, work / version, icon, work)[0]
    return made


@pytest.fixture(scope="session")
def prefix(setups: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wine]:
    program = find_wine()
    if program is None:
        pytest.skip("Wine is not installed: apt-get install wine64")
    wine = Wine(program, tmp_path_factory.mktemp("wine") / "prefix")
    wine.start()
    for version, setup in setups.items():
        shutil.copyfile(setup, wine.prefix / "drive_c" / f"{version}.exe")
    yield wine
    shutil.rmtree(wine.prefix, ignore_errors=True)


@pytest.fixture
def wine(prefix: Wine) -> Iterator[Wine]:
    yield prefix
    prefix.restore()


def install(wine: Wine, version: str, *options: str, folder: str = "") -> int:
    """Silently. NSIS wants the folder last and without quotes."""
    where = f"/D={folder}".split(" ") if folder else []
    return wine.run(rf"C:\{version}.exe", "/S", *options, *where)


def uninstall(wine: Wine, folder: str = USUAL) -> None:
    """Silently. The uninstaller goes on from a copy of itself after its first process has ended."""
    program = wine.path(rf"{folder}\uninstall.exe")
    assert wine.run(rf"{folder}\uninstall.exe", "/S") == 0
    until([program], gone=True)
    wine.wait()


def files(wine: Wine, folder: str = USUAL) -> set[str]:
    top = wine.path(folder)
    return {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()}


def path_of(registry: Registry) -> str:
    return registry["Environment"]["Path"]


def test_install_and_remove_leave_nothing_behind_but_the_data(wine: Wine) -> None:
    before = wine.registry()
    chats, model = wine.path(rf"{DATA}\chats.db"), wine.path(rf"{DATA}\models\贝尔\model.gguf")
    model.parent.mkdir(parents=True)
    chats.write_text("chats")
    model.write_text("model")

    assert install(wine, OLD) == 0
    assert {"ChatBELLE.exe", "chatbelle.com", "gguf.ico", "uninstall.exe"} <= files(wine)
    text = wine.path(rf"{USUAL}\installed-files.txt").read_bytes().decode("utf-16-le")
    named = {line.replace("\\", "/") for line in text.splitlines() if not line.endswith("\\")}
    assert files(wine) == named | {"uninstall.exe", "installed-files.txt"}  # all that is there is listed
    assert wine.path(SHORTCUT).is_file() and wine.path(ON_DESKTOP).is_file()

    uninstall(wine)
    assert not wine.path(USUAL).exists()
    assert not wine.path(SHORTCUT).exists() and not wine.path(ON_DESKTOP).exists()
    assert (chats.read_text(), model.read_text()) == ("chats", "model")
    assert wine.registry() == before


def test_windows_lists_it_with_version_size_and_ways_to_remove_it(wine: Wine) -> None:
    assert install(wine, OLD) == 0
    row = wine.registry()[LISTED]
    assert (row["DisplayName"], row["DisplayVersion"], row["Publisher"]) == (
        "ChatBELLE",
        OLD,
        "The ChatBELLE contributors",
    )
    assert row["InstallLocation"] == USUAL
    assert row["UninstallString"] == rf'"{USUAL}\uninstall.exe"'
    assert row["QuietUninstallString"] == rf'"{USUAL}\uninstall.exe" /S'
    assert int(row["EstimatedSize"].removeprefix("dword:"), 16) > 100
    app_paths = wine.registry()[r"Software\Microsoft\Windows\CurrentVersion\App Paths\ChatBELLE.exe"]
    assert app_paths[""] == rf"{USUAL}\ChatBELLE.exe"


# --- PATH


@pytest.mark.parametrize("kind", ["REG_SZ", "REG_EXPAND_SZ"])
def test_a_long_path_is_kept_to_the_letter(wine: Wine, kind: str) -> None:
    """Longer than NSIS's strings, with variables and Chinese folders."""
    before = ";".join([r"%USERPROFILE%\bin", *(rf"C:\工具\folder number {number}" for number in range(150))])
    assert len(before) > 3000
    wine.set(r"HKCU\Environment", "Path", before, kind)
    assert install(wine, OLD) == 0
    assert path_of(wine.registry()) == f"{before};{USUAL}"
    assert install(wine, NEW) == 0
    assert path_of(wine.registry()) == f"{before};{USUAL}"
    uninstall(wine)
    assert path_of(wine.registry()) == before


@pytest.mark.parametrize(
    ("before", "with_us", "after"),
    [
        ("", USUAL, None),
        ("C:\\a;", f"C:\\a;{USUAL}", "C:\\a"),
        (f"{USUAL.upper()};C:\\a", f"C:\\a;{USUAL}", "C:\\a"),
        (f"C:\\a;{USUAL}2;{USUAL}\\bin", f"C:\\a;{USUAL}2;{USUAL}\\bin;{USUAL}", f"C:\\a;{USUAL}2;{USUAL}\\bin"),
    ],
    ids=["empty", "ends in a separator", "there already", "alike folders"],
)
def test_only_our_own_entry_comes_and_goes(wine: Wine, before: str, with_us: str, after: str | None) -> None:
    if before:
        wine.set(r"HKCU\Environment", "Path", before, "REG_EXPAND_SZ")
    assert install(wine, OLD) == 0
    assert path_of(wine.registry()) == with_us
    uninstall(wine)
    assert wine.registry()["Environment"].get("Path") == after


def test_a_path_that_is_no_text_is_left_alone(wine: Wine) -> None:
    wine.set(r"HKCU\Environment", "Path", "77", "REG_DWORD")
    assert install(wine, OLD) == 0
    assert path_of(wine.registry()) == "dword:0000004d"
    uninstall(wine)
    assert path_of(wine.registry()) == "dword:0000004d"


# --- .gguf


def test_the_program_that_opens_gguf_stays(wine: Wine) -> None:
    wine.set(rf"HKCU\{CLASSES}\.gguf", "", "Other.gguf")
    wine.set(rf"HKCU\{CLASSES}\.gguf\OpenWithProgids", "Other.gguf", "")
    assert install(wine, OLD) == 0
    there = wine.registry()
    assert there[rf"{CLASSES}\.gguf"][""] == "Other.gguf"
    assert there[rf"{CLASSES}\.gguf\OpenWithProgids"] == {"Other.gguf": "", "ChatBELLE.gguf": ""}
    assert there[rf"{CLASSES}\ChatBELLE.gguf\shell\open\command"][""] == rf'"{USUAL}\ChatBELLE.exe" "%1"'
    assert there[rf"{CLASSES}\Applications\ChatBELLE.exe\SupportedTypes"] == {".gguf": ""}
    assert there[rf"{OWN}\Capabilities\FileAssociations"] == {".gguf": "ChatBELLE.gguf"}
    uninstall(wine)
    left = wine.registry()
    assert left[rf"{CLASSES}\.gguf"] == {"": "Other.gguf"}
    assert left[rf"{CLASSES}\.gguf\OpenWithProgids"] == {"Other.gguf": ""}
    assert not [key for key in left if "ChatBELLE" in key]


# --- choices


def test_parts_that_are_not_wanted_are_not_there_and_the_next_version_knows(wine: Wine) -> None:
    before = wine.registry().get("Environment", {})
    assert install(wine, OLD, "/DESKTOP=0", "/GGUF=0", "/COMMAND=0") == 0
    for version in (OLD, NEW):
        there = wine.registry()
        assert there["Environment"] == before
        assert rf"{CLASSES}\ChatBELLE.gguf" not in there
        assert not wine.path(ON_DESKTOP).exists() and wine.path(SHORTCUT).exists()
        assert there[LISTED]["DisplayVersion"] == version
        assert install(wine, NEW) == 0
    for asked in (True, False):
        assert install(wine, NEW, f"/DESKTOP={asked:d}") == 0
        assert wine.path(ON_DESKTOP).exists() is asked


# --- versions


def test_a_new_version_takes_the_place_of_the_old_one_and_of_nothing_else(wine: Wine) -> None:
    folder = r"C:\我的 程序\聊天"
    assert install(wine, OLD, folder=folder) == 0
    mine = [wine.path(rf"{folder}\notes.txt"), wine.path(rf"{folder}\_internal\only {OLD}\mine.txt")]
    for path in mine:
        path.write_text("mine")
    assert install(wine, NEW) == 0  # finds the folder itself
    there = files(wine, folder)
    assert f"_internal/only {NEW}/{NEW} 文件.dll" in there
    assert f"_internal/only {OLD}/{OLD} 文件.dll" not in there
    assert wine.path(rf"{folder}\_internal\version.txt").read_text() == NEW
    assert not [name for name in there if name.startswith(".new")]
    assert wine.registry()[LISTED]["DisplayVersion"] == NEW
    uninstall(wine, folder)
    assert files(wine, folder) == {"notes.txt", f"_internal/only {OLD}/mine.txt"}
    assert all(path.read_text() == "mine" for path in mine)
    shutil.rmtree(wine.path(r"C:\我的 程序"))


def test_installed_elsewhere_the_first_place_is_cleared(wine: Wine) -> None:
    assert install(wine, OLD) == 0
    folder = rf"{USER}\另一处\ChatBELLE"
    assert install(wine, NEW, folder=folder) == 0
    assert not wine.path(USUAL).exists()
    there = wine.registry()
    assert there[LISTED]["InstallLocation"] == there[OWN]["InstallDir"] == folder
    assert path_of(there) == folder
    uninstall(wine, folder)
    assert not wine.path(folder).exists()


def test_an_installation_that_was_cut_off_is_repaired(wine: Wine) -> None:
    assert install(wine, OLD) == 0
    staging = wine.path(rf"{USUAL}\.new\_internal")
    staging.mkdir(parents=True)
    (staging / "half").write_text("half")
    assert install(wine, OLD) == 0
    assert not staging.parent.exists()


# --- when it cannot be done


def test_a_running_program_is_not_replaced(wine: Wine) -> None:
    assert install(wine, OLD) == 0
    before = files(wine)
    running = wine.begin(rf"{USUAL}\ChatBELLE.exe")
    started = wine.path(rf"{USUAL}\started")
    until([started], gone=False)
    assert install(wine, NEW) == 2
    started.unlink()
    assert files(wine) == before
    assert wine.path(rf"{USUAL}\_internal\version.txt").read_text() == OLD
    assert wine.registry()[LISTED]["DisplayVersion"] == OLD
    assert running.wait(30) == 0
    assert install(wine, NEW) == 0


def test_an_old_windows_is_refused(wine: Wine) -> None:
    wine.set(r"HKCU\Software\Wine", "Version", "win81")
    wine.wait()
    assert install(wine, OLD) == 2
    assert not wine.path(USUAL).exists()


def test_a_folder_that_makes_paths_too_long_is_refused(wine: Wine) -> None:
    folder = rf"{USER}\{'long ' * 40}end"
    assert install(wine, OLD, folder=folder) == 2
    assert LISTED not in wine.registry()
    assert not wine.path(SHORTCUT).exists()


# --- the pages


@pytest.fixture
def desk(home: Path, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(home, tmp_path) as opened:
        yield opened


def window(desk: Desk, title: str) -> None:
    """Give the window with this title the keyboard when it is there."""
    found = wait_for(lambda: desk.xdotool("search", "--onlyvisible", "--name", title), title)
    desk.xdotool("windowactivate", "--sync", found.splitlines()[-1])


def close(desk: Desk, title: str) -> None:
    """Press Return until no window of this title is left."""

    def gone() -> bool:
        desk.press("Return")
        return not desk.xdotool("search", "--onlyvisible", "--name", title)

    wait_for(gone, f"the end of {title}")


def fill_data(wine: Wine) -> Path:
    data = wine.path(DATA)
    for name in (*CHATS, "mine.txt", "models/贝尔 7B/model.gguf"):
        path = data / ("logs" if name.endswith(".log") else "") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return data


def test_the_wizard_installs_with_the_keyboard_alone(wine: Wine, desk: Desk) -> None:
    wizard = wine.begin(rf"C:\{OLD}.exe", display=desk.display)
    window(desk, "ChatBELLE Setup")
    desk.press("Return", "Return", "Return")  # welcome, parts, folder
    until([wine.path(rf"{USUAL}\started")], gone=False, press=lambda: desk.press("Return"))  # "Run ChatBELLE" is ticked
    assert wizard.wait(30) == 0
    assert wine.registry()[LISTED]["DisplayVersion"] == OLD


@pytest.mark.parametrize(
    ("ticks", "left"),
    [
        (
            [],
            {"chats.db", "chats.db-wal", "chats.damaged-1.db", "settings.json", "window.log", "mine.txt", "model.gguf"},
        ),
        (["alt+d"], {"mine.txt", "model.gguf"}),
        (["alt+d", "alt+m"], {"mine.txt"}),
    ],
    ids=["nothing", "chats", "chats and models"],
)
def test_data_goes_only_when_ticked(wine: Wine, desk: Desk, ticks: list[str], left: set[str]) -> None:
    assert install(wine, OLD) == 0
    data = fill_data(wine)
    wine.begin(rf"{USUAL}\uninstall.exe", display=desk.display)
    window(desk, "ChatBELLE Uninstall")
    keys = ["Return", *ticks, "alt+u"]  # does nothing beyond what it does once, if the window came late and lost some
    until([wine.path(USUAL), wine.path(SHORTCUT)], gone=True, press=lambda: desk.press(*keys), every=5.0)
    close(desk, "ChatBELLE Uninstall")
    wine.wait()
    assert {path.name for path in data.rglob("*") if path.is_file()} == left


def test_two_at_once_are_one_too_many(wine: Wine, desk: Desk) -> None:
    assert install(wine, OLD) == 0
    first = wine.begin(rf"C:\{NEW}.exe", display=desk.display)
    window(desk, "ChatBELLE Setup")
    assert install(wine, NEW) == 2
    assert wine.registry()[LISTED]["DisplayVersion"] == OLD
    desk.press("alt+F4", "Return")  # asks whether to give up
    assert first.wait(30) == 1
