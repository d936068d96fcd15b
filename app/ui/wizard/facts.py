"""What the pages show beside the flow's state: facts that the services have found out. Plain frozen values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from app.errors import AppError, Fixable
from app.runtime.models.setup_state import Choices, ChooseModel, ModelChoice

if TYPE_CHECKING:
    from app.runtime.models.catalogue import Catalogue, Key, Model, ModelTarget
    from app.runtime.models.hardware import Advice, Computer, Drive
    from app.runtime.models.installs import InstallPlan, InstallState
    from app.runtime.models.measuring import Measured
    from app.runtime.models.memory import Verdict
    from app.runtime.weights.records import Recognised


@dataclass(frozen=True)
class OwnFiles:
    """Files of the user's. `choice` None: they cannot be used, `problem` says why. With a `choice`, a `problem` tells
    what has to be fetched beside them."""

    path: Path
    found: Recognised | None = None
    model: Model | None = None
    choice: ModelChoice | None = None
    problem: AppError | None = None


@dataclass(frozen=True)
class Facts:
    """`catalogue`, `computer`, `advice` are None until they are known. `looking`, `measuring`, `testing`, `trying`,
    `planning`: a job goes on for the user's files, the sources, the key, the tokenizer, the plan. `folder`:
    where models go unless the user chooses another place."""

    folder: Path = Path()
    catalogue: Catalogue | None = None
    computer: Computer | None = None
    advice: Advice | None = None
    own: OwnFiles | None = None
    looking: bool = False
    speeds: tuple[Measured, ...] = ()
    measuring: bool = False
    testing: bool = False
    trying: bool = False
    planning: bool = False
    plan: InstallPlan | None = None
    install: InstallState | None = None

    def model(self, choices: Choices) -> Model | None:
        """The chosen row of the catalogue, None if none is."""
        chosen = choices.model
        if chosen is None:
            return None
        if self.own is not None and chosen.path == self.own.path:
            return self.own.model
        return self.catalogue.find(chosen.model) if self.catalogue and chosen.model else None

    def target(self, choices: Choices) -> ModelTarget | None:
        """The chosen way of having it."""
        model, chosen = self.model(choices), choices.model
        if model is None or chosen is None or not model.targets:
            return None
        same = [one for one in model.targets if one.type == choices.target and chosen.file in ("", one.weights)]
        return same[0] if same else self.fitting(model)

    def choose(self, model: Model, target: ModelTarget | None = None) -> ChooseModel:
        """The action that chooses a row of the catalogue."""
        target = target or self.fitting(model)
        several = len({one.weights for one in model.targets}) > 1
        file = target.weights or "" if several else ""
        return ChooseModel(ModelChoice(model=model.id, file=file, key=model.key is not None), target.type)

    def recommended(self) -> Model | None:
        """The model to take on this computer; None while that is unknown, and if it can run none."""
        if self.catalogue is None or self.computer is None:
            return None
        model = self.catalogue.recommended(self.usable_memory).model
        return model if model.repository else None  # the guide has none

    def verdict(self, memory: int) -> Verdict | None:
        """Of `memory` bytes in use, now; None while the computer is unknown."""
        from app.runtime.models.memory import verdict

        return verdict(memory, self.computer.free_memory) if self.computer else None

    def fitting(self, model: Model) -> ModelTarget:
        """The way of having `model` that suits this computer best."""
        return model.target_for(self.usable_memory) if self.computer else model.recommended

    @property
    def usable_memory(self) -> int:
        """Bytes that a model can have here with little else running."""
        from app.runtime.models.memory import SYSTEM_SHARE

        here = self.computer
        return max(here.free_memory, here.memory.total - SYSTEM_SHARE) if here else 0

    def drive(self, folder: Path | None) -> Drive | None:
        """The drive that `folder` lies on, as far as the names of paths tell."""
        if self.computer is None or folder is None:
            return None
        homes = [one for one in self.computer.drives if PurePath(folder).is_relative_to(one.path)]
        return max(homes, key=lambda one: len(one.path.parts), default=None)


def own_files(path: Path, catalogue: Catalogue, found: Recognised | None, error: AppError | None) -> OwnFiles:
    """What can be done with files of the user's. `found` or `error` is what the recogniser says. Asks the disk: not for
    the window's thread."""
    from app.runtime.models.archives import is_archive
    from app.runtime.models.catalogue import ModelKind
    from app.runtime.weights.records import Kind, Need

    if is_archive(path):
        return _own_archive(path, catalogue)
    model = _row(path, catalogue)
    model = model if model is not None and model.usable and model.kind is not ModelKind.GUIDE else None
    problem = error or (found.problem if found else None)
    if found is not None and found.missing and problem is None:
        problem = Fixable("weights-files-missing", file=path.name, missing=", ".join(found.missing))
    if found is not None and problem is None:
        key = found.kind is Kind.ENCRYPTED or Need.KEY in found.needs
        choice = ModelChoice(path=path, terms=model is not None, source=False, key=key)
        return OwnFiles(path, found, model, choice)
    if model is not None and model.repository:
        choice = ModelChoice(model=model.id, path=path, key=model.key is not None)
        return OwnFiles(path, found, model, choice, problem)
    if found is not None and Need.TOKENIZER in found.needs:
        choice = ModelChoice(path=path, terms=model is not None, source=False, tokenizer=True)
        return OwnFiles(path, found, model, choice)
    return OwnFiles(path, found, model, None, problem)


def _own_archive(path: Path, catalogue: Catalogue) -> OwnFiles:
    """What lies in it is used without unpacking it first; what is missing is fetched."""
    from app.runtime.models.archive_contents import look_into_archive

    try:
        found = look_into_archive(path, catalogue)
    except AppError as error:
        return OwnFiles(path, problem=error)
    model = found.model
    if model is None or not model.repository:
        return OwnFiles(path, problem=Fixable("archive-no-model", file=path.name))
    choice = ModelChoice(model=model.id, file=found.weights, path=path, key=model.key is not None)
    return OwnFiles(path, None, model, choice)


def _row(path: Path, catalogue: Catalogue) -> Model | None:
    from app.runtime.models.local_files import identify
    from app.runtime.weights.locate import locate

    try:
        return identify(catalogue, locate(path))
    except (AppError, OSError):
        return catalogue.identify([path.name, path.stem])


def find_and_check_key(place: Path, key: Key | None, model: str) -> Path:
    """The key file at `place`, a file or a folder that holds it, checked by what it says of itself: Meta's files are
    known by size and container, and no file of the model need be here. Asks the disk. Raises `Fixable` as
    `weights.key_test.check_key` does of keys."""
    from app.runtime.weights.key_test import check_key_file, find_key
    from app.runtime.weights.known_keys import KNOWN_KEYS

    known = next((one for one in KNOWN_KEYS if key is not None and one.path == key.path), None)
    needed = replace(known, size=key.size) if known is not None and key is not None else None
    found = find_key(place, [needed] if needed else KNOWN_KEYS)
    if found is None or not found.is_file():
        raise Fixable("key-missing", file=place.name or str(place))
    if needed is not None:
        check_key_file(model, found, needed)
    return found
