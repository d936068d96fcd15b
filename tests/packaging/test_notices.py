"""Licences and the bill of materials: nothing is shipped whose maker and terms are not known."""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from pathlib import Path

import pytest

from steps import contents, notices, sbom
from steps.contents import DEBIAN, OWN, PYPI, PYTHON, Component
from steps.findings import Failed
from steps.places import ROOT

OURS = Component("ChatBELLE", "1.2.3", OWN, "Apache-2.0", files=["assets/icon.svg"])


def test_every_component_gets_its_texts(tmp_path: Path) -> None:
    text = tmp_path / "copyright"
    text.write_text("Free. See /usr/share/common-licenses/GPL-3.\n", "utf-8")
    qt = Component("pyside6-essentials", "6.11.3", PYPI, "LGPL-3.0-only")
    glib = Component("libglib2.0-0", "2.74", DEBIAN, "", [str(text)])
    folder = notices.write([OURS, qt, glib], tmp_path / "licenses")
    assert (folder / "ChatBELLE" / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (folder / "ChatBELLE" / "NOTICE").is_file()
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (folder / "pyside6-essentials" / "LGPL-3.0.txt").read_text("utf-8")
    assert "Put your files in the place" in (folder / "pyside6-essentials" / "qt-replace.txt").read_text("utf-8")
    assert (folder / "libglib2.0-0" / "copyright").is_file()
    lines = (folder / "index.txt").read_text("utf-8").splitlines()
    assert lines[3].split()[:2] == ["ChatBELLE", "1.2.3"]
    assert any(line.split()[:3] == ["pyside6-essentials", "6.11.3", "LGPL-3.0-only"] for line in lines)


def test_a_component_without_a_text_fails_the_build(tmp_path: Path) -> None:
    empty = tmp_path / "LICENSE"
    empty.touch()
    nameless = [Component("left-pad", "1", PYPI), Component("right-pad", "1", PYPI, "MIT", [str(empty)])]
    with pytest.raises(Failed, match=r"left-pad, right-pad"):
        notices.write([OURS, *nameless], tmp_path / "licenses")


def test_texts_with_one_name_do_not_hide_each_other(tmp_path: Path) -> None:
    texts = []
    for part in ("a", "b", "b/b"):
        file = tmp_path / part / "LICENSE"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(part, "utf-8")
        texts.append(str(file))
    folder = notices.write([OURS, Component("many", "1", PYPI, "MIT", texts)], tmp_path / "licenses")
    found = sorted(path.read_text("utf-8") for path in (folder / "many").iterdir())
    assert found == ["a", "b", "b/b"]


def test_all_named_texts_are_in_the_repository() -> None:
    wanted = {name for names in notices.ADDED.values() for name in names}
    assert {path.name for path in notices.TEXTS.iterdir()} >= wanted
    assert all((notices.TEXTS / name).stat().st_size > 200 for name in wanted)


def test_licences_are_found_in_distributions() -> None:
    found = metadata.distribution("numpy")
    assert contents.licence_of(found).startswith("BSD-3-Clause")
    assert any(text.endswith("LICENSE.txt") for text in contents.texts_of(found))


def test_every_distribution_of_the_app_has_a_text_or_one_is_added() -> None:
    names = [
        line.partition("==")[0] for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines() if "==" in line
    ]
    missing = []
    for name in names:
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # of another system
            continue
        if not contents.texts_of(found) and name not in notices.ADDED:
            missing.append(name)
    assert missing == []


def test_files_are_known_by_their_maker() -> None:
    owners = contents.Owners()
    numpy = owners.add(str(metadata.distribution("numpy").locate_file("numpy/__init__.py")))
    library = owners.add(json.__file__)
    ours = owners.add(str(ROOT / "assets" / "icon.svg"), "assets\\icon.svg")
    assert (numpy.name, numpy.kind) == ("numpy", PYPI)
    assert (library.name, library.kind) == ("python", PYTHON)
    assert (ours.kind, ours.files) == (OWN, ["assets\\icon.svg"])
    assert owners.add(str(ROOT / "NOTICE")) is ours


# --- bill of materials ------------------------------------------------------------------------------------------


def program(folder: Path) -> Path:
    for name in ("chatbelle", "_internal/assets/icon.svg", "_internal/numpy/core.so", "_internal/licenses/index.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    (folder / "_internal/link.so").symlink_to("numpy/core.so")
    return folder


def test_the_bill_lists_components_and_hashes_of_files(tmp_path: Path) -> None:
    folder = program(tmp_path / "app")
    numpy = Component("numpy", "2.4.6", PYPI, "BSD-3-Clause", files=["numpy/core.so"])
    system = Component("libc++", "1:2+b1", DEBIAN)
    bill = sbom.document([OURS, numpy, system], folder, "1.2.3", 0)
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    assert bill["metadata"]["timestamp"] == "1970-01-01T00:00:00+00:00"
    assert bill["metadata"]["component"]["type"] == "application"
    by_name = {one["name"]: one for one in bill["components"]}
    assert by_name["numpy"]["purl"] == "pkg:pypi/numpy@2.4.6"
    assert by_name["numpy"]["licenses"] == [{"license": {"id": "BSD-3-Clause"}}]
    assert by_name["libc++"]["purl"].endswith("/libc%2B%2B@1%3A2%2Bb1")
    [file] = by_name["numpy"]["components"]
    content = hashlib.sha256(b"_internal/numpy/core.so").hexdigest()
    assert file["hashes"] == [{"alg": "SHA-256", "content": content}]
    ours = [one["name"] for one in bill["metadata"]["component"]["components"]]
    assert ours == ["assets/icon.svg", "chatbelle"]
    references = [bill["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in bill["components"])]
    assert set(bill["dependencies"][0]["dependsOn"]) == set(references[1:])


def test_the_same_program_has_the_same_bill(tmp_path: Path) -> None:
    first, second = (sbom.document([OURS], bare(tmp_path / name), "1.2.3", 0) for name in "ab")
    assert first == second
    assert first["serialNumber"].startswith("urn:uuid:")


def bare(folder: Path) -> Path:
    (folder / "_internal/assets").mkdir(parents=True)
    (folder / "_internal/assets/icon.svg").write_text("<svg/>", "utf-8")
    (folder / "chatbelle").write_bytes(b"\x7fELF")
    return folder


def test_a_file_of_unknown_origin_fails_the_build(tmp_path: Path) -> None:
    folder = program(tmp_path / "app")
    with pytest.raises(Failed, match=r"numpy/core\.so"):
        sbom.document([OURS], folder, "1.2.3", 0)
