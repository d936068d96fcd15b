"""Names and folders by the rules of every system, Windows' own tested without it."""

from __future__ import annotations

import os
import shutil
import sys
from collections import namedtuple
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.runtime.models import folder_rules, volumes
from app.runtime.models.folder_rules import (
    NAME_BYTES,
    NAME_LENGTH,
    check_folder,
    folder_notes,
    safe_gguf_name,
    safe_name,
    windows_length,
    windows_note,
    windows_problem,
)
from app.runtime.models.volumes import Volume, volume_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("BELLE-7B-2M", "BELLE-7B-2M"),
        ("贝壳 模型：7B", "贝壳 模型：7B"),
        ("a/b\\c:d*e?f", "a-b-c-d-e-f"),
        ("NUL", "_NUL"),
        ("com1.gguf", "_com1.gguf"),
        ("COM¹", "_COM¹"),
        ("console", "console"),
        (" .hidden. ", "hidden"),
        ("...", "model"),
        ("", "model"),
        ("a\n\tb\x00c", "a--b-c"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("x\u202egnp", "x gnp"),
    ],
)
def test_safe_names(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_name_that_windows_and_linux_take(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    name = safe_name(text)
    assert windows_problem(PureWindowsPath("C:/models") / name) is None, name
    assert windows_problem(PureWindowsPath(safe_name(f"nul.{text}"))) is None
    assert len(name) <= NAME_LENGTH + 1 and len(name.encode()) <= NAME_BYTES + 1 and not name.startswith(".")
    assert safe_name(name) == name
    folder = tmp_path_factory.getbasetemp()
    (folder / f"{name}.probe").touch()
    assert safe_gguf_name(text).endswith(".gguf")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (r"C:\Users\张 三\AppData\Local\ChatBELLE\models", None),
        (r"D:\模型", None),
        ("D:\\", None),
        (r"\\server\share\models", None),
        (r"C:\models.\x", "folder-name-bad"),
        (r"C:\models \x", "folder-name-bad"),
        (r"C:\aux", "folder-name-bad"),
        (r"C:\a\NUL.txt", "folder-name-bad"),
        (r"C:\a\Lpt9 .x", "folder-name-bad"),
        (r"C:\a\what?", "folder-name-bad"),
        (r"C:\a\b:c", "folder-name-bad"),
        (r"models\..\x", None),
        ("C:\\" + "长" * 244, None),
        ("C:\\" + "长" * 245, "folder-path-too-long"),
        ("C:\\" + "𠀀" * 122, None),
        ("C:\\" + "𠀀" * 123, "folder-path-too-long"),
    ],
)
def test_what_windows_refuses(path: str, code: str | None) -> None:
    problem = windows_problem(PureWindowsPath(path))
    assert (problem.code if problem else None) == code


def test_windows_counts_in_utf16() -> None:
    assert windows_length(PureWindowsPath("C:\\贝𠀀")) == 6
    assert windows_note(PureWindowsPath(r"C:\Users\张三\ChatBELLE\models")) is None
    note = windows_note(PureWindowsPath("C:\\" + "长" * 130))
    assert note and note.code == "note-folder-long" and note.params["length"] == 133


def test_folders_that_will_do(tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    assert check_folder(tmp_path) is None
    assert check_folder(tmp_path / "张 三" / "new" / "模型") is None
    deep = tmp_path.joinpath(*["很长的文件夹名字" * 4] * 6)
    assert len(str(deep)) > 200 and check_folder(deep) is None
    assert set(tmp_path.iterdir()) == before  # nothing is made by asking


def test_folders_that_will_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for path, code in [
        (file, "folder-is-file"),
        (file / "below", "folder-is-file"),
        (tmp_path / ("x" * 300), "folder-unwritable"),
        (Path("/proc/nowhere"), "folder-unwritable"),
    ]:
        if path.parts[1] != "proc" or sys.platform == "linux":
            problem = check_folder(path)
            assert problem and problem.code == code, path
    problem = check_folder(tmp_path, need=10**18)
    assert problem and problem.code == "out-space" and problem.params["path"] == str(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 5))
    assert check_folder(tmp_path, need=6) is not None and check_folder(tmp_path, need=5) is None


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    problem = check_folder(tmp_path / "models")
    tmp_path.chmod(0o700)
    assert problem and problem.code == "folder-unwritable"


def test_notes_of_drives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for volume, codes in [
        (Volume("ext4"), []),
        (Volume("vfat", removable=True), ["note-folder-removable", "note-folder-fat"]),
        (Volume("cifs", network=True), ["note-folder-network"]),
        (Volume("exfat", removable=True), ["note-folder-removable"]),
    ]:
        monkeypatch.setattr(folder_rules, "volume_of", lambda _, volume=volume: volume)
        assert [note.code for note in folder_notes(tmp_path)] == codes
    assert Volume("fat32").largest_file == 4 * 1024**3 - 1 and Volume("ntfs").largest_file is None


@pytest.mark.skipif(sys.platform != "linux", reason="mount points")
def test_drives_by_mount_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    here = str(tmp_path)
    Part = namedtuple("Part", "device mountpoint fstype opts")
    table = [
        Part("/dev/root", "/", "ext4", "rw"),
        Part("/dev/sdz1", here, "VFAT", "rw"),
        Part("//nas/models", f"{here}/nas", "cifs", "rw"),
        Part("/dev/sdy1", f"{here}x", "ntfs", "rw"),
    ]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: table)
    (tmp_path / "nas").mkdir()
    assert volume_of(tmp_path / "not yet" / "there") == Volume("vfat")
    assert volume_of(tmp_path / "nas" / "models") == Volume("cifs", network=True)
    assert volume_of(Path("/")) == Volume("ext4")
    assert volumes.one_drive(tmp_path, tmp_path / "new")
