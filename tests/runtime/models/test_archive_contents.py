"""Archives from a netdisk: of which model their files are, and what is said of those that cannot be looked into."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from app.errors import Fixable
from app.runtime.models.archive_contents import in_archive, look_into_archive
from app.runtime.models.archives import is_archive
from app.runtime.models.catalogue import load
from app.runtime.models.installs import InstallRequest, InstallStatus
from tests.runtime.models.install_kit import BLOOM, Kit, sha256

MODELS = load()
GPTQ_FILE = "bloom7b-0.2m-8bit-128g.pt"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("name", "files", "model"),
    [
        ("网盘.zip", {f"下载/{GPTQ_FILE}": b"x", "下载/config.json": b"{}"}, "BELLE-7B-gptq"),
        ("BELLE-7B-2M(1).zip", {"pytorch_model.bin": b"x", "config.json": b"{}"}, "BELLE-7B-2M"),
        ("a.zip", {"BELLE-7B-1M-main\\pytorch_model.bin": b"x"}, "BELLE-7B-1M"),
        ("a.zip", {"pytorch_model.bin": b"x", "config.json": b"{}"}, None),
        ("a.zip", {"someone.gguf": b"GGUF"}, None),
    ],
)
def test_the_model_is_known_by_the_names_in_it(
    tmp_path: Path, name: str, files: dict[str, bytes], model: str | None
) -> None:
    found = look_into_archive(zipped(tmp_path / name, files), MODELS)
    assert (found.model.id if found.model else None) == model
    assert found.size == sum(map(len, files.values())) and len(found.files) == 1


@pytest.mark.parametrize(
    ("name", "data", "code", "format"),
    [
        ("模型.7z", b"7z\xbc\xaf\x27\x1c" + bytes(40), "archive-format", "7z"),
        ("模型.rar", b"Rar!\x1a\x07\x01\x00", "archive-format", "RAR"),
        ("renamed.zip", b"Rar!\x1a\x07\x01\x00", "archive-format", "RAR"),
        ("model.tar", b"config.json".ljust(512, b"\0"), "archive-format", "tar"),
        ("model.tar.gz", b"\x1f\x8b\x08\x00", "archive-format", "gzip"),
        ("model.zip.001", b"PK\x03\x04", "archive-part", None),
        ("cut.zip", b"PK\x03\x04" + bytes(30), "weights-truncated", None),
    ],
)
def test_what_cannot_be_looked_into_is_named(
    tmp_path: Path, name: str, data: bytes, code: str, format: str | None
) -> None:
    (tmp_path / name).write_bytes(data)
    assert is_archive(tmp_path / name)
    with pytest.raises(Fixable) as caught:
        look_into_archive(tmp_path / name, MODELS)
    assert caught.value.code == code and caught.value.params.get("format") == format


def test_an_archive_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(Fixable, match="archive-no-model"):
        look_into_archive(zipped(tmp_path / "photos.zip", {"a.jpg": b"x"}), MODELS)
    unnamed, asked = zipped(tmp_path / "a.zip", {"pytorch_model.bin": b"x"}), InstallRequest()
    with pytest.raises(Fixable, match="archive-no-model"):
        in_archive(asked, unnamed, MODELS)
    (tmp_path / "model.pt").write_bytes(b"PK\x03\x04")
    assert in_archive(asked, tmp_path / "model.pt", MODELS) is asked is in_archive(asked, tmp_path, MODELS)


def test_which_of_several_files_of_weights_is_meant(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {GPTQ_FILE: b"x"})
    meant = InstallRequest(model="BELLE-7B-gptq", file=GPTQ_FILE)
    assert in_archive(InstallRequest(), path, MODELS) == meant
    assert in_archive(InstallRequest(model="BELLE-7B-gptq"), path, MODELS) == meant
    other = InstallRequest(model="BELLE-7B-2M")
    assert in_archive(other, path, MODELS) is other, "the user says so"


def test_a_model_is_installed_from_an_archive_alone(home: Path, fx: Path, tmp_path: Path) -> None:
    source = sorted((fx / "bloom-hf").iterdir())
    archive = tmp_path / f"{BLOOM}-main.zip"
    with zipfile.ZipFile(archive, "w") as pack:
        for one in source:
            pack.write(one, f"网盘/{one.name}")
    before, kit = sha256(archive), Kit(home, fx)
    plan = kit.plan(InstallRequest(path=archive))
    assert (plan.model, plan.download, plan.files) == (BLOOM, 0, ())
    assert {one.member for one in plan.local} == {f"网盘/{one.name}" for one in source}
    state = kit.heard.until(kit.service.install(plan), InstallStatus.FINISHED, InstallStatus.FAILED)
    assert state.error is None and sha256(archive) == before
    (entry,) = kit.service.entries()
    assert entry.manifest.model == BLOOM and kit.service.close()
