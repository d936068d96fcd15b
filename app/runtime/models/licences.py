"""The licences that models come under: whole texts where they come with the app, the place to read them elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from app.resources import assets
from app.runtime.models.catalogue import HUB, Model


@dataclass(frozen=True)
class Licence:
    """`address`: where its makers publish it. `file`: its text in `assets/licences`, word for word; "" where the app
    has none, so that it has to be read at `address`."""

    name: str
    address: str
    file: str = ""

    @property
    def text(self) -> str:
        """ "" where the app does not have it. Reads a file of some 40 KB."""
        return (assets() / "licences" / self.file).read_text("utf-8").strip("\n") if self.file else ""


RAIL_AT = "https://huggingface.co/spaces/bigscience/license"
RAIL = Licence("BigScience RAIL License v1.0", RAIL_AT, "bigscience-rail-1.0.txt")
LLAMA = Licence("LLaMA License Agreement", "https://github.com/facebookresearch/llama", "llama.txt")
# By the names that model pages give them
LICENCES = {
    "apache-2.0": Licence("Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0", "apache-2.0.txt"),
    "gpl-3.0": Licence("GNU GPL 3.0", "https://www.gnu.org/licenses/gpl-3.0.html", "gpl-3.0.txt"),
    "llama2": Licence("Llama 2 Community License", "https://ai.meta.com/llama/license/", "llama-2.txt"),
}
# Of the models that BELLE's were made from, by architecture; Llama 2 passes its own on
_BASES = {"bloom": RAIL, "llama": LLAMA}


def licences_of(model: Model) -> tuple[Licence, ...]:
    """That on the model's page, then that of the model it was made from. The guide was made from none."""
    named = LICENCES.get(model.licence) or Licence(model.licence, model.url)
    base = _BASES.get(model.architecture or "")
    own = model.repository is None or model.licence == "llama2"
    return (named,) if base is None or own else (named, base)


def licence_on_hub(repository: str) -> Licence:
    """Of a model that the catalogue does not know."""
    return Licence(repository, HUB + repository)
