"""Licences of the models: every one can be read in full, or there is an address where it can be."""

from __future__ import annotations

import re

import pytest

from app.resources import assets
from app.runtime.models.catalogue import load
from app.runtime.models.licences import LICENCES, LLAMA, RAIL, licence_on_hub, licences_of

MODELS = load().models


@pytest.mark.parametrize("model", MODELS, ids=lambda one: one.id)
def test_every_model_has_licences_in_full(model: object) -> None:
    (row,) = [one for one in MODELS if one is model]
    licences = licences_of(row)
    assert licences[0] is LICENCES[row.licence]
    assert all(one.address.startswith("https://") and len(one.text) > 5_000 for one in licences)
    built_on = {"bloom": RAIL, "llama": LLAMA}.get(row.architecture or "")
    if row.repository and row.licence != "llama2" and built_on:
        assert licences[1] is built_on
    else:
        assert len(licences) == 1


@pytest.mark.parametrize(
    ("file", "begins", "ends"),
    [
        ("apache-2.0.txt", r"Apache License\s+Version 2\.0, January 2004", r"limitations under the License\."),
        ("gpl-3.0.txt", r"GNU GENERAL PUBLIC LICENSE\s+Version 3, 29 June 2007", r"why-not-lgpl\.html>\."),
        (
            "bigscience-rail-1.0.txt",
            r"BigScience RAIL License v1\.0\s+dated May 19, 2022",
            r"arbitrarily-targeted use\)\.",
        ),
        ("llama-2.txt", r"LLAMA 2 COMMUNITY LICENSE AGREEMENT", ""),
        ("llama.txt", r"LLaMA LICENSE AGREEMENT", ""),
    ],
)
def test_texts_are_whole(file: str, begins: str, ends: str) -> None:
    text = (assets() / "licences" / file).read_text("utf-8").strip()
    assert re.match(begins, text) and re.search(f"{ends}$", text)


def test_there_is_no_text_without_a_licence() -> None:
    files = {one.file for one in (*LICENCES.values(), RAIL, LLAMA)}
    assert files == {one.name for one in (assets() / "licences").iterdir()}


def test_what_is_not_known_has_an_address() -> None:
    unknown = licence_on_hub("someone/Some-GGUF")
    assert unknown.text == "" and unknown.address == "https://huggingface.co/someone/Some-GGUF"
