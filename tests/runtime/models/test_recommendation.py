"""Which model and type fit a computer's memory, and what the first page says of it."""

from __future__ import annotations

from dataclasses import replace

from app.runtime.models.catalogue import Catalogue, Model, load
from app.runtime.models.memory import COMFORT, SYSTEM_SHARE, Fit
from app.runtime.models.recommendation import BELLE_7B_2M


def model_of(name: str) -> Model:
    return next(one for one in load().models if one.id == name)


def test_recommended_for_memory() -> None:
    catalogue: Catalogue = load()
    need = model_of("BELLE-7B-2M").recommended.memory
    assert catalogue.recommended(need).model.id == "BELLE-7B-2M"
    assert catalogue.recommended(need).target.type == "Q4_0"
    assert catalogue.recommended(need - 1).model.id == "guide"
    assert catalogue.recommended(64 * 10**9).model.id == "BELLE-7B-2M"


def test_target_for_memory() -> None:
    model = model_of("BELLE-7B-2M")
    assert model.target_for(64 * 10**9) is model.recommended
    assert model.target_for(10**9) is model.targets[0]
    larger = replace(model, targets=tuple(replace(one, recommended=one.type == "Q8_0") for one in model.targets))
    q4, q6, q8 = larger.targets[0], larger.targets[3], larger.targets[4]
    assert [larger.target_for(one.memory) for one in (q4, q6, q8)] == [q4, q6, q8]
    assert larger.target_for(q8.memory - 1) == q6


def test_first_page_takes_its_numbers_from_here() -> None:
    model = model_of("BELLE-7B-2M")
    target = model.recommended
    assert (BELLE_7B_2M.name, BELLE_7B_2M.download) == (model.name, target.download)
    assert (BELLE_7B_2M.disk, BELLE_7B_2M.memory) == (target.size, target.memory)
    least = target.memory + SYSTEM_SHARE
    verdicts = [BELLE_7B_2M.fit(total) for total in (least - 1, least, least + COMFORT)]
    assert verdicts == [Fit.TOO_SMALL, Fit.TIGHT, Fit.FITS]
