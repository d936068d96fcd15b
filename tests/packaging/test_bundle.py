"""What goes into the frozen program: plugins, libraries that are asked for, and each of llama.cpp's once."""

from __future__ import annotations

from pathlib import Path

import pytest

from steps import bundle

QT = "PySide6/Qt"


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        (f"{QT}/plugins/platforms/libqxcb.so", True),
        (f"{QT}/plugins/platforms/libqwayland.so", True),
        (f"{QT}/plugins/platforms/libqoffscreen.so", True),
        (f"{QT}/plugins/platforms/libqeglfs.so", False),
        (f"{QT}/plugins/platformthemes/libqxdgdesktopportal.so", True),
        (f"{QT}/plugins/platformthemes/libqgtk3.so", False),
        (f"{QT}/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so", True),
        (f"{QT}/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", False),
        (f"{QT}/plugins/imageformats/libqsvg.so", True),
        (f"{QT}/plugins/imageformats/libqpdf.so", False),
        (f"{QT}/plugins/xcbglintegrations/libqxcb-glx-integration.so", False),
        (f"{QT}/translations/qtbase_zh_CN.qm", True),
        (f"{QT}/translations/qtbase_de.qm", False),
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6\\plugins\\styles\\qmodernwindowsstyle.dll", True),
        ("PySide6\\plugins\\tls\\qopensslbackend.dll", False),
        ("PySide6/opengl32sw.dll", False),
        ("numpy.libs/libscipy_openblas64_-32a4b2a6.so", True),
        ("libstdc++.so.6", False),
        ("libfontconfig.so.1", False),
        ("libxcb.so.1", False),
        ("libxcb-cursor.so.0", True),
        ("assets/guide/guide.gguf", True),
        ("llama_cpp/lib/libggml-cpu-haswell.so", True),
    ],
)
def test_files_are_chosen_by_their_place(place: str, wanted: bool) -> None:
    assert bundle.is_wanted(place) is wanted


def test_libraries_that_nothing_asks_for_any_more_go() -> None:
    binaries = [
        (f"{QT}/plugins/platformthemes/libqgtk3.so", "gtk3", "BINARY"),
        (f"{QT}/plugins/platforms/libqxcb.so", "xcb", "BINARY"),
        (f"{QT}/lib/libQt6XcbQpa.so.6", "qpa", "BINARY"),
        ("libxcb-cursor.so.0", "cursor", "BINARY"),
        ("libgtk-3.so.0", "gtk", "BINARY"),
        ("libpango-1.0.so.0", "pango", "BINARY"),
        ("_ssl.cpython-311-x86_64-linux-gnu.so", "ssl module", "EXTENSION"),
        ("libssl.so.3", "ssl", "BINARY"),
        ("llama_cpp/lib/libggml-cpu-x64.so", "x64", "BINARY"),
        ("libpython3.11.so.1.0", "python", "BINARY"),
    ]
    asks = {
        "gtk3": ["libgtk-3.so.0"],
        "gtk": ["libpango-1.0.so.0"],
        "xcb": ["libQt6XcbQpa.so.6"],
        "qpa": ["libxcb-cursor.so.0", "libc.so.6"],
        "ssl module": ["libssl.so.3"],
    }
    kept = {entry[1] for entry in bundle.chosen(binaries, lambda source: asks.get(source, []))}
    assert kept == {"xcb", "qpa", "cursor", "ssl module", "ssl", "x64", "python"}


def test_windows_names_are_found_whatever_their_case() -> None:
    binaries = [
        ("PySide6\\QtCore.pyd", "core", "EXTENSION"),
        ("PySide6\\Qt6Core.dll", "qt", "BINARY"),
        ("VCRUNTIME140.dll", "vc", "BINARY"),
        ("PySide6\\Qt6Quick.dll", "quick", "BINARY"),
    ]
    asks = {"core": ["Qt6Core.dll"], "qt": ["vcruntime140.dll"]}
    assert [entry[1] for entry in bundle.chosen(binaries, lambda source: asks.get(source, []))] == ["core", "qt", "vc"]


def test_each_library_of_llama_is_there_once(tmp_path: Path) -> None:
    names = ["libllama.so", "libllama.so.0", "libllama.so.0.5.0", "libggml-cpu-haswell.so", "README.txt", "ggml.dll"]
    names += ["libllama-common.so.0", "mtmd.dll"]
    for name in [*names, "libggml.dylib"]:
        (tmp_path / name).touch()
    found = [path.name for path in bundle.libraries(tmp_path)]
    assert found == ["ggml.dll", "libggml-cpu-haswell.so", "libggml.dylib", "libllama.so.0"]
    entries = [(f"llama_cpp/lib/{name}", name, "BINARY") for name in found]
    assert bundle.links(entries) == [("llama_cpp/lib/libllama.so", "libllama.so.0", "SYMLINK")]


def test_a_link_goes_with_its_library() -> None:
    binaries = [("llama_cpp/lib/libggml.so.0", "ggml", "BINARY")]
    datas = [
        ("libggml.so.0", "llama_cpp/lib/libggml.so.0", "SYMLINK"),
        ("libgtk-3.so.0", "somewhere/libgtk-3.so.0", "SYMLINK"),
        ("assets/icon.svg", "icon", "DATA"),
    ]
    assert [entry[0] for entry in bundle.without_lost_links(datas, binaries)] == ["libggml.so.0", "assets/icon.svg"]
