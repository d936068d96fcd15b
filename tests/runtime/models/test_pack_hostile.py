"""Packs that are damaged or mean harm: each is refused by name, and nothing of it comes in."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.runtime.models.library import Library
from app.runtime.models.pack_format import INDEX
from app.runtime.models.pack_import import import_pack
from tests.runtime.models.library_kit import (
    make_gguf,
    refusal,
    tiny_gguf,
)


@pytest.fixture
def other(tmp_path: Path) -> Library:
    """Another computer's, empty."""
    folder = tmp_path / "other" / "models"
    folder.mkdir(parents=True)
    return Library([folder])


def index(file: str = "models/a/a.gguf", **changes: Any) -> dict[str, Any]:
    data = tiny_gguf()
    hashed = hashlib.sha256(data).hexdigest()
    part = {"file": file, "size": len(data), "sha256": hashed}
    return {
        "schema": 1,
        "models": [{"id": "a", "name": "a", "size": len(data), "sha256": hashed, "parts": [part], **changes}],
    }


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (index("../a.gguf"), "pack-unsafe"),
        (index("/etc/a.gguf"), "pack-unsafe"),
        (index("C:/a.gguf"), "pack-unsafe"),
        (index("models\\..\\..\\a.gguf"), "pack-unsafe"),
        (index("models//a.gguf"), "pack-unsafe"),
        (index("models/nul.gguf"), "pack-unsafe"),
        (index("a\x00.gguf"), "pack-unsafe"),
        (index() | {"schema": 2}, "pack-newer"),
        (index() | {"models": []}, "pack-damaged"),
        (index() | {"models": [1]}, "pack-damaged"),
        (index() | {"models": index()["models"] * 2}, "pack-damaged"),
        (index(size=5), "pack-damaged"),
        (index(sha256="x"), "pack-damaged"),
        (index(parts=[]), "pack-damaged"),
        (index(sha256="0" * 64), "pack-file-wrong"),
        ([], "pack-damaged"),
        ({}, "pack-damaged"),
    ],
)
def test_hostile_and_damaged_indexes(other: Library, tmp_path: Path, facts: Any, code: str) -> None:
    pack_folder = tmp_path / "pack"
    make_gguf(pack_folder / "models" / "a" / "a.gguf")
    (pack_folder / INDEX).write_text(json.dumps(facts), "utf-8")
    assert refusal(pack_folder, other).code == code


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\xff", "x" * 4_100_000])
def test_no_index_at_all(other: Library, tmp_path: Path, text: str) -> None:
    (tmp_path / INDEX).write_bytes(text.encode("latin-1"))
    assert refusal(tmp_path / INDEX, other).code == "pack-damaged"


def test_a_good_index_with_strange_texts(other: Library, tmp_path: Path) -> None:
    make_gguf(tmp_path / "pack" / "models" / "a" / "a.gguf")
    facts = index(id="../../evil", name="\x1b[31m" + "名" * 500, template="../x", license="l\n")
    (tmp_path / "pack" / INDEX).write_text(json.dumps(facts), "utf-8")
    (entry,) = import_pack(tmp_path / "pack", other).added
    assert entry.manifest.path.is_relative_to(other.folders[0]) and entry.manifest.template == ""
    assert entry.manifest.name.isprintable() and len(entry.manifest.name) <= 200


@pytest.mark.parametrize("name", ["../evil.gguf", "/evil", "C:\\evil", "a\\..\\..\\evil", "con", "x/../../y"])
def test_hostile_names_in_a_zip(other: Library, tmp_path: Path, name: str) -> None:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(INDEX, json.dumps(index()))
        archive.writestr("models/a/a.gguf", tiny_gguf())
        info = zipfile.ZipInfo("x")
        info.filename = name
        archive.writestr(info, b"evil")
    assert refusal(path, other).code == "pack-unsafe"
    assert not list(tmp_path.rglob("*evil*"))


def test_links_names_given_twice_passwords_and_lies(other: Library, tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"

    def write(*members: tuple[zipfile.ZipInfo, bytes]) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for info, data in members:
                archive.writestr(info, data)

    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    write((zipfile.ZipInfo(INDEX), json.dumps(index()).encode()), (link, b"/etc/passwd"))
    assert refusal(path, other).code == "archive-unsafe"
    with pytest.warns(UserWarning, match="Duplicate"):
        write((zipfile.ZipInfo("a"), b"1"), (zipfile.ZipInfo("a"), b"2"))
    assert refusal(path, other).code in ("archive-unsafe", "weights-damaged")
    write((zipfile.ZipInfo("a"), b"1"))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refusal(path, other).code == "archive-locked"
    write((zipfile.ZipInfo(INDEX), json.dumps(index()).encode()), (zipfile.ZipInfo("models/a/a.gguf"), tiny_gguf()))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"token_embd.weight", b"token_embd.WEIGHT", 1))
    assert refusal(path, other).code == "weights-damaged"  # the zip's own checksum
    path.write_bytes(whole[:-30])
    assert refusal(path, other).code == "weights-truncated"
    path.with_suffix(".rar").write_bytes(b"Rar!")
    assert refusal(path.with_suffix(".rar"), other).code == "archive-format"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_in_a_folder(other: Library, tmp_path: Path) -> None:
    make_gguf(tmp_path / "a.gguf")
    folder = tmp_path / "pack" / "models" / "a"
    folder.mkdir(parents=True)
    (folder / "a.gguf").symlink_to(tmp_path / "a.gguf")
    (tmp_path / "pack" / INDEX).write_text(json.dumps(index()), "utf-8")
    assert refusal(tmp_path / "pack", other).code == "pack-unsafe"


def test_a_file_that_is_no_model_does_not_come_in(other: Library, tmp_path: Path) -> None:
    data = b"GGUF" + bytes(100)
    hashed = hashlib.sha256(data).hexdigest()
    facts = index(
        size=len(data), sha256=hashed, parts=[{"file": "models/a/a.gguf", "size": len(data), "sha256": hashed}]
    )
    (tmp_path / "pack" / "models" / "a").mkdir(parents=True)
    (tmp_path / "pack" / "models" / "a" / "a.gguf").write_bytes(data)
    (tmp_path / "pack" / INDEX).write_text(json.dumps(facts), "utf-8")
    assert refusal(tmp_path / "pack", other).code.startswith("weights-")
