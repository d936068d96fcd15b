"""Answering: make the prompt fit, read what is new of it, sample until something ends it."""

from __future__ import annotations

import logging
import time

from app.errors import Cancelled, Fixable
from app.runtime.engine.assembly import Assembler
from app.runtime.engine.cells import Aborted, Cells
from app.runtime.engine.chat_template import ChatTemplateRenderer
from app.runtime.engine.fitting import Fitted, Fitter
from app.runtime.engine.library import abortable
from app.runtime.engine.model import LoadedModel
from app.runtime.engine.prompts import Renderer, RowRenderer, fallback_template, templates
from app.runtime.engine.records import Answer, AnswerRequest, AnswerStats, EndReason, PromptTemplate, Role
from app.runtime.engine.sampling import Sampler
from app.runtime.engine.text import StopScanner, TextDecoder
from app.runtime.events import PromptProgress, TextDelta, TurnsDropped
from app.runtime.jobs import Job

log = logging.getLogger(__name__)

RESERVED_SHARE = 4  # a quarter of the context at most is kept free for the answer
LEAST_ANSWER = 16  # tokens that a message must leave for its answer


class Session:
    """The conversation side of a loaded model: one answer at a time, on the model's thread."""

    def __init__(self, model: LoadedModel, template: PromptTemplate | None) -> None:
        self.model = model
        self.cells = Cells(model.context, model.micro_batch)
        self.assembler = Assembler(model.vocabulary)
        self.renderer = _renderer(model, template)
        self.context = model.info.context

    def answer(self, request: AnswerRequest, job: Job) -> Answer:
        """Answer `request`, emitting `TurnsDropped`, `PromptProgress` and `TextDelta`.

        A cancel before the first token raises `Cancelled`; later it ends the answer with `STOPPED`.
        """
        if not request.turns:
            raise ValueError("nothing to answer")
        with abortable(self.model.context, job.token):
            return _Answering(self, request, job).run()


def _renderer(model: LoadedModel, template: PromptTemplate | None) -> Renderer:
    if template is not None:
        return RowRenderer(template)
    row = templates().get(model.template_id)  # the file was converted here: its row knows the stop strings too
    if row is not None:
        return RowRenderer(row)
    own = model.chat_template
    if not own:
        return RowRenderer(fallback_template())
    names = model.vocabulary
    return ChatTemplateRenderer(own, names.name(names.bos), names.name(names.eos))


class _Answering:
    """One answer in the making."""

    def __init__(self, session: Session, request: AnswerRequest, job: Job) -> None:
        self._session = session
        self._request = request
        self._job = job
        self._cells = session.cells
        self._vocabulary = session.model.vocabulary
        self._fitter = Fitter(request, session.renderer, session.assembler, session.context, self._cells.can_shift)
        self._limit = max(1, request.max_tokens)
        self._decoder = TextDecoder()
        self._scanner = StopScanner(self._fitter.stop)
        self._written: list[int] = []
        self._text: list[str] = []
        self._started = time.perf_counter()
        self._first = 0.0  # when the first token was there
        self._reused = 0
        self._dropped = 0

    def run(self) -> Answer:
        fitted = self._fit_prompt()
        if fitted is None:
            return self._answer(EndReason.CONTEXT_FULL, None)
        self._read(fitted)
        self._decoder.feed(self._session.assembler.answer_start(fitted.open).pending)
        sampler = Sampler(self._request.sampling, self._vocabulary.size, fitted.tokens)
        try:
            end = self._write(sampler, fitted)
        finally:
            sampler.close()
        self._finish_text(end)
        self._remember(fitted)
        return self._answer(end, fitted)

    # --- the prompt ---

    def _fit_prompt(self) -> Fitted | None:
        """None if a half-written answer has filled the context: it cannot be continued."""
        context = self._session.context
        fitted = self._fitter.fit(self._cells.tokens, min(self._limit, context // RESERVED_SHARE))
        self._dropped = fitted.dropped
        if fitted.dropped:
            self._job.emit(TurnsDropped(self._job.id, fitted.dropped))
        least = min(LEAST_ANSWER, self._limit, context // RESERVED_SHARE)
        if len(fitted.tokens) + least <= context:
            return fitted
        if self._request.turns[-1].role is Role.ASSISTANT and not self._request.raw:
            return None
        raise Fixable("message-too-long", tokens=len(fitted.tokens), context=context)

    def _read(self, fitted: Fitted) -> None:
        self._reused = self._cells.place(fitted.tokens, fitted.gaps)
        fresh = fitted.tokens[self._reused :]
        self._job.emit(PromptProgress(self._job.id, 0, len(fresh)))
        try:
            self._cells.decode(fresh, lambda done: self._job.emit(PromptProgress(self._job.id, done, len(fresh))))
            self._job.token.check()
        except Aborted:
            raise Cancelled from None

    # --- the answer ---

    def _write(self, sampler: Sampler, fitted: Fitted) -> EndReason:
        context = self._session.model.context
        while True:
            token = sampler.sample(context)
            if not self._first:
                self._first = time.perf_counter()
            if self._vocabulary.ends(token):
                return EndReason.EOS
            self._written.append(token)
            self._show(self._scanner.feed(self._decoder.feed(self._vocabulary.piece(token))))
            if self._scanner.hit:
                return EndReason.STOP_STRING
            if len(self._written) >= self._limit:
                return EndReason.LIMIT
            try:
                if not self._make_room(fitted):
                    return EndReason.CONTEXT_FULL
                if self._job.token.cancelled:
                    return EndReason.STOPPED
                self._cells.decode((token,))
            except Aborted:
                return EndReason.STOPPED

    def _make_room(self, fitted: Fitted) -> bool:
        """Drop whole oldest turns if the context is full; False if only the newest is left."""
        if len(self._cells.tokens) < self._session.context:
            return True
        if self._dropped >= self._fitter.last:
            return False
        decoded = self._written[:-1]
        needed = len(decoded) + LEAST_ANSWER
        shorter = self._fitter.fit((), needed, at_least=self._dropped + 1)
        wanted = [*shorter.tokens, *decoded]
        if len(wanted) >= self._session.context:
            return False
        self._dropped = shorter.dropped
        self._job.emit(TurnsDropped(self._job.id, self._dropped))
        kept = self._cells.place(wanted, shorter.gaps)
        self._cells.decode(wanted[kept:])
        return True

    def _show(self, text: str) -> None:
        if text:
            self._text.append(text)
            self._job.emit(TextDelta(self._job.id, text))

    def _finish_text(self, end: EndReason) -> None:
        """Let out what was held back. A character that was cut off by a limit or a stop is left out."""
        if end is EndReason.STOP_STRING:
            return
        rest = self._decoder.finish() if end is EndReason.EOS or self._request.raw else ""
        self._show(self._scanner.feed(rest) + self._scanner.finish())

    # --- the result ---

    def _remember(self, fitted: Fitted) -> None:
        if not self._request.raw:
            text, pending = "".join(self._text), self._decoder.pending
            self._session.assembler.remember_answer(fitted.open, text, self._written, pending)

    def _answer(self, end: EndReason, fitted: Fitted | None) -> Answer:
        now = time.perf_counter()
        first = self._first or now
        prompt = len(fitted.tokens) if fitted else 0
        reading, writing = first - self._started, now - first
        stats = AnswerStats(
            prompt_tokens=prompt,
            reused_tokens=self._reused,
            answer_tokens=len(self._written),
            time_to_first_token=reading,
            tokens_per_second=(len(self._written) - 1) / writing if len(self._written) > 1 else 0.0,
            prompt_tokens_per_second=(prompt - self._reused) / reading if reading > 0 else 0.0,
            context_used=len(self._cells.tokens),
            context=self._session.context,
            dropped_turns=self._dropped,
            end=end,
        )
        tokens = fitted.tokens if fitted else ()
        return Answer("".join(self._text), tuple(self._written), stats, tokens)
