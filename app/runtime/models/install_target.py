"""Which way of having a model is meant, and which of its files hold the weights."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.errors import Fixable
from app.runtime.models.catalogue import Model, ModelFile, ModelTarget
from app.runtime.models.installs import InstallRequest
from app.runtime.weights.records import Target

WEIGHTS = (".bin", ".pt", ".pth", ".safetensors", ".gguf")


def choose_target(model: Model, request: InstallRequest) -> ModelTarget:
    """The way of having `model` that is asked for, the recommended one if several are. Raises
    `Fixable("install-type")`."""
    wanted = request.target.value if request.target and request.target is not Target.KEEP else ""
    found = [
        one
        for one in model.targets
        if wanted in ("", one.type) and (not request.file or request.file in (one.weights, one.type))
    ]
    if not found:
        raise Fixable("install-type", name=model.name, type=wanted or request.file)
    return next((one for one in found if one.recommended), found[0])


def small_first(files: Iterable[ModelFile]) -> list[ModelFile]:
    """The small files, which open with the right key only, before gigabytes that would be fetched for nothing."""
    return sorted(files, key=lambda one: (is_weights(one.plain), one.size or one.about or 0))


def is_weights(name: str) -> bool:
    """Whether a file of this name, encrypted or not, holds weights: it is large."""
    name = re.sub(r"\.([0-9a-f]{64}|\*)\.enc$", "", name.lower())
    return name.endswith(WEIGHTS)
