"""An offline pack: models with all that is known about them, as one folder or zip for a USB stick.

chatbelle-pack.json   what is inside: names, sizes, hashes, licences
SHA256SUMS            the same hashes in the form of `sha256sum -c`
LICENSES.txt          a note on what may be done with the models
models/ID/FILE.gguf   or, where a file would be too large, its parts FILE.gguf.001, .002 …
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app import __version__
from app.errors import Fixable
from app.runtime.models.folder_rules import safe_name
from app.runtime.models.names import is_safe
from app.runtime.weights.sniff import shown

SCHEMA = 1
INDEX = "chatbelle-pack.json"
SUMS = "SHA256SUMS"
LICENSES = "LICENSES.txt"
MODELS = "models"
MOST_BYTES = 4_000_000  # of the index
MOST_MODELS = 1000
MOST_PARTS = 1000

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXTS = ("name", "quantization", "model", "repository", "license", "template")
_NOTE = """\
这些模型的许可 / Licences of these models
==========================================

{rows}
请在使用和转交之前阅读各模型的许可条款。BELLE 模型仅供研究使用；由 LLaMA 得到的模型还须遵守 Meta 的 LLaMA 许可，
未取得该许可的人不得使用，也不要转交给他们。
Read each model's terms before you use it or pass it on. BELLE's models are for research only. Models made from LLaMA
are also under Meta's LLaMA licence: do not pass them on to anyone who has not been granted it.

在另一台电脑上打开 ChatBELLE，选择“导入离线包”即可使用；每个文件都会先核对校验值。
To use them on another computer open ChatBELLE there and import this pack; every file is checked first.
"""


@dataclass(frozen=True)
class PackedFile:
    """A file of the pack by its name inside it, with `/` between folders."""

    file: str
    size: int
    sha256: str


@dataclass(frozen=True)
class PackedModel:
    """`parts` joined in their order give the GGUF file of `size` bytes with the hash `sha256`."""

    id: str
    name: str
    size: int
    sha256: str
    parts: tuple[PackedFile, ...]
    quantization: str = ""
    model: str = ""
    repository: str = ""
    license: str = ""
    template: str = ""


def index_text(models: Sequence[PackedModel]) -> str:
    facts = {"schema": SCHEMA, "made_by": f"ChatBELLE {__version__}", "models": [asdict(one) for one in models]}
    return json.dumps(facts, ensure_ascii=False, indent=1) + "\n"


def sums_text(models: Sequence[PackedModel]) -> str:
    return "".join(f"{part.sha256}  {part.file}\n" for one in models for part in one.parts)


def licenses_text(models: Sequence[PackedModel]) -> str:
    rows = [
        f"- {one.name} {one.quantization}\n"
        f"  {one.license or '许可未知，请看来源 / licence unknown, see its source'}\n"
        f"  {one.repository or '来源未知 / source unknown'}\n"
        for one in models
    ]
    return _NOTE.format(rows="\n".join(rows))


def read_index(data: bytes, pack: str) -> tuple[PackedModel, ...]:
    """The models that an index names. Every name is checked: it may become a path.

    Raises `Fixable`: `pack-newer`, `pack-damaged`, `pack-unsafe`."""
    try:
        raw = json.loads(data.decode("utf-8-sig"))
        if type(raw["schema"]) is not int:
            raise TypeError("schema")
        if raw["schema"] > SCHEMA:
            raise Fixable("pack-newer", file=pack)
        models = tuple(_model(one, pack) for one in _list(raw["models"], MOST_MODELS))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Fixable("pack-damaged", file=pack, detail=shown(str(error))) from error
    names = [part.file.casefold() for one in models for part in one.parts]
    if not models or len(set(names)) < len(names) or len({one.id.casefold() for one in models}) < len(models):
        raise Fixable("pack-damaged", file=pack, detail="models")
    return models


def _model(raw: Mapping[str, Any], pack: str) -> PackedModel:
    parts = tuple(_file(one, pack) for one in _list(raw["parts"], MOST_PARTS))
    size, sha256 = _size(raw), _sha256(raw)
    if not parts or sum(part.size for part in parts) != size:
        raise ValueError("size")
    texts = {name: shown(_text(raw, name)) for name in _TEXTS}
    return PackedModel(id=safe_name(_text(raw, "id")), size=size, sha256=sha256, parts=parts, **texts)


def _file(raw: Mapping[str, Any], pack: str) -> PackedFile:
    name = _text(raw, "file")
    if not is_safe(name):
        raise Fixable("pack-unsafe", file=pack, name=shown(name))
    return PackedFile(name, _size(raw), _sha256(raw))


def _list(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
        raise TypeError("list")
    return value


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _size(raw: Mapping[str, Any]) -> int:
    size = raw["size"]
    if type(size) is not int or not 0 < size < 1 << 50:
        raise ValueError("size")
    return size


def _sha256(raw: Mapping[str, Any]) -> str:
    value = _text(raw, "sha256")
    if not _SHA256.fullmatch(value):
        raise ValueError("sha256")
    return value
