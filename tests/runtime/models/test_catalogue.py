"""Every row of the catalogue is whole and true to what it is computed from, and its files are recognised."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.resources import assets, guide_model
from app.runtime.engine.prompts import template_for, templates
from app.runtime.models.catalogue import ANY, Model, ModelFile, ModelKind, Words, load, parse
from app.runtime.weights.architectures import bloom, llama
from app.runtime.weights.ggml import row_size
from app.runtime.weights.hyper import Hyper
from app.runtime.weights.known_keys import KNOWN_KEYS, key_for
from app.runtime.weights.mixes import tensor_types
from app.runtime.weights.records import Kind, Target
from tools import catalogue as tool

BELLE = {
    *("BELLE-7B-0.2M", "BELLE-7B-0.6M", "BELLE-7B-1M", "BELLE-7B-2M", "BELLE-7B-gptq", "BELLE_BLOOM_GPTQ_4BIT"),
    *("BELLE-LLaMA-7B-0.6M-enc", "BELLE-LLaMA-7B-2M-enc", "BELLE-LLaMA-7B-2M-gptq-enc", "BELLE-LLaMA-13B-2M-enc"),
    *("BELLE-LLaMA-EXT-7B", "BELLE-LLaMA-EXT-13B", "BELLE-on-Open-Datasets", "BELLE-Llama2-13B-chat-0.4M"),
    *("BELLE-Llama2-13B-Chat-GGUF", "ChatBELLE-int4", "guide"),
}
# GB at Q4_0, Q4_1, Q8_0 and F16, worked out before there was any code
SIZES = {
    "BELLE-7B-2M": {"Q4_0": 4.25, "Q8_0": 7.52, "F16": 14.14},
    "BELLE-7B-gptq": {"Q4_1": 4.62, "Q8_0": 7.52},
    "BELLE-LLaMA-7B-2M-enc": {"Q4_0": 3.83, "Q8_0": 7.16, "F16": 13.48},
    "BELLE-LLaMA-7B-2M-gptq-enc": {"Q4_1": 4.24, "Q8_0": 7.16},
    "BELLE-LLaMA-13B-2M-enc": {"Q4_0": 7.37, "Q8_0": 13.83, "F16": 26.03},
    "BELLE-LLaMA-EXT-7B": {"Q4_0": 4.09, "Q8_0": 7.57, "F16": 14.25},
    "BELLE-LLaMA-EXT-13B": {"Q4_0": 7.70, "Q8_0": 14.35, "F16": 27.00},
}
# Peak bytes of real loads with a context of 2048 (bench/engine.py --side ours on models of these shapes, no window)
MEASURED = {
    ("BELLE-7B-2M", "Q4_0"): 5_375_397_888,
    ("BELLE-7B-2M", "Q8_0"): 8_641_150_976,
    ("BELLE-LLaMA-7B-2M-enc", "Q4_0"): 5_006_876_672,
    ("BELLE-LLaMA-13B-2M-enc", "Q4_0"): 9_147_400_192,
}
SHA256 = re.compile(r"[0-9a-f]{64}")
GLUED = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]")  # as in tests/test_translations.py
MODELS = load().models
USABLE = load().usable()
ENCRYPTED = [model for model in MODELS if model.kind is ModelKind.ENCRYPTED]
each = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
each_usable = pytest.mark.parametrize("model", USABLE, ids=lambda model: model.id)
each_encrypted = pytest.mark.parametrize("model", ENCRYPTED, ids=lambda model: model.id)


def model_of(model_id: str) -> Model:
    found = load().find(model_id)
    assert found is not None
    return found


def raw() -> Any:
    return json.loads((assets() / "catalogue.json").read_text("utf-8"))


# --- the rows -----------------------------------------------------------------------------------------------------


def test_every_model_of_the_list_is_there() -> None:
    assert {model.id for model in MODELS} == BELLE
    assert len(MODELS) == len(BELLE)
    assert MODELS[0].id == "BELLE-7B-2M"  # what is offered first
    assert {kind.value for kind in ModelKind} - set(Kind) == {"guide", "unusable"}


def test_what_is_computed_is_current() -> None:
    assert tool.TARGET.read_text("utf-8") == tool.text(tool.fill(raw()))


@each
def test_facts_have_their_forms(model: Model) -> None:
    assert model.licence and model.base and model.name
    assert all(one.startswith("https://") or (assets().parent / one).is_file() for one in model.sources)
    assert model.sources and model.terms_url.startswith("https://")
    assert model.revision is None or re.fullmatch(r"[0-9a-f]{40}", model.revision)
    if model.kind is not ModelKind.GUIDE:
        assert re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", model.repository or "")
        assert model.url == f"https://huggingface.co/{model.repository}"
    names = [file.name for file in model.files]
    assert names and len(set(names)) == len(names)
    for file in model.files:
        assert all(SHA256.fullmatch(one) for one in file.hashes)
        assert all(size is None or size > 0 for size in (file.size, file.about, file.plain_size))
        assert file.size is None or file.about is None
        assert not set(file.name) & set('/\\:"<>|?')


@each_encrypted
def test_encrypted_files_name_their_plain_ones(model: Model) -> None:
    known = key_for(file.plain_sha256 for file in model.files if file.plain_sha256)
    assert known is not None and model.key is not None and known.path == model.key.path
    for file in model.files:
        assert file.name == f"{file.plain}.{file.plain_sha256 or ANY}.enc"
        assert file.plain_size is None or file.plain_size + 32 == file.size  # the checksum stands before the text


def test_keys_are_those_the_decryption_knows() -> None:
    for key in load().keys:
        known = next(one for one in KNOWN_KEYS if one.path == key.path)
        assert known.size == key.size
        assert SHA256.fullmatch(key.sha256) and re.fullmatch(r"[0-9a-f]{32}", key.md5)
    assert {model.key.id for model in MODELS if model.key} == {"7B", "13B"}


def texts(model: Model) -> Iterator[Words]:
    yield from (model.good_for, model.terms)
    yield from (target.words for target in model.targets)
    if model.reason:
        yield model.reason


@each
def test_texts_in_both_languages(model: Model) -> None:
    for words in texts(model):
        assert re.search(r"[\u4e00-\u9fff]", words.zh) and not re.search(r"[\u4e00-\u9fff]", words.en)
        assert not GLUED.search(words.zh) and "您" not in words.zh
        assert (words.text("zh_CN"), words.text("en")) == (words.zh, words.en)
    assert "你" in model.good_for.zh and model.good_for.zh.endswith("。") and model.good_for.en.endswith(".")


@each_usable
def test_templates_exist(model: Model) -> None:
    assert model.template in templates()
    listed = template_for(model.id)
    assert listed is None or listed.id == model.template
    assert model.chat is (model.template != "plain")
    assert listed is not None or model.id == "BELLE-Llama2-13B-Chat-GGUF"


@each_usable
def test_targets(model: Model) -> None:
    targets = model.targets
    assert [one.recommended for one in targets].count(True) == 1
    assert [one.size for one in targets] == sorted(one.size for one in targets)
    for one in targets:
        assert Target(one.type) is not Target.KEEP
        assert one.peak_disk >= one.download >= 0 and one.memory > one.size > 0
        files = model.files_for(one)
        assert [file.plain for file in files if file.optional] == ([one.weights] if one.weights else [])
        if model.kind not in (ModelKind.GUIDE, ModelKind.GGUF):
            assert one.peak_disk > one.download + one.size
            assert {"config.json"} <= {file.plain for file in files}
            assert {"tokenizer.json", "tokenizer.model"} & {file.plain for file in files}


@pytest.mark.parametrize("model_id", SIZES)
def test_sizes_from_the_tensor_shapes(model_id: str) -> None:
    model = model_of(model_id)
    shape, architecture = model.shape, bloom if model.architecture == "bloom" else llama
    assert shape is not None
    lengths = (shape.vocabulary, shape.hidden, shape.feed_forward, shape.layers, shape.heads, shape.heads)
    hyper = Hyper(str(model.architecture), *lengths, context=2048, epsilon=1e-5)
    shapes = architecture.shapes(hyper)
    if architecture is bloom:
        del shapes["output.weight"]
    assert model.parameters == sum(map(math.prod, shapes.values()))
    for target in model.targets:
        types = tensor_types(Target(target.type), shapes.items(), hyper.architecture, architecture.metadata(hyper))
        assert target.size == sum(row_size(types[n], one[-1]) * math.prod(one[:-1]) for n, one in shapes.items())
        if target.type in SIZES[model_id]:
            assert target.size / 1e9 == pytest.approx(SIZES[model_id][target.type], abs=0.006)


@pytest.mark.parametrize(("model_id", "kind"), MEASURED)
def test_memory_is_near_what_was_measured(model_id: str, kind: str) -> None:
    target = next(one for one in model_of(model_id).targets if one.type == kind)
    assert target.memory == pytest.approx(MEASURED[model_id, kind], rel=0.03)


def test_downloads_and_disk() -> None:
    assert model_of("BELLE-7B-0.2M").recommended.download > 28_276_106_203
    assert model_of("BELLE-7B-2M").recommended.download / 1e9 == pytest.approx(28.3, abs=0.05)
    llama2 = model_of("BELLE-Llama2-13B-chat-0.4M").recommended.download  # shards of unknown size
    assert llama2 / 1e9 == pytest.approx(26, abs=0.1)
    community = model_of("BELLE-Llama2-13B-Chat-GGUF").recommended
    assert community.peak_disk == community.download == 7_370_000_000


def test_each_file_of_the_quantized_model_is_a_choice() -> None:
    model = model_of("BELLE-7B-gptq")
    files = {file.name for file in model.files if file.name.endswith(".pt")}
    assert len(files) == 4 and {one.weights for one in model.targets} == files
    assert len({one.words.zh for one in model.targets}) == 4


def test_what_cannot_be_used_says_why_and_what_to_take() -> None:
    model = model_of("ChatBELLE-int4")
    assert not model.usable and model not in USABLE and model.targets == ()
    assert model.reason is not None and model.instead == "BELLE-7B-2M"
    assert [one for one in MODELS if not one.usable] == [model]


def test_base_model_says_so() -> None:
    (model,) = (one for one in MODELS if not one.chat)
    assert model.id == "BELLE-LLaMA-EXT-7B"
    assert "基础模型" in model.good_for.zh and "base model" in model.good_for.en


def test_the_guide_is_the_one_that_comes_with_the_app() -> None:
    facts = json.loads((assets() / "guide" / "guide.json").read_text("utf-8"))
    model = model_of("guide")
    assert model.files == (ModelFile(guide_model().name, facts["size"], None, facts["sha256"]),)
    assert (model.parameters, model.recommended.size) == (facts["parameters"], guide_model().stat().st_size)
    assert model.recommended.download == model.recommended.peak_disk == 0


def test_loading_needs_neither_numpy_nor_a_network() -> None:
    code = "import sys, app.runtime.models.catalogue as c; c.load(); print({'numpy', 'socket'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


# --- mistakes that a developer can make ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d["models"].append(d["models"][0]), "an id twice"),
        (lambda d: d["models"].pop(), "exactly one guide"),
        (lambda d: d.pop("keys"), "keys"),
        (lambda d: d["models"][0].pop("licence"), "BELLE-7B-2M: missing: licence"),
        (lambda d: d["models"][0].update(license="x"), "BELLE-7B-2M: unknown: license"),
        (lambda d: d["models"][0].update(licence=""), "BELLE-7B-2M: licence: ''"),
        (lambda d: d["models"][0].update(kind="zip"), "kind: 'zip'"),
        (lambda d: d["models"][0].update(key="7B"), "BELLE-7B-2M: a key"),
        (lambda d: d["models"][0].update(key="30B"), "30B"),
        (lambda d: d["models"][0].update(template=None), "what a usable one has"),
        (lambda d: d["models"][0]["good_for"].pop("en"), "good_for: missing: en"),
        (lambda d: d["models"][0]["files"][1].update(size=-1), r"files\[1\]: size: -1"),
        (lambda d: d["models"][0]["files"][1].update(size="28"), r"files\[1\]: size: '28'"),
        (lambda d: d["models"][0]["files"][1].update(sha256="6A" * 32), "pytorch_model.bin: SHA-256"),
        (lambda d: d["models"][0]["files"][1].update(optional=True), "weights are the optional files"),
        (lambda d: d["models"][0]["targets"][0].update(recommended=False), "one recommended target"),
        (lambda d: d["models"][0]["targets"].reverse(), "targets by size"),
        (lambda d: d["models"][0]["targets"][0].update(type="Q2_K"), "words: no object"),
        (lambda d: d["models"][1]["files"][0].update(plain_sha256="0" * 64), "a name with its checksum"),
        (lambda d: d["models"][-2].update(instead="BELLE-8B"), "a reason and another model"),
        (lambda d: d["models"][-2].update(reason=None), "a reason and another model"),
    ],
)
def test_a_wrong_catalogue_is_refused(change: Callable[[Any], object], told: str) -> None:
    data = raw()
    change(data)
    with pytest.raises(ValueError, match=told):
        parse(data)


@pytest.mark.parametrize("data", [None, [], {}, {"keys": [1], "models": []}, {"keys": [], "models": [1], "words": {}}])
def test_what_is_no_catalogue_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="catalogue"):
        parse(data)


# --- which model files are ----------------------------------------------------------------------------------------


@each
def test_identified_by_the_checksum_of_its_weights(model: Model) -> None:
    own = [one for file in model.files if file.weights for one in file.hashes]
    for one in own:
        assert load().identify(["pytorch_model.bin", "下载"], [one.upper()]) is model
    unhashed = {"BELLE-Llama2-13B-Chat-GGUF", "BELLE_BLOOM_GPTQ_4BIT"}
    assert bool(own) is (model.id not in unhashed)


@each
def test_checksums_of_other_files_tell_nothing(model: Model) -> None:
    assert load().identify(["下载"], [one for file in model.files if not file.weights for one in file.hashes]) is None


@each_encrypted
def test_identified_by_the_checksums_in_names(model: Model) -> None:
    names = [file.name.replace(ANY, "0" * 64) for file in model.files]
    assert load().identify(names) is model
    assert load().identify([name.upper() for name in names]) is model
    weights = [file.name for file in model.files if file.weights]
    assert load().identify([weights[0]]) is model
    companions = [name for name in names if name not in weights]
    alike = {"BELLE-LLaMA-7B-0.6M-enc", "BELLE-LLaMA-7B-2M-gptq-enc"}  # have the same ones
    assert load().identify(companions) is (None if model.id in alike else model)
    assert load().identify([*companions, model.id]) is model


def test_shared_checksums_leave_several() -> None:
    shared = "config.json.db303d8f096e427bd21ff97bb169c84fb3ae11336a644e3da3506419d44f6429.enc"  # 0.6M and gptq
    assert load().identify([shared]) is None
    assert load().identify([shared, "BELLE-LLaMA-7B-0.6M-enc"]) is model_of("BELLE-LLaMA-7B-0.6M-enc")
    assert load().identify([shared, "BELLE-7B-2M"]) is None  # a checksum outweighs a folder


def test_files_of_two_models_are_neither() -> None:
    hashes = [
        next(file.sha256 for file in model_of(one).files if file.weights and file.sha256)
        for one in ("BELLE-LLaMA-7B-2M-enc", "BELLE-LLaMA-EXT-13B")
    ]
    assert load().identify(["BELLE-LLaMA-7B-2M-enc"], hashes) is None


@pytest.mark.parametrize("model", [one for one in MODELS if one.repository], ids=lambda one: one.id)
@pytest.mark.parametrize(
    "form", ["{name}", "{owner}/{name}", "{owner}_{name}", "models--{owner}--{name}", "{name}-main", "{name} (1)"]
)
def test_identified_by_the_folder(model: Model, form: str) -> None:
    owner, _, name = str(model.repository).partition("/")
    for folder in (form.format(owner=owner, name=name), form.format(owner=owner, name=name).lower()):
        assert load().identify([folder, "config.json", "pytorch_model.bin"]) is model
    assert load().identify([name.removesuffix("-enc")]) is model  # after decryption


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("belle-model.bin", "ChatBELLE-int4"),
        ("bloom7b-0.2m-8bit-128g.pt", "BELLE-7B-gptq"),
        ("llama7b-2m-4bit-128g.pt", "BELLE-LLaMA-7B-2M-gptq-enc"),
        ("BELLE-Llama2-13B-chat-0.4M-q4_0.gguf", "BELLE-Llama2-13B-Chat-GGUF"),
        ("guide.gguf", "guide"),
    ],
)
def test_identified_by_a_name_of_its_own(name: str, model_id: str) -> None:
    assert load().identify(["下载", name]) is model_of(model_id)


def test_size_decides_between_two_with_the_same_name() -> None:
    name = "bloom7b-2m-4bit-128g.pt"
    assert load().identify([name]) is None
    assert load().identify([name], sizes={name: 7_349_150_000}) is model_of("BELLE-7B-gptq")
    assert load().identify([name], sizes={name: 5_292_900_000}) is model_of("BELLE_BLOOM_GPTQ_4BIT")
    assert load().identify([name], sizes={name: 6_000_000_000}) is None
    assert load().identify([name, "BELLE_BLOOM_GPTQ_4BIT"]) is model_of("BELLE_BLOOM_GPTQ_4BIT")


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["pytorch_model.bin", "config.json", "tokenizer.json"],
        ["pytorch_model-00001-of-00006.bin"],
        ["model.safetensors", "Llama-2-7b-hf"],
        ["tokenizer.model." + "1" * 64 + ".enc"],
        ["guide", "BELLE"],
    ],
)
def test_other_files_are_none_of_them(names: list[str]) -> None:
    assert load().identify(names, ["f" * 64], dict.fromkeys(names, 10**9)) is None


def test_a_name_that_nobody_published_is_matched() -> None:
    file = next(one for one in model_of("BELLE-LLaMA-EXT-13B").files if one.plain == "tokenizer.model")
    assert not file.name_known and file.matches(f"tokenizer.model.{'a' * 64}.enc")
    assert not file.matches("tokenizer.json.enc") and file.size is None and not list(file.hashes)
    assert all(one.name_known for model in MODELS for one in model.files if one is not file)
