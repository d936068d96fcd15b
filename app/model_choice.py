"""Which model a name means. Shared by the window's `bootstrap` and the command line."""

from __future__ import annotations

import os
from pathlib import Path

from app.errors import Fixable
from app.models_wiring import entries_named, open_library
from app.paths import Paths
from app.resources import guide_model
from app.runtime.engine.prompts import template_for, templates
from app.runtime.engine.records import ModelSpec
from app.runtime.models.records import Condition, Entry
from app.settings import Settings

GUIDE = "guide"


def find_model(name: str, paths: Paths) -> ModelSpec:
    """`guide`, a model of the library by its id, its row of the catalogue or its exact name, or the path of a GGUF file
    (of the library, or any other: then the file's own chat template is used).

    Fixable: `model-unknown` if it is none of them, `model-file-missing` if the file is not there, what
    `manifests.explain` says of a model of the library that is gone or damaged.
    """
    if name == GUIDE:
        return _existing(ModelSpec(guide_model(), GUIDE, "ChatBELLE Guide", template_for(GUIDE)))
    path = Path(name).expanduser()
    if path.suffix.lower() == ".gguf" or path.is_file() or any(mark in name for mark in (os.sep, os.altsep or os.sep)):
        path = path.absolute()
        known = next((one for one in _entries(paths) if one.manifest.path == path), None)
        return spec_of(known) if known else _existing(ModelSpec(path, str(path), path.stem))
    found = entries_named(name, _entries(paths))
    if not found:
        raise Fixable("model-unknown", name=name, folder=str(paths.models))
    return spec_of(found[0])


def spec_of(entry: Entry) -> ModelSpec:
    """How a model of the library is loaded. One whose file was changed outside is tried all the same."""
    if entry.condition in (Condition.MISSING, Condition.DAMAGED):
        from app.runtime.models.manifests import explain

        raise explain(entry) or Fixable("model-file-missing", path=str(entry.manifest.path))
    manifest = entry.manifest
    return _existing(ModelSpec(manifest.path, manifest.id, manifest.name, templates().get(manifest.template)))


def note_use(spec: ModelSpec, paths: Paths) -> None:
    """Remember that a model of the library is used now. Never fails; other models are ignored."""
    if spec.id != GUIDE and spec.id != str(spec.path):
        open_library(paths, Settings.load(paths.settings)).touch(spec.id)


def _entries(paths: Paths) -> tuple[Entry, ...]:
    return open_library(paths, Settings.load(paths.settings)).entries()


def _existing(spec: ModelSpec) -> ModelSpec:
    if not spec.path.is_file():
        raise Fixable("model-file-missing", path=str(spec.path))
    return spec
