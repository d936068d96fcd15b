"""The models service for the window and the command line, made of paths and settings; and which model a name means."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import Paths
from app.runtime.events import Event
from app.runtime.jobs import CancelToken, Job
from app.runtime.models.records import Condition, Entry
from app.settings import Settings

if TYPE_CHECKING:  # each takes a while to import, and not every start needs it
    from app.runtime.engine.records import LoadOptions
    from app.runtime.models.install import TryModel
    from app.runtime.models.library import Library
    from app.runtime.models.loaded import LoadedModel
    from app.runtime.models.service import ModelOptions, ModelService
    from app.runtime.weights.records import Origin

TOKEN = "HF_TOKEN"  # where other programs keep it


def make_model_service(
    paths: Paths,
    settings: Settings,
    emit: Callable[[Event], None],
    loaded: LoadedModel | None = None,
) -> ModelService:
    """`settings` are read on the threads that call the service. `emit` gets `LibraryChanged` and `InstallChanged`,
    mostly on a lane's thread. `loaded`: the model in use, which makes room for another one."""
    from app.runtime.models.service import Given, ModelService

    try_model = make_trial(paths)
    if loaded is not None:
        try_model = loaded.trying(try_model, lambda: int(Settings.load(paths.settings).get("context")))
    given = Given(reclaimable=loaded.gives_back if loaded is not None else None)
    return ModelService(paths, lambda: model_options(settings), emit, try_model, _origin, given)


def _origin(source: Path, architecture: str, model_id: str) -> Origin:
    from app.weights_origin import origin_of  # with numpy, which the window need not wait for

    return origin_of(source, architecture, model_id)


def model_options(settings: Settings) -> ModelOptions:
    """The settings that matter to the service, now."""
    from app.runtime.models.service import ModelOptions

    get = settings.get
    return ModelOptions(
        folder=main_folder(settings),
        folders=more_folders(settings),
        source=get("source").strip(),
        proxy=get("proxy").strip(),
        token=get("hub_token").strip() or os.environ.get(TOKEN, "").strip(),
        offline=get("offline"),
        keep_downloads=get("keep_downloads"),
        context=get("context"),
    )


def main_folder(settings: Settings) -> Path | None:
    """The models folder the user chose, None for the one in the data folder."""
    folder = settings.get("models_folder").strip()
    return Path(folder) if folder else None


def more_folders(settings: Settings) -> tuple[Path, ...]:
    """The models folders beside the main one; what is no list of paths counts as none."""
    try:
        names = json.loads(settings.get("more_models_folders"))
    except ValueError:
        return ()
    return tuple(Path(name) for name in names if isinstance(name, str) and name) if isinstance(names, list) else ()


def add_folder(settings: Settings, folder: Path) -> None:
    """Remember one more models folder."""
    settings.refresh()  # another program may have added some
    names = [str(one) for one in (*more_folders(settings), folder.absolute())]
    settings.set("more_models_folders", json.dumps(list(dict.fromkeys(names)), ensure_ascii=False))


def change_main_folder(paths: Paths, settings: Settings, folder: Path, keep_old: bool) -> None:
    """Have models put into `folder` from now on; the main folder before stays known if `keep_old`."""
    settings.refresh()
    before = main_folder(settings) or paths.models
    others = [one for one in (*([before] if keep_old else []), *more_folders(settings)) if one != folder]
    settings.set("more_models_folders", json.dumps([str(one) for one in others], ensure_ascii=False))
    settings.set("models_folder", str(folder))


def library_folders(paths: Paths, settings: Settings) -> tuple[Path, ...]:
    """Where models lie, the main folder first."""
    return (main_folder(settings) or paths.models, *more_folders(settings))


def open_library(paths: Paths, settings: Settings) -> Library:
    """The models on this computer as they are now, without a service and its lanes."""
    from app.runtime.models.library import Library

    return Library(library_folders(paths, settings))


def entries_named(name: str, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Those that `name` may mean: the one of this id, else those made of this row of the catalogue, else those of
    exactly this name; usable ones first, then the last used."""
    entries = tuple(entries)
    for attribute in ("id", "model", "name"):
        found = [one for one in entries if getattr(one.manifest, attribute) == name]
        if found:
            return tuple(sorted(found, key=_use))
    return ()


def _use(entry: Entry) -> tuple[bool, float, float]:
    return entry.condition is not Condition.READY, -entry.manifest.last_used, -entry.manifest.added


# --- trying a model ---------------------------------------------------------------------------------------------------


def make_trial(paths: Paths) -> TryModel:
    """Asks a model in a child process. What is set for loading is read from the disk: the call comes on a lane."""

    def try_model(file: Path, question: str, template: str, cancel: CancelToken) -> str:
        from app.runtime.engine.records import ModelSpec  # with llama.cpp, when it is needed
        from app.runtime.engine.trial import TrialQuestion, Trials

        job = Job(lambda _event: None)
        job.token = cancel
        spec = ModelSpec(file, file.stem, file.stem)
        options = load_options(Settings.load(paths.settings))
        return Trials(paths).ask(spec, options, TrialQuestion(question, template), job)

    return try_model


def load_options(settings: Settings) -> LoadOptions:
    """Context, threads and graphics card as set in the window."""
    from app.runtime.engine.records import LoadOptions

    layers = 0 if settings.get("gpu") == "off" else None
    return LoadOptions(settings.get("context"), settings.get("threads") or None, layers)
