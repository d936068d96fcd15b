"""The models that ChatBELLE knows: the rows of `assets/catalogue.json`, checked, and which of them some files are.

Adding a model is adding one object there and running `python tools/catalogue.py`, which computes sizes and memory.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from app.resources import assets

CONTEXT = 2048  # tokens, of which `ModelTarget.memory` speaks; fewer where a model has fewer
ROUNDED = 0.02  # how far a size published as "26 GB" may lie from the real one
SMALL = 100_000_000  # bytes: what is larger are weights
ANY = "*"  # in the name of an encrypted file: the part nobody has published
HUB = "https://huggingface.co/"
ENVIRONMENT = "CHATBELLE_CATALOGUE"  # names a file in place of the app's own, for developers
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ENCRYPTED_NAME = re.compile(r"(.+)\.([0-9a-f]{64})\.enc", re.IGNORECASE | re.DOTALL)
# Names that files of any model have, so that they tell nothing; a file of another name is a model's own
_COMMON_NAME = re.compile(
    r"(pytorch_model|model|config|generation_config|tokenizer|special_tokens_map|added_tokens)\b.*"
)
_FOLDER_OWNER = re.compile(r"^(models--)?(bellegroup|belle-2|apepkuss79)(--|__|[-_/])")
_FOLDER_REST = re.compile(r"(-main|-master|-enc| ?\(\d+\))+$")


class ModelKind(StrEnum):
    """What its files are. The first four are values of `weights.records.Kind`."""

    GGUF = "gguf"
    HUGGING_FACE = "hugging-face"
    GPTQ = "gptq"
    ENCRYPTED = "encrypted"
    GUIDE = "guide"  # comes with the app
    UNUSABLE = "unusable"  # listed so that its files are recognised and the reason can be told


@dataclass(frozen=True)
class Words:
    """A text of a row in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """`language` as the app names them: "zh_CN" or "en"."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Key:
    """Meta's file that opens encrypted models. `path`: in Meta's own folders; `get_it`: where Meta tells how."""

    id: str
    path: str
    size: int | None
    md5: str
    sha256: str
    get_it: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ModelFile:
    """One file to fetch. `size` and `sha256` are of the file as hosted, `plain_*` after decryption; None: nobody
    published it. `about`: a rounded size where no exact one is known. `optional`: see `Model.files_for`.
    `earlier_sha256`: of files that stood under this name before."""

    name: str
    size: int | None
    about: int | None
    sha256: str | None
    plain_name: str | None = None
    plain_size: int | None = None
    plain_sha256: str | None = None
    optional: bool = False
    earlier_sha256: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """Its name when it is not, or no longer, encrypted."""
        return self.plain_name or self.name

    @property
    def weights(self) -> bool:
        return self.plain.endswith((".bin", ".pt", ".gguf"))

    @property
    def name_known(self) -> bool:
        """If not, the hub's listing tells the name: the one file that `matches`."""
        return ANY not in self.name

    def matches(self, name: str) -> bool:
        before, mark, after = self.name.lower().partition(ANY)
        name = name.lower()
        return name.startswith(before) and name.endswith(after) if mark else name == before

    @property
    def hashes(self) -> Iterator[str]:
        """Every SHA-256 that tells this file."""
        yield from (one for one in (self.sha256, self.plain_sha256, *self.earlier_sha256) if one)


@dataclass(frozen=True)
class ModelTarget:
    """One way to have the model. `type`: the name of a `weights.records.Target`; `weights`: the one optional file
    it is made of (its plain name), None for all. Bytes: `download` (with rounded sizes, see `ModelFile`), `size` of
    the weights (the vocabulary adds up to 15 MB), `peak_disk` while installing, `memory` in use."""

    type: str
    weights: str | None
    download: int
    size: int
    peak_disk: int
    memory: int
    recommended: bool
    words: Words


@dataclass(frozen=True)
class Shape:
    """The lengths that sizes are computed from, in weights."""

    vocabulary: int
    hidden: int
    feed_forward: int
    layers: int
    heads: int


@dataclass(frozen=True)
class Model:
    """One row. `chat` False: a base model, which continues texts. `stored`: the numbers in its files, None where
    that does not matter. `revision`: the commit that the hashes belong to, None if unknown. `key`: what the user must
    bring. `reason` and `instead` (an id): of an unusable model. `repository`: owner/name, None for the guide."""

    id: str
    name: str
    kind: ModelKind
    good_for: Words
    reason: Words | None
    instead: str | None
    chat: bool
    architecture: str | None
    base: str
    parameters: int | None
    shape: Shape | None
    stored: str | None
    context: int | None
    template: str | None
    licence: str
    terms: Words
    terms_url: str
    repository: str | None
    revision: str | None
    key: Key | None
    files: tuple[ModelFile, ...]
    targets: tuple[ModelTarget, ...]
    sources: tuple[str, ...]

    @property
    def usable(self) -> bool:
        return self.kind is not ModelKind.UNUSABLE

    @property
    def url(self) -> str:
        """Of its page on the hub."""
        return HUB + self.repository if self.repository else ""

    @property
    def recommended(self) -> ModelTarget:
        """Of a usable model."""
        return next(target for target in self.targets if target.recommended)

    def target_for(self, memory: int) -> ModelTarget:
        """The recommended target if it fits into `memory` bytes, else the largest that fits, else the smallest."""
        if self.recommended.memory <= memory:
            return self.recommended
        return next((one for one in reversed(self.targets) if one.memory <= memory), self.targets[0])

    def files_for(self, target: ModelTarget) -> tuple[ModelFile, ...]:
        """What has to be there for `target`: all but the optional files made for others."""
        return tuple(one for one in self.files if not one.optional or one.plain == target.weights)

    def file(self, name: str) -> ModelFile | None:
        """The file of that name, hosted or plain."""
        return next((one for one in self.files if one.matches(name) or one.plain.lower() == name.lower()), None)


@dataclass(frozen=True)
class Choice:
    model: Model
    target: ModelTarget


@dataclass(frozen=True)
class Catalogue:
    """All rows, in the order in which they are offered."""

    models: tuple[Model, ...]
    keys: tuple[Key, ...]

    def find(self, model_id: str) -> Model | None:
        return next((model for model in self.models if model.id == model_id), None)

    def usable(self) -> tuple[Model, ...]:
        """What can be installed, and the guide."""
        return tuple(model for model in self.models if model.usable)

    def recommended(self, memory: int) -> Choice:
        """The first model that chats, needs no key and fits into `memory` bytes; the guide if none does."""
        for model in self.usable():
            fits = model.recommended.memory <= memory and model.kind is not ModelKind.GUIDE
            if fits and model.chat and model.key is None:
                return Choice(model, model.recommended)
        guide = next(model for model in self.models if model.kind is ModelKind.GUIDE)
        return Choice(guide, guide.recommended)

    def identify(
        self, names: Iterable[str], hashes: Iterable[str] = (), sizes: Mapping[str, int] | None = None
    ) -> Model | None:
        """The model that files belong to; None if nothing tells or several fit.

        `names`: of the files and of the folders they lie in; `hashes`: SHA-256 of files, hosted or decrypted;
        `sizes`: bytes by file name. A checksum of weights decides, in the name of an `.enc` file too; then what most
        names of `.enc` files say, a folder named like the repository, and a file name that only one model has. Sizes
        decide between several. Checksums of other files tell little: models share them.
        """
        names = tuple(name.lower() for name in names)
        sizes = {name.lower(): size for name, size in (sizes or {}).items()}
        in_names = [match[2] for match in map(_ENCRYPTED_NAME.fullmatch, names) if match]
        certain = {self._weights[one] for one in (*map(str.lower, hashes), *in_names) if one in self._weights}
        if certain:
            return certain.pop() if len(certain) == 1 else None
        votes = {model.id: sum(one in in_names for f in model.files for one in f.hashes) for model in self.models}
        most = max(votes.values())
        possible = frozenset(model_id for model_id, count in votes.items() if count == most)
        folders = {_repository_name(name) for name in names}
        by_folder = [m.id for m in self.models if m.repository and _repository_name(m.id) in folders]
        by_name = [m.id for m in self.models if any(not _COMMON_NAME.match(name) and m.file(name) for name in names)]
        found = possible.intersection(by_folder) or possible.intersection(by_name)
        found = found or (possible if most else frozenset())
        if len(found) > 1:
            found = frozenset(model.id for model in self.models if model.id in found and _has_sizes(model, sizes))
        return self.find(next(iter(found))) if len(found) == 1 else None

    @cached_property
    def _weights(self) -> dict[str, Model]:
        """The model of each SHA-256 of weights."""
        return {one: model for model in self.models for file in model.files if file.weights for one in file.hashes}


def _repository_name(name: str) -> str:
    """Without owner, `-enc` and what hubs, browsers and archives add: `models--BelleGroup--X`, `X-main`, `X (1)`."""
    return _FOLDER_REST.sub("", _FOLDER_OWNER.sub("", name.lower()))


def _has_sizes(model: Model, sizes: Mapping[str, int]) -> bool:
    """Whether large files of the row are here, all of them of its sizes. Small ones are edited, and alike."""
    known = [(size, file) for name, size in sizes.items() if size > SMALL and (file := model.file(name))]
    expected = [(size, file.size or file.about) for size, file in known]
    return bool(known) and all(one is None or abs(size - one) <= ROUNDED * one for size, one in expected)


# --- reading ------------------------------------------------------------------------------------------------------


@cache
def load() -> Catalogue:
    """The app's catalogue, or the one `ENVIRONMENT` names. Raises `ValueError` for what only a developer can mend."""
    other = os.environ.get(ENVIRONMENT)
    return parse(json.loads((Path(other) if other else assets() / "catalogue.json").read_text("utf-8")))


def parse(data: Any) -> Catalogue:
    """Raises `ValueError` naming the place of what is missing, unknown or does not fit."""
    try:
        keys = {row["id"]: row for row in data["keys"]}
        rows = [
            row
            | {"key": keys[row["key"]] if row["key"] else None}
            | {"targets": [{"words": data["words"].get(one["type"])} | one for one in row["targets"]]}
            for row in data["models"]
        ]
    except (KeyError, TypeError) as error:
        raise ValueError(f"catalogue: {error!r}") from error
    catalogue = Catalogue(
        tuple(_build(Model, row, f"catalogue: {row.get('id')}") for row in rows),
        tuple(_build(Key, row, f"catalogue: keys: {name}") for name, row in keys.items()),
    )
    _check(catalogue)
    return catalogue


def _build(cls: Any, data: Any, place: str) -> Any:
    """A dataclass from an object with the same keys."""
    types, required = _fields(cls)
    if not isinstance(data, dict):
        raise ValueError(f"{place}: no object")
    missing = required - data.keys()
    wrong = missing or data.keys() - types.keys()
    if wrong:
        raise ValueError(f"{place}: {'missing' if missing else 'unknown'}: {', '.join(sorted(wrong))}")
    return cls(**{name: _value(types[name], one, f"{place}: {name}") for name, one in data.items()})


@cache
def _fields(cls: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Types by name, and the names without a default."""
    return get_type_hints(cls), frozenset(one.name for one in fields(cls) if one.default is MISSING)


def _value(kind: Any, value: Any, place: str) -> Any:
    if get_origin(kind) is UnionType:
        return None if value is None else _value(get_args(kind)[0], value, place)
    if get_origin(kind) is tuple and isinstance(value, list):
        return tuple(_value(get_args(kind)[0], one, f"{place}[{number}]") for number, one in enumerate(value))
    if is_dataclass(kind):
        return _build(kind, value, place)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and value in tuple(kind):
        return kind(value)
    if type(value) is not kind or value == "" or (kind is int and value < 0):
        raise ValueError(f"{place}: {value!r}")
    return value


def _check(catalogue: Catalogue) -> None:
    """What the types do not say."""
    ids = [model.id for model in catalogue.models]
    rules = {
        "an id twice": len(set(ids)) == len(ids),
        "exactly one guide": sum(model.kind is ModelKind.GUIDE for model in catalogue.models) == 1,
    }
    for model in catalogue.models:
        weights = {target.weights for target in model.targets} - {None}
        sizes = [target.size for target in model.targets]
        rules |= {
            f"{model.id}: one recommended target": sum(one.recommended for one in model.targets) == model.usable,
            f"{model.id}: targets by size": sizes == sorted(sizes),
            f"{model.id}: weights are the optional files": weights == {f.plain for f in model.files if f.optional},
            f"{model.id}: a key": (model.key is not None) == (model.kind is ModelKind.ENCRYPTED),
            f"{model.id}: a reason and another model": model.usable or (bool(model.reason) and model.instead in ids),
            f"{model.id}: what a usable one has": not model.usable or None not in (model.template, model.context),
        }
        for file in model.files:
            named = file.plain_name is None or file.matches(f"{file.plain_name}.{file.plain_sha256 or ANY}.enc")
            rules[f"{model.id}: {file.name}: SHA-256"] = all(_SHA256.fullmatch(one) for one in file.hashes)
            rules[f"{model.id}: {file.name}: a name with its checksum"] = named
    broken = [rule for rule, kept in rules.items() if not kept]
    if broken:
        raise ValueError("catalogue: " + "; ".join(broken))
