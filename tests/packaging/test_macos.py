"""The macOS package: its property lists, and which of Apple's tools are called with what. None of them is here."""

from __future__ import annotations

import plistlib
import struct
from pathlib import Path

import pytest

from macos import bundle, mach_o
from macos.plist import EARLIEST, info_plist, numbers
from steps import environment
from steps.findings import Failed
from steps.places import APP_ID

PROGRAM = "ChatBELLE.app/Contents/MacOS/chatbelle"
INSIDE = "ChatBELLE.app/Contents/Frameworks"
VARIABLES = [bundle.IDENTITY, bundle.PROFILE, bundle.KEY, bundle.KEY_ID, bundle.ISSUER]
IDENTITY = "Developer ID Application: 张三 (ABCDE12345)"


def program_for(major: int, minor: int = 0) -> bytes:
    """The start of a 64-bit program that says which macOS it needs."""
    command = struct.pack("<6I", mach_o.BUILD_VERSION, 24, mach_o.MACOS, major << 16 | minor << 8, 0, 0)
    return struct.pack("<8I", 0xFEEDFACF, 0x0100000C, 0, 2, 1, len(command), 0, 0) + command


def old_program_for(major: int, minor: int) -> bytes:
    command = struct.pack("<4I", mach_o.MIN_MACOS, 16, major << 16 | minor << 8, 0)
    return struct.pack("<8I", 0xFEEDFACF, 0x01000007, 0, 2, 1, len(command), 0, 0) + command


def fat(*programs: bytes) -> bytes:
    start = 8 + 20 * len(programs)
    rows, bodies = b"", b""
    for number, one in enumerate(programs):
        rows += struct.pack(">5I", number, 0, start + len(bodies), len(one), 0)
        bodies += one
    return struct.pack(">2I", 0xCAFEBABE, len(programs)) + rows + bodies


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """What PyInstaller makes: program, libraries, a framework with links, data."""
    files = {
        PROGRAM: program_for(11),
        f"{INSIDE}/libpython3.12.dylib": program_for(11),
        f"{INSIDE}/numpy/_core/deep.so": program_for(11),
        f"{INSIDE}/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore": fat(program_for(13), old_program_for(12, 3)),
        f"{INSIDE}/PySide6/Qt/lib/QtCore.framework/Versions/A/Resources/Info.plist": b"<plist/>",
        "ChatBELLE.app/Contents/Resources/assets/icon.svg": b"<svg/>",
        "ChatBELLE.app/Contents/Info.plist": plistlib.dumps(info_plist("1.2.3")),
    }
    for name, content in files.items():
        path = tmp_path / "frozen" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    framework = tmp_path / "frozen" / INSIDE / "PySide6/Qt/lib/QtCore.framework"
    (framework / "QtCore").symlink_to("Versions/A/QtCore")
    (framework / "Versions/Current").symlink_to("A")
    (tmp_path / "frozen/ChatBELLE.app/Contents/Resources/libpython3.12.dylib").symlink_to(
        "../Frameworks/libpython3.12.dylib"
    )
    return tmp_path / "frozen" / "ChatBELLE.app"


class Tools:
    """Records what is called, and sees the disk image's folder while it is there."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.image: dict[str, str] = {}

    def __call__(self, command: list[str]) -> None:
        self.calls.append(command)
        if command[:2] == ["hdiutil", "create"]:
            folder = Path(command[command.index("-srcfolder") + 1])
            self.image = {path.name: str(path.readlink()) if path.is_symlink() else "" for path in folder.iterdir()}

    def named(self, *start: str) -> list[list[str]]:
        return [call for call in self.calls if tuple(call[: len(start)]) == start]


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> Tools:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return Tools()


# --- property lists


def test_info_plist_says_what_macos_must_know() -> None:
    info = plistlib.loads(plistlib.dumps(info_plist("1.2.3rc1")))
    assert info["CFBundleIdentifier"] == APP_ID
    assert info["CFBundleShortVersionString"] == info["CFBundleVersion"] == "1.2.3"
    assert {"zh_CN", "en"} <= set(info["CFBundleLocalizations"])
    assert info["NSRequiresAquaSystemAppearance"] is False and info["NSHighResolutionCapable"] is True
    assert info["LSMinimumSystemVersion"] == EARLIEST == environment.MACOS
    (kind,) = info["CFBundleDocumentTypes"]
    assert kind["LSHandlerRank"] == "Alternate"
    assert info["UTImportedTypeDeclarations"][0]["UTTypeTagSpecification"] == {"public.filename-extension": ["gguf"]}


def test_nothing_is_wrong_with_the_property_lists() -> None:
    assert [str(one) for one in bundle.check() if not one.is_note] == []


def test_wrong_property_lists_are_found() -> None:
    info = {**info_plist("1.0"), "NSHighResolutionCapable": False, "UTImportedTypeDeclarations": []}
    assert [one.text for one in bundle.check_info(info)] == [
        "NSHighResolutionCapable is not True",
        "the file type org.ggml.gguf is not declared",
    ]
    assert bundle.check_entitlements(b"no plist")
    more = plistlib.dumps({"com.apple.security.device.camera": True})
    assert "more than the app needs" in bundle.check_entitlements(more)[0].text


def test_what_is_no_version_is_refused() -> None:
    with pytest.raises(ValueError, match="no version"):
        numbers("main")


# --- signing


def test_inner_parts_are_signed_before_outer_ones(app: Path, tools: Tools) -> None:
    parts = [path.relative_to(app / "Contents/Frameworks").as_posix() for path in bundle.parts(app)]
    assert parts == ["PySide6/Qt/lib/QtCore.framework", "numpy/_core/deep.so", "libpython3.12.dylib"]


def test_without_a_certificate_the_app_is_signed_by_nobody(
    app: Path, tools: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = bundle.build(app, tmp_path, "1.2.3", tools)
    assert [path.name.startswith("ChatBELLE-1.2.3-macos-") and path.suffix == ".dmg" for path in made] == [True]
    for call in tools.named("codesign", "--force"):
        assert call[call.index("--sign") + 1] == "-" and "--timestamp" not in call
    assert tools.named("xcrun") == []
    assert f"{bundle.IDENTITY} is not set" in capsys.readouterr().out


def test_with_a_certificate_it_is_hardened_and_verified(
    app: Path, tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(bundle.IDENTITY, IDENTITY)
    (image,) = bundle.build(app, tmp_path, "1.2.3", tools)
    inner, outer, disk = tools.named("codesign", "--force")
    for call in (inner, outer):
        assert call[call.index("--sign") + 1] == IDENTITY
        assert call[call.index("--options") + 1] == "runtime" and "--timestamp" in call
    assert "--entitlements" not in inner
    assert outer[outer.index("--entitlements") + 1] == str(bundle.ENTITLEMENTS) and outer[-1] == str(app)
    assert disk[-1] == str(image)
    order = [call[0] if call[1] != "--verify" else "verify" for call in tools.calls]
    assert order == ["codesign", "codesign", "verify", "ditto", "hdiutil", "codesign", "hdiutil"]
    assert "not notarized" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({bundle.PROFILE: "belle"}, ["--keychain-profile", "belle"]),
        (
            {bundle.KEY: "/k.p8", bundle.KEY_ID: "ID", bundle.ISSUER: "who"},
            ["--key", "/k.p8", "--key-id", "ID", "--issuer", "who"],
        ),
    ],
)
def test_app_and_image_are_notarized_and_stapled(
    app: Path,
    tools: Tools,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    words: list[str],
) -> None:
    monkeypatch.setenv(bundle.IDENTITY, IDENTITY)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (image,) = bundle.build(app, tmp_path, "1.2.3", tools)
    first, second = tools.named("xcrun", "notarytool", "submit")
    assert first[3].endswith("ChatBELLE.zip") and second[3] == str(image)
    assert first[-len(words) :] == second[-len(words) :] == words and "--wait" in first
    assert [call[-1] for call in tools.named("xcrun", "stapler", "staple")] == [str(app), str(image)]
    ticket = tools.calls.index(["xcrun", "stapler", "staple", str(app)])
    assert ticket < tools.calls.index(tools.named("hdiutil", "create")[0])  # the image holds the app with its ticket


def test_half_a_key_is_none(
    app: Path, tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(bundle.IDENTITY, IDENTITY)
    monkeypatch.setenv(bundle.KEY, "/k.p8")
    bundle.build(app, tmp_path, "1.2.3", tools)
    assert tools.named("xcrun") == []
    assert "not notarized" in capsys.readouterr().out


def test_a_tool_that_fails_ends_the_build_with_what_it_said() -> None:
    with pytest.raises(Failed, match=r"(?s)sh -c .*no such identity"):
        bundle.run_tool(["sh", "-c", "echo no such identity >&2; exit 1"])


# --- the disk image


def test_image_holds_the_app_and_a_link_to_applications(app: Path, tools: Tools, tmp_path: Path) -> None:
    (image,) = bundle.build(app, tmp_path, "1.2.3", tools)
    (copy,) = tools.named("ditto")
    assert copy[1] == str(app) and copy[2].endswith("/ChatBELLE.app")
    assert tools.image == {"Applications": "/Applications"}
    (create,) = tools.named("hdiutil", "create")
    assert create[-1] == str(image) and create[create.index("-format") + 1] == "ULMO"
    assert tools.calls[-1] == ["hdiutil", "verify", str(image)]


# --- how old a Mac it runs on


def test_files_say_which_macos_they_need() -> None:
    assert mach_o.earliest(program_for(14, 2)) == (14, 2)
    assert mach_o.earliest(old_program_for(12, 3)) == (12, 3)
    assert mach_o.earliest(fat(program_for(11), old_program_for(12, 3))) == (12, 3)
    assert mach_o.earliest(b"<svg/>") == (0, 0)


@pytest.mark.parametrize(
    ("start", "is_one"),
    [(program_for(11), True), (fat(program_for(11)), True), (bytes.fromhex("cafebabe00000041"), False), (b"", False)],
)
def test_programs_are_told_from_other_files(tmp_path: Path, start: bytes, is_one: bool) -> None:
    file = tmp_path / "file"
    file.write_bytes(start)
    assert mach_o.is_mach_o(file) is is_one


def test_minimum_stays_where_the_parts_allow_it(app: Path, tools: Tools, tmp_path: Path) -> None:
    bundle.build(app, tmp_path, "1.2.3", tools)
    assert plistlib.loads((app / "Contents/Info.plist").read_bytes())["LSMinimumSystemVersion"] == EARLIEST


def test_minimum_follows_a_part_that_needs_a_newer_macos(
    app: Path, tools: Tools, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """numpy's wheels for macOS 14, for example: pip takes them on a new Mac."""
    (app / "Contents/Frameworks/numpy/_core/deep.so").write_bytes(program_for(14))
    bundle.build(app, tmp_path, "1.2.3", tools)
    assert plistlib.loads((app / "Contents/Info.plist").read_bytes())["LSMinimumSystemVersion"] == "14.0"
    assert "deep.so needs macOS 14.0" in capsys.readouterr().out
