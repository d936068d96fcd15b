"""The steps around PyInstaller: llama.cpp's flags, icons, limits, checksums, and the command line."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from steps import checksums, environment, icons, measure, places, run, stand_in, translations
from steps.findings import Failed, Finding
from tools import setup, system_packages

ROOT = Path(__file__).resolve().parents[2]


def test_our_folder_does_not_hide_the_library_of_its_name() -> None:
    code = "import packaging.version; print(packaging.version.Version('1.2') < packaging.version.Version('1.10'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_the_command_line_names_its_steps() -> None:
    done = subprocess.run([sys.executable, "packaging/build.py", "--list"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == run.names()
    wrong = subprocess.run([sys.executable, "packaging/build.py", "--only", "nothing"], cwd=ROOT, capture_output=True)
    assert wrong.returncode == 2


def test_steps_run_in_their_order_and_the_first_failure_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran: list[str] = []

    def fail(_out: Path, _vulkan: bool) -> None:
        """fails"""
        raise Failed("for this reason")

    def step(name: str) -> object:
        def work(out: Path, vulkan: bool) -> None:
            """works"""
            assert out == tmp_path and vulkan
            ran.append(name)

        return work

    monkeypatch.setattr(run, "WORK", tmp_path)
    monkeypatch.setattr(run, "STEPS", {"a": step("a"), "b": step("b"), "c": fail, "d": step("d")})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert run.build(["b", "a"], tmp_path, vulkan=True) == 0
    assert run.build(["a", "c", "d"], tmp_path, vulkan=True) == 1
    assert ran == ["a", "b", "a"]
    assert "for this reason" in capsys.readouterr().out


def test_a_note_is_no_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(run, "PLATFORMS", {})
    monkeypatch.setattr(translations, "check", lambda: [Finding("a tool", "not installed", is_note=True)])
    assert run.check() == 0
    monkeypatch.setattr(icons, "check", lambda: [Finding("icon.svg", "is missing")])
    assert run.check() == 1
    assert "WRONG: icon.svg: is missing" in capsys.readouterr().out


# --- llama.cpp --------------------------------------------------------------------------------------------------


def test_a_package_is_compiled_for_every_processor() -> None:
    linux = environment.flags("linux", "x86_64", vulkan=False)
    assert {"-DGGML_NATIVE=OFF", "-DGGML_BACKEND_DL=ON", "-DGGML_CPU_ALL_VARIANTS=ON"} <= set(linux)
    assert "-DCMAKE_INSTALL_RPATH=$ORIGIN" in linux
    assert {"-DGGML_VULKAN=ON"} == set(environment.flags("linux", "x86_64", vulkan=True)) - set(linux)
    windows = environment.flags("win32", "AMD64", vulkan=False)
    assert {"-DGGML_BACKEND_DL=ON", "-DGGML_OPENMP=OFF"} <= set(windows)
    mac = environment.flags("darwin", "arm64", vulkan=True)
    assert {"-DCMAKE_OSX_ARCHITECTURES=arm64", "-DCMAKE_OSX_DEPLOYMENT_TARGET=13.0"} <= set(mac)
    assert not any("BACKEND_DL" in word or "VULKAN" in word for word in mac)


def test_its_wheel_is_kept_by_its_flags(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It never serves `make run`, and nothing of this user's flags gets into it."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_CUDA=ON")
    monkeypatch.setenv("CFLAGS", "-march=native")
    native = setup.split_lock((ROOT / "requirements.lock").read_text("utf-8"))[1]
    built: list[dict[str, str]] = []

    def build(_native: str, folder: Path, given: dict[str, str], _purpose: str) -> Path:
        built.append(given)
        wheel = folder / "llama_cpp_python-0.3.36-py3-none-linux_x86_64.whl"
        folder.mkdir(parents=True, exist_ok=True)
        wheel.touch()
        return wheel

    monkeypatch.setattr(setup, "build_wheel", build)
    first = environment.redistributable(native, vulkan=False)
    assert environment.redistributable(native, vulkan=False) == first
    assert environment.redistributable(native, vulkan=True) != first
    assert len(built) == 2
    assert setup.kept_wheel(native) is None
    assert "CFLAGS" not in built[0]
    assert "-DGGML_NATIVE=OFF" in built[0]["CMAKE_ARGS"] and "CUDA" not in built[0]["CMAKE_ARGS"]


@pytest.mark.parametrize(("number", "good"), [(239, False), (272, True), (309, True)])
def test_vulkan_headers_must_be_new_enough(tmp_path: Path, number: int, good: bool) -> None:
    (tmp_path / "vulkan_core.h").write_text(f"#define VK_HEADER_VERSION {number}\n", "utf-8")
    if good:
        environment.check_vulkan_headers(tmp_path)
    else:
        with pytest.raises(Failed, match=r"1\.3\.239"):
            environment.check_vulkan_headers(tmp_path)


def test_what_packaging_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(system_packages, "has_library", lambda _name: False)
    monkeypatch.setattr(system_packages, "has_shared_python", lambda: False)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    named = system_packages.missing_for_packaging(vulkan=True)
    assert len(named) == len(set(named))
    python = f"libpython{sys.version_info[0]}.{sys.version_info[1]}"
    assert {
        "g++",
        "binutils",
        "nsis",
        "squashfs-tools",
        "libxcb-cursor0",
        "libwayland-client0",
        "glslc",
        python,
    } <= set(named)
    assert "xvfb" not in named


# --- icons ------------------------------------------------------------------------------------------------------


def test_icons_of_all_systems_are_drawn(tmp_path: Path) -> None:
    icons.draw(tmp_path)
    for size in icons.LINUX:
        head = (tmp_path / f"chatbelle-{size}.png").read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", head[16:]) == (size, size)
    data = (tmp_path / "chatbelle.ico").read_bytes()
    count = struct.unpack("<HHH", data[:6])[2]
    entries = [struct.unpack("<BBBBHHII", data[6 + 16 * n : 22 + 16 * n]) for n in range(count)]
    assert [entry[0] or 256 for entry in entries] == list(icons.ICO)
    for (width, *_, length, start), following in zip(
        entries, [*(entry[7] for entry in entries[1:]), len(data)], strict=True
    ):
        assert start + length == following
        if width:
            assert struct.unpack("<Iii", data[start : start + 12]) == (40, width, 2 * width)
        else:
            assert data[start : start + 4] == b"\x89PNG"
    data = (tmp_path / "chatbelle.icns").read_bytes()
    assert data[:4] == b"icns" and struct.unpack(">I", data[4:8])[0] == len(data)


def test_the_picture_is_the_icon(tmp_path: Path) -> None:
    """Blue tile, white bell, clear corners: not an empty picture."""
    png, pixels = icons._picture(64)

    def colour(x: int, y: int) -> tuple[int, ...]:
        start = 4 * (64 * y + x)
        return tuple(pixels[start : start + 4])

    assert png.startswith(b"\x89PNG")
    assert colour(0, 0)[3] == 0
    assert colour(32, 4) == (0x8F, 0x62, 0x23, 0xFF)
    assert colour(32, 20) == (0xFF, 0xFF, 0xFF, 0xFF)


def test_a_bitmap_in_an_icon_is_upside_down() -> None:
    body = icons.bitmap(2, b"AAAABBBBCCCCDDDD")
    assert body[40:56] == b"CCCCDDDDAAAABBBB"
    assert len(body) == 40 + 16 + 8


# --- limits -----------------------------------------------------------------------------------------------------


def test_symbol_versions_are_read() -> None:
    data = b"\x7fELF\0GLIBC_2.34\0GLIBC_2.2.5\0GLIBCXX_3.4.30\0libc.so.6\0GLIBC_PRIVATE\0xGLIBC_9.9\0"
    assert measure.asked_versions(data) == {("GLIBC", (2, 34)), ("GLIBC", (2, 2, 5)), ("GLIBCXX", (3, 4, 30))}


def test_a_file_that_needs_a_newer_system_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.so").write_bytes(b"\x7fELF\0GLIBC_2.35\0")
    (tmp_path / "new.so").write_bytes(b"\x7fELF\0GLIBC_2.36\0GLIBC_2.2.5\0")
    (tmp_path / "text").write_bytes(b"\0GLIBC_2.99\0")
    assert [(one.where, one.text) for one in measure.too_new(tmp_path)] == [("new.so", "asks for GLIBC_2.36")]


def test_missing_and_unwanted_parts_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for part in [*measure.EVERYWHERE, *measure.PARTS["linux"]]:
        path = tmp_path / "_internal" / part
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert measure.absent(tmp_path) == [] and measure.unwanted(tmp_path) == []
    (tmp_path / "_internal" / measure.GUIDE).unlink()
    (tmp_path / "_internal" / "libreadline.so.8").touch()
    assert [one.where for one in measure.absent(tmp_path)] == [measure.GUIDE]
    assert [one.where for one in measure.unwanted(tmp_path)] == ["_internal/libreadline.so.8"]


def test_the_guide_does_not_count_for_the_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "PACKED_MB", 0.001)
    guide = tmp_path / "_internal" / measure.GUIDE
    guide.parent.mkdir(parents=True)
    guide.write_bytes(bytes(500))
    package = tmp_path / "chatbelle.deb"
    package.write_bytes(bytes(1500))
    measure.verify_packed(package, tmp_path / "_internal")
    package.write_bytes(bytes(1501))
    with pytest.raises(Failed, match=r"limit is 0\.001 MB"):
        measure.verify_packed(package, tmp_path / "_internal")


@pytest.mark.skipif(sys.platform != "linux", reason="reads ELF files")
def test_needed_libraries_are_read() -> None:
    assert any(name.startswith("libc.so") for name in measure.needed(Path("/bin/sh").resolve()))


# --- the rest ---------------------------------------------------------------------------------------------------


def test_sums_cover_what_is_handed_out(tmp_path: Path) -> None:
    (tmp_path / "b.deb").write_bytes(b"b")
    (tmp_path / "stand-in").mkdir()
    (tmp_path / "stand-in" / "a.exe").write_bytes(b"a")
    (tmp_path / "X.AppDir" / "usr").mkdir(parents=True)
    (tmp_path / "X.AppDir" / "usr" / "c").write_bytes(b"c")
    checksums.make(tmp_path, False)
    checksums.make(tmp_path, False)
    expected = [(hashlib.sha256(name[:1].encode()).hexdigest(), name) for name in ("b.deb",)]
    expected.append((hashlib.sha256(b"a").hexdigest(), "stand-in/a.exe"))
    lines = (tmp_path / "SHA256SUMS").read_text("utf-8").splitlines()
    assert lines == [f"{digest}  {name}" for digest, name in expected]


def test_the_time_of_a_version_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert places.epoch() == 1700000000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert places.epoch() == places.EARLIEST
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert places.epoch() >= places.EARLIEST


def test_the_stand_in_has_the_names_of_the_windows_program(tmp_path: Path) -> None:
    folder = stand_in.make(tmp_path / "stand-in")
    assert (folder / places.WINDOWED_EXE).is_file() and (folder / places.CONSOLE_EXE).is_file()
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) == 0
