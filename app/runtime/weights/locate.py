"""What a path is, by its content and its neighbours' names; nothing but the first bytes is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError, Fixable
from app.runtime.weights.records import Kind

START = 512  # bytes that decide what a file is
SUBFOLDERS = 64  # a model's folder has few; a folder of folders is not searched without end
GGML_MAGICS = {b"lmgg": Kind.LEGACY, b"fmgg": Kind.LEGACY, b"tjgg": Kind.LEGACY, b"algg": Kind.LORA}
CHATBELLE_MAGIC = bytes.fromhex("9a939a9d")  # see docs/formats.md
LFS_START = b"version https://git-lfs"
HTML_STARTS = (b"<!doctype html", b"<html", b"<?xml", b"<head")
# Files of a folder that stand for the folder itself
FOLDER_FILES = re.compile(
    r"(config|params|tokenizer|tokenizer_config|generation_config|special_tokens_map|added_tokens)\.json"
    r"|tokenizer\.model|.+\.index\.json|checklist\.chk",
    re.IGNORECASE,
)
META_PART = re.compile(r"consolidated\.\d\d\.pth", re.IGNORECASE)
HUGGING_FACE_WEIGHTS = re.compile(
    r"(pytorch_model(-\d+-of-\d+)?\.bin|model(-\d+-of-\d+)?\.safetensors)(\.index\.json)?", re.IGNORECASE
)
LATER_PART = re.compile(r"\.\d+$|-(?!00001)\d{5}-of-\d{5}\.gguf$", re.IGNORECASE)
ENCRYPTED_SUFFIX = ".enc"


@dataclass(frozen=True)
class Located:
    """A model's place. `file` is the one file that holds it, "" where the folder as a whole does.
    `choices`: other files of the folder that could have been meant, smallest first."""

    kind: Kind
    folder: Path
    file: str = ""
    choices: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        return self.folder / self.file if self.file else self.folder


def locate(path: Path) -> Located:
    """The model at `path`, a file or a folder. `Kind.UNKNOWN` and the placeholders are answers too.

    Raises `Fixable`: `weights-missing-file`, `weights-unreadable`.
    """
    path = path.absolute()
    try:
        if path.is_dir():
            return _locate_folder(path) or Located(Kind.UNKNOWN, path)
        return _locate_file(path)
    except FileNotFoundError:
        raise Fixable("weights-missing-file", file=path.name) from None
    except OSError as error:
        raise Fixable("weights-unreadable", file=path.name, detail=error.strerror or str(error)) from error


def sniff(path: Path) -> Kind:
    """The kind of one file by its first bytes. HUGGING_FACE stands for any torch or safetensors checkpoint."""
    with path.open("rb") as file:
        start = file.read(START)
    if start[:4] in (b"GGUF", b"FUGG"):
        return Kind.GGUF
    if start[:4] in GGML_MAGICS:
        return GGML_MAGICS[start[:4]]
    if start[:4] == CHATBELLE_MAGIC:
        return Kind.CHATBELLE
    if start.startswith(LFS_START):
        return Kind.LFS_POINTER
    if start.lstrip().lower().startswith(HTML_STARTS):
        return Kind.WEB_PAGE
    if start[:4] == b"PK\x03\x04" or start[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04"):
        return Kind.HUGGING_FACE
    if path.suffix.lower() == ".safetensors" or (start[8:9] == b"{" and start[6:8] == b"\0\0"):
        return Kind.HUGGING_FACE
    return Kind.UNKNOWN


def _locate_file(path: Path) -> Located:
    name, folder = path.name, path.parent
    if name.lower().endswith(ENCRYPTED_SUFFIX):
        return Located(Kind.ENCRYPTED, folder)
    if FOLDER_FILES.fullmatch(name):
        found = _locate_folder(folder)
        if found:
            return found
    kind = sniff(path)
    if kind is Kind.UNKNOWN and name.lower().endswith(".gguf"):
        return Located(Kind.GGUF, folder, name)  # the reader says what is wrong with it
    if kind is not Kind.HUGGING_FACE:
        return Located(kind, folder, name)
    names = _names(folder)
    if META_PART.fullmatch(name):
        return Located(Kind.META, folder)
    if HUGGING_FACE_WEIGHTS.fullmatch(name) and "config.json" in names:
        return Located(Kind.HUGGING_FACE, folder)
    return Located(Kind.GPTQ, folder, name)  # a checkpoint of another name; the reader tells what is in it


def _locate_folder(folder: Path, depth: int = 1) -> Located | None:
    names = _names(folder)
    lower = {name.lower() for name in names}
    if any(name.endswith(ENCRYPTED_SUFFIX) for name in lower):
        return Located(Kind.ENCRYPTED, folder)
    if "params.json" in lower:
        return Located(Kind.META, folder)
    if any(HUGGING_FACE_WEIGHTS.fullmatch(name) for name in names):
        return Located(Kind.HUGGING_FACE, folder)
    single = _single_files(folder, names)
    if single:
        first, *others = single
        return Located(first.kind, folder, first.file, tuple(one.file for one in others))
    inside = _locate_below(folder) if depth else None
    if inside:
        return inside
    if "config.json" in lower:
        return Located(Kind.HUGGING_FACE, folder)
    if any(META_PART.fullmatch(name) for name in names):
        return Located(Kind.META, folder)
    return None


def _locate_below(folder: Path) -> Located | None:
    """The one model in the subfolders, as Meta's `7B/` below `tokenizer.model`."""
    subfolders = sorted(entry for entry in folder.iterdir() if entry.is_dir())[:SUBFOLDERS]
    found = [one for one in (_locate_folder(entry, depth=0) for entry in subfolders) if one]
    return found[0] if len(found) == 1 else None


def _single_files(folder: Path, names: Iterable[str]) -> list[Located]:
    """Files that hold a whole model each, smallest first; further parts of a file are left out."""
    found = []
    for name in names:
        if LATER_PART.search(name) or not name.lower().endswith((".gguf", ".bin", ".pt", ".pth", ".safetensors")):
            continue
        kind = Kind.GGUF if name.lower().endswith(".gguf") else sniff(folder / name)
        if META_PART.fullmatch(name) or kind is Kind.UNKNOWN:
            continue
        kind = Kind.GPTQ if kind is Kind.HUGGING_FACE else kind
        found.append(((folder / name).stat().st_size, Located(kind, folder, name)))
    return [one for _, one in sorted(found, key=lambda item: (item[0], item[1].file))]


def _names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_file()))


def placeholder_problem(located: Located) -> AppError | None:
    """Why a path of this kind can never be converted, None if it can."""
    name = located.file or located.folder.name
    code = {
        Kind.CHATBELLE: "weights-chatbelle",
        Kind.LORA: "weights-lora",
        Kind.LFS_POINTER: "weights-lfs-pointer",
        Kind.WEB_PAGE: "weights-web-page",
        Kind.UNKNOWN: "weights-unknown",
    }.get(located.kind)
    if located.kind is Kind.UNKNOWN and located.file and not located.path.stat().st_size:
        code = "weights-empty"
    return Fixable(code, file=name) if code else None
