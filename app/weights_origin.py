"""What a converted file says of itself beyond its numbers: name, repository, licence, chat template."""

from __future__ import annotations

from pathlib import Path

from app.runtime.engine.prompts import jinja_template, templates
from app.runtime.weights.records import Origin

# The template for weights that say nothing about theirs, by architecture
TEMPLATES = {"bloom": "belle-bloom", "llama": "belle-llama"}


def origin_of(path: Path, architecture: str = "") -> Origin:
    """What is known about the weights at `path`."""
    row = templates().get(TEMPLATES.get(architecture, ""))
    name = path.absolute().name if path.is_dir() else path.absolute().stem
    return Origin(name=name, template=jinja_template(row) if row else "", template_id=row.id if row else "")
