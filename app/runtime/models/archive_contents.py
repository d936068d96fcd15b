"""What an archive from a netdisk holds, and of which model its files are. Nothing is unpacked."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from app.errors import Fixable
from app.runtime.models.archives import Archive, is_archive
from app.runtime.models.catalogue import Catalogue, Model, ModelKind
from app.runtime.models.installs import InstallRequest

WEIGHTS = (".gguf", ".bin", ".pt", ".pth", ".safetensors", ".enc")


@dataclass(frozen=True)
class ArchiveContents:
    """`files` that hold weights, by name, and the bytes of all files in it. `model` None: their names do not tell.
    `weights`: the file in it that one way of having the model is made of, "" if there is no such choice."""

    path: Path
    files: tuple[str, ...]
    size: int
    model: Model | None
    weights: str = ""


def look_into_archive(path: Path, catalogue: Catalogue) -> ArchiveContents:
    """Raises `Fixable`: `archive-no-model` if there are no weights in it, and as `Archive` does."""
    with closing(Archive(path)) as archive:
        sizes = {PurePosixPath(name.replace("\\", "/")): size for name, size in archive.sizes.items()}
    files = tuple(sorted({one.name for one in sizes if one.suffix.lower() in WEIGHTS}))
    if not files:
        raise Fixable("archive-no-model", file=path.name)
    folders = {part for one in sizes for part in one.parent.parts}
    names = [path.stem, *sorted(folders), *sorted(one.name for one in sizes)]
    model = catalogue.identify(names, sizes={one.name: size for one, size in sizes.items()})
    if model is not None and (not model.usable or model.kind is ModelKind.GUIDE):
        model = None
    choices = {one.weights for one in model.targets} - {None} if model else set()
    weights = [one for one in files if one in choices]
    return ArchiveContents(path, files, sum(sizes.values()), model, weights[0] if len(weights) == 1 else "")


def in_archive(request: InstallRequest, path: Path, catalogue: Catalogue) -> InstallRequest:
    """With the model, and the one of its files of weights, that are in the archive `path`; as it is if that is none.
    Raises as `look_into_archive` does, and `archive-no-model` if nothing tells which model is meant."""
    if not is_archive(path):
        return request
    found = look_into_archive(path, catalogue)
    if request.model and (found.model is None or found.model.id != request.model):
        return request
    if found.model is None:
        raise Fixable("archive-no-model", file=path.name)
    return replace(request, model=found.model.id, file=request.file or found.weights)
