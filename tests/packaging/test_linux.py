"""The Linux packages, made from a program of a few bytes with the real tools."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from linux import appimage, archive, deb, packages, tree
from steps import icons
from steps.findings import Failed
from steps.places import APP_ID, version

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux packages")


@pytest.fixture(autouse=True)
def same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture
def app_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A frozen program that only says hello, and icons without Qt."""
    folder = tmp_path / "frozen" / "chatbelle"
    (folder / "_internal" / "assets").mkdir(parents=True)
    (folder / "_internal" / "assets" / "图标.svg").write_text("<svg/>", "utf-8")
    (folder / "_internal" / "libx.so").symlink_to("libx.so.0")
    (folder / "_internal" / "libx.so.0").write_bytes(b"\x7fELF")
    start = folder / "chatbelle"
    start.write_text('#!/bin/sh\necho "hello $*"\n', "utf-8")
    start.chmod(0o755)
    drawn = tmp_path / "icons"
    drawn.mkdir()
    for name in (*(f"chatbelle-{size}.png" for size in icons.LINUX), "chatbelle.svg"):
        (drawn / name).write_text(name, "utf-8")
    for module in (tree, archive, appimage):
        monkeypatch.setattr(module, "ICONS", drawn)
    monkeypatch.setattr(deb, "WORK", tmp_path)
    return folder


def test_the_desktop_entry_is_in_both_languages() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # keys with their case
    entry.read(tree.HERE / "chatbelle.desktop", "utf-8")
    values = entry["Desktop Entry"]
    assert values["Exec"] == "chatbelle %f"
    assert values["MimeType"] == "application/x-gguf;"
    for key in ("GenericName", "Comment", "Keywords"):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in values[f"{key}[zh_CN]"])


def test_what_the_desktop_reads_agrees(tmp_path: Path) -> None:
    files = tree.write_desktop_files(tmp_path, "1.2.3")
    assert files["metainfo"].name == f"{APP_ID}.metainfo.xml"
    root = ElementTree.parse(files["metainfo"]).getroot()
    assert root.findtext("id") == APP_ID
    assert root.findtext("launchable") == files["desktop"].name
    release = root.find("releases/release")
    assert release is not None and release.attrib == {"version": "1.2.3", "date": "2023-11-14"}
    kind = ElementTree.parse(files["mime"]).getroot()[0]
    assert kind.attrib["type"] == root.findtext("provides/mediatype") == "application/x-gguf"
    assert "@" not in files["metainfo"].read_text("utf-8")


def test_the_desktops_own_tools_are_content() -> None:
    assert [str(one) for one in packages.check() if not one.is_note] == []


@pytest.mark.skipif(shutil.which("libdeflate-gzip") is None, reason="libdeflate-tools come with `make package`")
def test_the_archive_is_the_same_each_time_and_holds_no_user(app_dir: Path, tmp_path: Path) -> None:
    first = archive.make(app_dir, tmp_path / "a.tar.gz").read_bytes()
    os.utime(app_dir / "chatbelle", (1, 1))
    assert archive.make(app_dir, tmp_path / "b.tar.gz").read_bytes() == first
    with tarfile.open(tmp_path / "a.tar.gz") as found:
        members = {member.name: member for member in found.getmembers()}
    assert members["chatbelle/chatbelle"].mode == 0o755
    assert members["chatbelle/_internal/libx.so"].linkname == "libx.so.0"
    assert "chatbelle/_internal/assets/图标.svg" in members and "chatbelle/README.md" in members
    assert {(one.uid, one.gid, one.mtime) for one in members.values()} == {(0, 0, 1700000000)}


def test_the_deb_holds_the_program_and_says_what_it_needs(app_dir: Path, tmp_path: Path) -> None:
    made = deb.make(app_dir, tmp_path / "chatbelle.deb", "1.2.3")
    fields = subprocess.run(["dpkg-deb", "--field", made], capture_output=True, text=True, check=True).stdout
    assert "Package: chatbelle\nVersion: 1.2.3\n" in fields
    assert "libc6 (>= 2.35)" in fields and "libgl1" in fields and "libegl1" in fields
    assert "fonts-noto-cjk" in fields.partition("Recommends:")[2].partition("\n")[0]
    listed = subprocess.run(["dpkg-deb", "--contents", made], capture_output=True, text=True, check=True).stdout
    assert "./usr/bin/chatbelle -> ../lib/chatbelle/chatbelle" in listed
    assert all(line.split()[1] == "root/root" for line in listed.splitlines())
    target = tmp_path / "root"
    subprocess.run(["dpkg-deb", "--extract", made, target], check=True)
    said = subprocess.run([target / "usr/bin/chatbelle", "you"], capture_output=True, text=True, check=True).stdout
    assert said == "hello you\n"
    for path in ("applications/chatbelle.desktop", f"metainfo/{APP_ID}.metainfo.xml", "mime/packages/chatbelle.xml"):
        assert (target / "usr/share" / path).stat().st_mode & 0o777 == 0o644


def test_the_deb_is_the_same_each_time(app_dir: Path, tmp_path: Path) -> None:
    first = deb.make(app_dir, tmp_path / "a.deb", "1.2.3").read_bytes()
    os.utime(app_dir / "chatbelle", (1, 1))
    assert deb.make(app_dir, tmp_path / "b.deb", "1.2.3").read_bytes() == first


def test_the_appdir_starts_from_anywhere(app_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "名 字" / "ChatBELLE.AppDir"
    folder.parent.mkdir()
    appimage.lay_out(folder, app_dir, version())
    said = subprocess.run([folder / "AppRun", "a b"], capture_output=True, text=True, check=True, cwd="/").stdout
    assert said == "hello a b\n"
    assert (folder / ".DirIcon").read_text("utf-8") == "chatbelle-256.png"
    assert (folder / "chatbelle.desktop").is_file() and (folder / "usr/share/metainfo").is_dir()


def test_an_appimage_needs_a_runtime_that_is_one(tmp_path: Path) -> None:
    packed = tmp_path / "app.squashfs"
    packed.write_bytes(b"hsqs")
    runtime = tmp_path / "runtime"
    runtime.write_bytes(b"\x7fELF\2\1\1\0AI\2" + bytes(20))
    made = appimage.join(runtime, packed, tmp_path / "app.AppImage")
    assert made.read_bytes() == runtime.read_bytes() + b"hsqs"
    assert os.access(made, os.X_OK)
    runtime.write_bytes(b"\x7fELF" + bytes(20))
    with pytest.raises(Failed, match="APPIMAGE_RUNTIME"):
        appimage.join(runtime, packed, tmp_path / "app.AppImage")


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="squashfs-tools come with `make package`")
def test_without_a_runtime_there_is_its_file_system(
    app_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("APPIMAGE_RUNTIME", raising=False)
    folder, packed = appimage.make(app_dir, tmp_path / "out", "1.2.3", "x86_64")
    assert folder.name == "ChatBELLE.AppDir"
    assert packed.read_bytes()[:4] == b"hsqs"
