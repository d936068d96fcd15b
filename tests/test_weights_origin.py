"""What a converted file says of itself follows from the catalogue, by names and sizes alone."""

from __future__ import annotations

from pathlib import Path

from app.runtime.models.catalogue import load
from app.weights_origin import origin_of


def place(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_bytes(b"x")
    return folder


def test_origin_of_a_known_folder(tmp_path: Path) -> None:
    folder = place(tmp_path / "我的 模型" / "BELLE-7B-2M", "config.json", "pytorch_model.bin")
    for path in (folder, folder / "pytorch_model.bin"):
        origin = origin_of(path, "bloom")
        assert (origin.name, origin.license) == ("BELLE-7B-2M", "apache-2.0")
        assert origin.repository == "https://huggingface.co/BelleGroup/BELLE-7B-2M"
        assert origin.template_id == "belle-bloom" and "Human: " in origin.template
    assert origin_of(folder, "llama").repository == ""  # so it is not what the folder's name says
    assert origin_of(folder, "llama").template_id == "belle-llama"


def test_origin_by_checksums_in_names(tmp_path: Path) -> None:
    model = load().find("BELLE-on-Open-Datasets")
    assert model is not None
    folder = place(tmp_path / "网盘", *(file.name for file in model.files))
    for path in (folder, folder / model.files[0].name):
        assert origin_of(path, "llama").name == "BELLE-on-Open-Datasets"
        assert origin_of(path).template_id == "belle-open-datasets"


def test_origin_in_the_cache_of_the_hub(tmp_path: Path) -> None:
    folder = place(tmp_path / "models--BelleGroup--BELLE-7B-1M" / "snapshots" / "2574d42", "pytorch_model.bin")
    assert origin_of(folder, "bloom").name == "BELLE-7B-1M"


def test_origin_of_one_file_of_several(tmp_path: Path) -> None:
    folder = place(tmp_path / "BELLE-7B-gptq", "bloom7b-2m-4bit-128g.pt", "bloom7b-0.2m-4bit-128g.pt", "mine.gguf")
    assert origin_of(folder / "bloom7b-2m-4bit-128g.pt", "bloom").name == "BELLE-7B-gptq bloom7b-2m-4bit-128g"
    assert origin_of(folder / "bloom7b-2m-4bit-128g.pt", "bloom").template_id == "belle-bloom-gptq"
    assert origin_of(folder, "bloom").name == "BELLE-7B-gptq"
    assert origin_of(folder / "mine.gguf", "bloom").repository == ""


def test_origin_of_unknown_weights(tmp_path: Path) -> None:
    folder = place(tmp_path / "my model", "model.safetensors")
    assert origin_of(folder, "llama").name == "my model"
    assert origin_of(folder / "model.safetensors", "llama").name == "model"
    assert origin_of(folder, "llama").template_id == "belle-llama"
    assert origin_of(folder, "gpt2").template == origin_of(folder).template_id == ""
