"""Which model a name means. Shared by the window's `bootstrap` and the command line."""

from __future__ import annotations

import os
from pathlib import Path

from app.errors import Fixable
from app.paths import Paths
from app.resources import guide_model
from app.runtime.engine.prompts import template_for
from app.runtime.engine.records import ModelSpec

GUIDE = "guide"


def find_model(name: str, paths: Paths) -> ModelSpec:
    """`guide`, or the path of a GGUF file (then the file's own chat template is used).

    Fixable: `model-unknown` if it is neither, `model-file-missing` if the file is not there.
    """
    if name == GUIDE:
        return _existing(ModelSpec(guide_model(), GUIDE, "ChatBELLE Guide", template_for(GUIDE)))
    path = Path(name).expanduser()
    if path.suffix.lower() == ".gguf" or path.is_file() or any(mark in name for mark in (os.sep, os.altsep or os.sep)):
        path = path.absolute()
        return _existing(ModelSpec(path, str(path), path.stem))
    raise Fixable("model-unknown", name=name, folder=str(paths.models))


def _existing(spec: ModelSpec) -> ModelSpec:
    if not spec.path.is_file():
        raise Fixable("model-file-missing", path=str(spec.path))
    return spec
