"""The Windows packages as far as they can be made without Windows: contents, texts, manifest, version, compilation."""

from __future__ import annotations

import re
import shutil
import sys
import zipfile
from collections import namedtuple
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from app.paths import Paths, find_paths
from steps import stand_in
from steps.findings import Failed
from steps.places import CONSOLE_EXE, WINDOWED_EXE
from windows import installer, payload, version_resource

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A frozen program with empty files."""
    return stand_in.make(tmp_path / "frozen")


@pytest.fixture
def laid_out(program: Path, tmp_path: Path) -> Path:
    icon = installer.plain_icon(tmp_path / "plain.ico")
    return payload.lay_out(program, tmp_path / "payload", icon)


# --- what is installed


def test_the_terminal_program_is_what_the_command_finds_first(laid_out: Path) -> None:
    """PATHEXT begins with .COM: `chatbelle` is the terminal program, the window is ChatBELLE.exe."""
    names = {path.name for path in laid_out.iterdir()}
    assert {WINDOWED_EXE, "chatbelle.com", "_internal", "gguf.ico"} <= names
    assert CONSOLE_EXE not in names
    assert payload.problems(payload.entries(laid_out)) == []


def test_a_program_without_its_terminal_part_is_refused(program: Path, tmp_path: Path) -> None:
    (program / CONSOLE_EXE).unlink()
    with pytest.raises(Failed, match=re.escape(CONSOLE_EXE)):
        payload.lay_out(program, tmp_path / "payload", installer.plain_icon(tmp_path / "plain.ico"))


def test_list_names_outer_folders_before_inner_ones_and_files_last(laid_out: Path) -> None:
    lines = payload.listing(laid_out).splitlines()
    folders = [line for line in lines if line.endswith("\\")]
    assert lines[: len(folders)] == folders
    assert (
        folders.index("_internal\\")
        < folders.index("_internal\\assets\\")
        < folders.index("_internal\\assets\\guide\\")
    )
    files = {line.replace("\\", "/") for line in lines[len(folders) :]}
    assert files == {path.relative_to(laid_out).as_posix() for path in laid_out.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a/CON.txt"], "no such name"),
        (["a/b "], "no such name"),
        (["a/what?.txt"], "no such name"),
        (["Data/x"], "the installer needs"),
        (["uninstall.exe"], "the installer needs"),
        (["lib/Readme", "lib/README"], "cannot tell"),
    ],
)
def test_names_that_windows_cannot_have_are_found(names: list[str], said: str) -> None:
    found = payload.problems([PurePosixPath(name) for name in names])
    assert len(found) == 1 and said in found[0]


def test_chinese_names_are_fine() -> None:
    assert payload.problems([PurePosixPath("_internal/资源/图标.svg"), PurePosixPath("console.dll")]) == []


# --- the portable zip


def test_portable_zip_is_portable(laid_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = payload.portable(laid_out, tmp_path / "portable.zip", "1.2.3")
    target = tmp_path / "U 盘"
    with zipfile.ZipFile(made) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {"ChatBELLE"}
        archive.extractall(target)
    text = (target / "ChatBELLE" / payload.README).read_bytes().decode("utf-8-sig")
    assert "ChatBELLE 1.2.3 便携版" in text and "ChatBELLE 1.2.3, portable" in text
    assert "\n" not in text.replace("\r\n", "")
    monkeypatch.delenv("CHATBELLE_HOME")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(target / "ChatBELLE" / WINDOWED_EXE))
    assert find_paths().home == target / "ChatBELLE" / "data"


def test_portable_zip_is_the_same_every_time(laid_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first = payload.portable(laid_out, tmp_path / "1.zip", "1.2.3").read_bytes()
    (laid_out / WINDOWED_EXE).touch()
    assert payload.portable(laid_out, tmp_path / "2.zip", "1.2.3").read_bytes() == first


# --- manifest and version


def test_manifest_gives_utf8_long_paths_and_sharp_text() -> None:
    assert installer.check_manifest(installer.MANIFEST.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (">UTF-8<", ">GBK<", "activeCodePage"),
        (">true</longPathAware>", ">false</longPathAware>", "longPathAware"),
        ("PerMonitorV2, PerMonitor", "system", "dpiAwareness"),
        ("asInvoker", "requireAdministrator", "administrator"),
        ("</assembly>", "", "no element found"),
    ],
)
def test_a_worse_manifest_is_found(old: str, new: str, said: str) -> None:
    text = installer.MANIFEST.read_text("utf-8").replace(old, new)
    assert said in " ".join(map(str, installer.check_manifest(text)))


def read_resource(version: str) -> Any:
    """As PyInstaller does: the text is an expression of these classes."""
    names = {
        "VSVersionInfo": "ffi kids",
        "StringFileInfo": "kids",
        "StringTable": "name kids",
        "StringStruct": "name val",
        "VarFileInfo": "kids",
        "VarStruct": "name kids",
    }
    kinds: dict[str, Any] = {name: namedtuple(name, fields) for name, fields in names.items()}
    kinds["FixedFileInfo"] = dict
    return eval(version_resource.text(version, WINDOWED_EXE), kinds)


def test_version_resource_speaks_both_languages() -> None:
    resource = read_resource("1.2.3")
    assert resource.ffi["filevers"] == resource.ffi["prodvers"] == (1, 2, 3, 0)
    texts, languages = resource.kids
    tables = {table.name: {row.name: row.val for row in table.kids} for table in texts.kids}
    assert set(tables) == {"040904B0", "080404B0"}
    assert languages.kids[0].kids == [0x0409, 1200, 0x0804, 1200]
    for table in tables.values():
        assert table["FileVersion"] == table["ProductVersion"] == "1.2.3"
        assert table["OriginalFilename"] == WINDOWED_EXE
    assert CHINESE.search(tables["080404B0"]["Comments"]) and not CHINESE.search(tables["040904B0"]["Comments"])


@pytest.mark.parametrize(
    ("version", "numbers"),
    [("0.1.0", (0, 1, 0, 0)), ("1.2.3rc1", (1, 2, 3, 0)), ("2", (2, 0, 0, 0)), ("1.2.3.4", (1, 2, 3, 4))],
)
def test_version_numbers(version: str, numbers: tuple[int, ...]) -> None:
    assert version_resource.numbers(version) == numbers


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(ValueError, match="no version"):
        version_resource.numbers("main")


def test_options_for_pyinstaller_are_files(tmp_path: Path) -> None:
    options = installer.exe_options(tmp_path, "1.2.3")
    assert set(options) == {"manifest", "version"}
    assert all(Path(file).is_file() for file in options.values())


# --- the installer's script


def test_every_text_is_there_in_both_languages() -> None:
    texts = (installer.HERE / "texts.nsh").read_text("utf-8")
    rows = re.findall(r'^!insertmacro TEXT (\w+) "(.*)" "(.*)"$', texts, re.MULTILINE)
    assert len(rows) == texts.count("!insertmacro TEXT ") > 15
    for name, english, chinese in rows:
        assert english and not CHINESE.search(english), name
        assert CHINESE.search(chinese), name
        assert not re.search(r"[\u4e00-\u9fff][,.;:?!]", chinese), f"{name}: full-width punctuation"
    script = "".join(path.read_text("utf-8") for path in installer.HERE.glob("*.ns[hi]"))
    unknown = set(re.findall(r"\$\(([A-Z_]+)\)", script)) - {name for name, _, _ in rows}
    assert unknown == set()


def test_uninstaller_knows_every_file_of_the_data_folder() -> None:
    """What app/paths.py names is what "delete my chats, settings and logs" deletes; models have their own tick."""
    script = (installer.HERE / "data.nsh").read_text("utf-8")
    patterns = re.findall(r'Delete "\$DataFolder\\(.+)"', script)
    trees = re.findall(r'Push "\$DataFolder\\(.+)"', script)
    home = Paths(Path("home"))
    names = [name for name in dir(Paths) if isinstance(getattr(Paths, name), property)]
    assert len(names) > 5
    for name in names:
        place = getattr(home, name).name
        assert place in trees or any(PurePosixPath(place).match(pattern) for pattern in patterns), name


def test_uninstaller_knows_the_windows_lock() -> None:
    source = Path("app/ui/single_window.py")
    text = (Path(__file__).parent.parent.parent / source).read_text("utf-8")
    script = (installer.HERE / "data.nsh").read_text("utf-8")
    for name in re.findall(r'home / "([\w.-]+)"', text):
        assert f'Delete "$DataFolder\\{name}"' in script


@pytest.mark.skipif(installer.find_compiler() is None, reason="makensis is not installed: apt-get install nsis")
def test_script_compiles_without_a_warning() -> None:
    assert [str(one) for one in installer.check() if not one.is_note] == []


@pytest.mark.skipif(installer.find_compiler() is None, reason="makensis is not installed: apt-get install nsis")
def test_both_packages_are_made(program: Path, tmp_path: Path) -> None:
    out = tmp_path / "输出"
    out.mkdir()
    icon = installer.plain_icon(tmp_path / "plain.ico")
    made = installer.make(program, out, "0.1.0", tmp_path / "work", icon, tmp_path)
    assert [path.name for path in made] == [
        "ChatBELLE-0.1.0-windows-x86_64-setup.exe",
        "ChatBELLE-0.1.0-windows-x86_64-portable.zip",
    ]
    start = made[0].read_bytes()
    assert start[:2] == b"MZ" and "ChatBELLE 安装程序".encode("utf-16-le") in start


def test_a_missing_compiler_is_said(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAKENSIS", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    icon = installer.plain_icon(tmp_path / "plain.ico")
    with pytest.raises(Failed, match="NSIS is needed"):
        installer.make(program, tmp_path, "0.1.0", tmp_path / "work", icon, tmp_path)
    assert [one.where for one in installer.check() if one.is_note] == ["makensis"]


def test_compiler_gets_sizes_and_the_longest_path(laid_out: Path, tmp_path: Path) -> None:
    (laid_out / "_internal" / "big.bin").write_bytes(bytes(3_000_000))
    words = installer.defines(
        laid_out, tmp_path / "list", "1.2.3rc1", tmp_path / "i", tmp_path / "o", tmp_path / "none"
    )
    values = dict(word[2:].split("=", 1) for word in words if "=" in word)
    assert "-WX" in words
    assert (values["VERSION"], values["VERSION4"]) == ("1.2.3rc1", "1.2.3.0")
    assert int(values["SIZE_KB"]) in range(2929, 2950)
    assert int(values["SIZE_MB"]) == 3
    assert int(values["LONGEST"]) == max(len(path.as_posix()) for path in payload.entries(laid_out))
    assert "WELCOME" not in values and "SIGN" not in values


# --- signing


def test_without_a_command_nothing_is_signed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(installer.SIGN, raising=False)
    program = tmp_path / "x.exe"
    program.write_bytes(b"MZ")
    installer.sign(program)
    assert program.read_bytes() == b"MZ"


def test_the_signing_command_gets_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "程序 1.exe"
    program.write_bytes(b"MZ")
    monkeypatch.setenv(installer.SIGN, f'{shutil.which("sh")} -c \'printf "signed" >> "$0"\'')
    installer.sign(program)
    assert program.read_bytes() == b"MZsigned"


def test_a_failed_signature_ends_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(installer.SIGN, f"{shutil.which('false')}")
    with pytest.raises(Failed, match=r"x\.exe could not be signed"):
        installer.sign(tmp_path / "x.exe")
