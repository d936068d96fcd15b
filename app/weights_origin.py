"""What a converted file says of itself beyond its numbers: name, repository, licence, chat template."""

from __future__ import annotations

from pathlib import Path

from app.runtime.engine.prompts import jinja_template, templates
from app.runtime.models.catalogue import Model, load
from app.runtime.weights.records import Origin

# The template for weights of no model that we know, by architecture
TEMPLATES = {"bloom": "belle-bloom", "llama": "belle-llama"}
HUB_CACHE = "snapshots"  # the hub's own cache keeps files in REPOSITORY/snapshots/REVISION/


def origin_of(path: Path, architecture: str = "", model_id: str = "") -> Origin:
    """What is known about the weights at `path`, a file or a folder, of a model of `architecture`. `model_id`: the
    catalogue's, "" where the names of the files have to tell."""
    path = path.absolute()
    model = load().find(model_id) or _model(path, architecture)
    stem = path.name if path.is_dir() else path.stem
    row = templates().get((model.template if model else TEMPLATES.get(architecture)) or "")
    template, template_id = (jinja_template(row), row.id) if row else ("", "")
    if model is None:
        return Origin(name=stem, template=template, template_id=template_id)
    file = model.file(path.name) if path.is_file() else None
    name = f"{model.name} {Path(file.plain).stem}" if file and file.optional else model.name
    return Origin(name, model.url, model.licence, template, template_id)


def _model(path: Path, architecture: str) -> Model | None:
    """The model of the catalogue that lies at `path`, by names and sizes alone: hashing takes minutes."""
    folder = path if path.is_dir() else path.parent
    files = [one for one in folder.iterdir() if one.is_file()]
    if path.is_file() and path.suffix.lower() != ".enc":
        files = [path]
    place = folder.parents[1] if folder.parent.name == HUB_CACHE and len(folder.parents) > 1 else folder
    names = [place.name, *(one.name for one in files)]
    model = load().identify(names, sizes={one.name: one.stat().st_size for one in files})
    if model is None or (architecture and model.architecture != architecture):
        return None
    return model if path.is_dir() or model.file(path.name) else None
