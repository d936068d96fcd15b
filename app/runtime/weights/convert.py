"""The pass: every tensor is read once, put into GGUF's layout, quantized and written; nothing lies on disk between."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping

from app.runtime.jobs import CancelToken
from app.runtime.weights.ggml import GgmlType
from app.runtime.weights.key_test import check_key
from app.runtime.weights.locate import locate
from app.runtime.weights.metadata import HASHES, describe, fill_hashes
from app.runtime.weights.opening import Opened, open_source
from app.runtime.weights.planning import check_space
from app.runtime.weights.quantize import Quantizer
from app.runtime.weights.reading import reading_ahead
from app.runtime.weights.records import Converted, Kind, Plan, Progress, Step
from app.runtime.weights.targets import file_type, output_types
from app.runtime.weights.write import GgufWriter

Report = Callable[[Progress], None]


def ignore(_progress: Progress) -> None:
    """For callers that show no progress."""


def run(plan: Plan, progress: Report = ignore, cancel: CancelToken | None = None) -> Converted:
    """Do what `planning.plan` promised. `progress` is called on the calling thread after every piece.

    The file appears as `plan.out` when all of it is written and every checksum is right; on any failure, and on
    cancel (raises `Cancelled`), nothing is left but the sources. Raises `Fixable`.
    """
    cancel = cancel or CancelToken()
    located = locate(plan.source)
    if located.kind is Kind.ENCRYPTED and plan.key is not None:
        progress(Progress(Step.KEY_TEST, 0, 1))
        check_key(located.folder, plan.key)
    opened = open_source(located, plan.key, plan.tokenizer)
    types = output_types(opened.model, plan.target)
    hashed = tuple(sorted(opened.files.opened))
    shapes = {tensor.name: tensor.shape for tensor in opened.model.tensors}
    keys = describe(opened.model, plan.origin, file_type(plan.target, types, shapes), hashed)
    check_space(plan.out, plan.write)
    layout = [(tensor.name, tensor.shape, types[tensor.name]) for tensor in opened.model.tensors]
    writer = GgufWriter(plan.out, keys, layout, overwrite=plan.overwrite)
    try:
        _transfer(opened, types, writer, progress, cancel)
        total = sum(file.size for file in opened.model.files)
        progress(Progress(Step.VERIFY, 0, total))
        hashes = opened.hashes(cancel)
        if hashed:
            writer.patch_string(HASHES, fill_hashes(hashes, hashed))
        cancel.check()
        writer.finish()
        progress(Progress(Step.VERIFY, total, total))
    except BaseException:
        writer.abort()
        raise
    notes = opened.model.notes + opened.model.vocabulary.problems
    return Converted(plan.out, plan.out.stat().st_size, hashes, notes)


def _transfer(
    opened: Opened, types: Mapping[str, GgmlType], writer: GgufWriter, progress: Report, cancel: CancelToken
) -> None:
    """All tensors in the order in which they lie on the disk."""
    tensors = sorted(opened.model.tensors, key=lambda tensor: tensor.order)
    total = sum(tensor.source_bytes for tensor in tensors)
    done = 0.0
    with Quantizer(os.cpu_count() or 1, cancel) as quantizer, reading_ahead(tensors, cancel) as pieces:
        for tensor, piece in pieces:
            rows = quantizer.convert(
                piece.data, tensor.type, types[tensor.name], file=tensor.order[0], tensor=tensor.name
            )
            writer.write_rows(tensor.name, piece.first_row, rows)
            done += tensor.source_bytes * len(rows) / max(1, math.prod(tensor.shape[:-1]))
            progress(Progress(Step.CONVERT, min(round(done), total), total, tensor.name))
