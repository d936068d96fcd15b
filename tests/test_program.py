"""How the program was started: packaged or not, its folder, its children, and the files that it is to open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import program
from app.paths import find_paths

ROOT = Path(__file__).resolve().parents[1]
REPORT = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A package in a folder with a Chinese name; the executable."""
    folder = tmp_path / "程序 folder"
    folder.mkdir()
    executable = folder / "chatbelle"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(executable))
    monkeypatch.delenv("CHATBELLE_HOME", raising=False)
    return executable


def environment_of_child() -> dict[str, str]:
    """What a program started by this one sees."""
    python = getattr(sys, "_base_executable", sys.executable)
    done = subprocess.run([python, "-c", REPORT], capture_output=True, text=True, check=True, timeout=30)
    seen: dict[str, str] = json.loads(done.stdout)
    return seen


# --- starting others


def test_the_child_of_a_package_is_the_package(packaged: Path) -> None:
    assert program.command() == [str(packaged)]
    assert "PYTHONPATH" not in set(program.environment()) - set(os.environ)


def test_the_child_of_a_checkout_finds_this_app_from_anywhere(tmp_path: Path) -> None:
    done = subprocess.run(
        [*program.command(), "--version"], cwd=tmp_path, env=program.environment(), capture_output=True, timeout=60
    )
    assert done.returncode == 0 and done.stdout.startswith(b"ChatBELLE ")


@pytest.mark.skipif(sys.platform != "linux", reason="where a package leads to its libraries by a variable")
@pytest.mark.parametrize("before", [None, "", "/opt/their own/lib"])
def test_other_programs_do_not_get_the_packages_libraries(
    packaged: Path, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(packaged.parent / "_internal"))
    monkeypatch.setenv("_PYI_ARCHIVE_FILE", str(packaged))
    monkeypatch.setenv("_PYI_PARENT_PROCESS_LEVEL", "1")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    if before is not None:
        monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", before)
    program.clean_environment()
    seen = environment_of_child()
    assert seen.get("LD_LIBRARY_PATH", "") == (before or "")
    assert not [name for name in seen if name.startswith(("_PYI_", "LD_LIBRARY_PATH_ORIG"))]


def test_a_checkout_leaves_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/somewhere")
    monkeypatch.setenv("QT_PLUGIN_PATH", "/elsewhere")
    program.clean_environment()
    program.clean_qt_environment()
    assert os.environ["LD_LIBRARY_PATH"] == "/somewhere" and os.environ["QT_PLUGIN_PATH"] == "/elsewhere"


def test_other_programs_do_not_get_the_packages_qt(packaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = packaged.parent / "_internal"
    monkeypatch.setattr(sys, "_MEIPASS", str(inside), raising=False)
    monkeypatch.setenv("QT_PLUGIN_PATH", str(inside / "PySide6" / "Qt" / "plugins"))
    monkeypatch.setenv("QML2_IMPORT_PATH", os.pathsep.join([str(inside / "qml"), "/their/own"]))
    before = os.environ["PATH"]
    monkeypatch.setenv("PATH", os.pathsep.join([str(inside), before]))
    program.clean_qt_environment()
    seen = environment_of_child()
    assert "QT_PLUGIN_PATH" not in seen
    assert (seen["QML2_IMPORT_PATH"], seen["PATH"]) == ("/their/own", before)


# --- the portable folder


def test_a_portable_folder_lies_beside_the_executable(packaged: Path) -> None:
    data = packaged.parent / "data"
    assert find_paths().home != data
    data.mkdir()
    assert find_paths().home == data


def test_beside_an_appimage_is_beside_its_file(packaged: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The executable itself is in a mount that cannot be written."""
    image = tmp_path / "下载" / "ChatBELLE.AppImage"
    (image.parent / "data").mkdir(parents=True)
    monkeypatch.setenv("APPIMAGE", str(image))
    monkeypatch.setenv("APPDIR", str(packaged.parent))
    assert find_paths().home == image.parent / "data"


def test_an_appimage_that_started_this_program_is_not_this_program(
    packaged: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    image = tmp_path / "elsewhere" / "Terminal.AppImage"
    (image.parent / "data").mkdir(parents=True)
    monkeypatch.setenv("APPIMAGE", str(image))
    monkeypatch.setenv("APPDIR", str(tmp_path / "mounted"))
    assert program.place() == packaged.parent


def test_on_a_mac_the_folder_lies_beside_the_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CHATBELLE_HOME")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "ChatBELLE.app" / "Contents" / "MacOS" / "chatbelle"))
    (tmp_path / "data").mkdir()
    assert find_paths().home == tmp_path / "data"


# --- files to open


def test_files_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, other = tmp_path / "我的 模型#1%.GGUF", tmp_path / "BELLE.enc"
    for file in (model, other):
        file.touch()
    monkeypatch.chdir(tmp_path)
    assert program.files_in([str(model)]) == [model]
    assert program.files_in([model.name]) == [model]
    assert program.files_in([model.as_uri(), str(other)]) == [model, other]
    assert program.files_in([f"file://localhost{model.as_uri()[7:]}"]) == [model]
    assert program.files_in([str(other), "-style", "fusion"]) == [other]
    missing = tmp_path / "gone.gguf"
    assert program.files_in([missing.as_uri()]) == [missing]  # the window says that it is not there


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["chat"],
        ["nonsense.gguf"],
        ["BELLE.enc"],
        ["-platform", "offscreen"],
        ["file://server/share.gguf"],
        ["file:"],
    ],
)
def test_no_files_to_open(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "BELLE.enc").touch()
    assert program.files_in(arguments) == []


# --- streams


@pytest.mark.skipif(sys.platform == "win32", reason="closes descriptors")
def test_a_windowed_program_is_heard_only_where_somebody_listens() -> None:
    """Without a terminal Python may have no streams although the parent reads a pipe."""
    code = (
        "import sys; sys.stdout = sys.stderr = None; from app.streams import give_streams as give; give(); print('说')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=30)
    assert done.stdout.decode("utf-8").strip() == "说" and done.returncode == 0
    closed = [sys.executable, "-c", f"import os; os.close(1); os.close(2); {code}"]
    assert subprocess.run(closed, cwd=ROOT, timeout=30).returncode == 0
