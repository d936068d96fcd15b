"""Reuse of the KV cache, dropping turns, and the ways an answer ends."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from app.errors import Cancelled, Fixable
from app.runtime.engine.records import AnswerRequest, EndReason, Sampling, Turn
from app.runtime.engine.session import Session
from app.runtime.events import PromptProgress, TextDelta, TurnsDropped
from app.runtime.jobs import Job
from tests.runtime.engine.engine_kit import GREEDY, TRAINED_ON, Heard, ask, session, talk

BOTH = pytest.mark.parametrize("model", ["bloom", "llama"])
QUESTIONS = (
    "中国的首都是哪里?",
    "How do I cook rice?",
    "怎样泡茶?",
    "What is 6 * 7?",
    "什么是量化?",
    "Tell me a story",
)


def _chat(target: Session, questions: tuple[str, ...], **changes: Any) -> list[str]:
    """Ask one after the other in one chat; returns all its texts."""
    texts: list[str] = []
    for question in questions:
        texts.append(question)
        texts.append(ask(target, *texts, **changes).text)
    return texts


# --- reuse ---


@BOTH
def test_a_second_turn_reads_only_what_is_new(model: str) -> None:
    with session(model) as target:
        first = ask(target, QUESTIONS[0])
        before = first.stats.context_used
        second = ask(target, QUESTIONS[0], first.text, QUESTIONS[1])
        added = "\n" + TRAINED_ON.user.replace("{text}", QUESTIONS[1])
        new = len(target.model.vocabulary.encode(added, start=False))
    assert first.stats.reused_tokens == 0
    assert second.stats.reused_tokens == before
    assert second.stats.prompt_tokens - before == new


@BOTH
def test_regenerating_reads_one_token(model: str) -> None:
    with session(model) as target:
        first = ask(target, QUESTIONS[0])
        again = ask(target, QUESTIONS[0])
    assert again.stats.reused_tokens == again.stats.prompt_tokens - 1
    assert again.tokens == first.tokens


@BOTH
def test_an_edit_keeps_what_is_before_it(model: str) -> None:
    with session(model) as target:
        texts = _chat(target, QUESTIONS[:3])
        edited = ask(target, *texts[:4], QUESTIONS[3])
    assert 0 < len(texts[0]) < edited.stats.reused_tokens < edited.stats.prompt_tokens
    with session(model) as target:
        assert ask(target, *texts[:4], QUESTIONS[3]).text == edited.text


@BOTH
def test_another_chat_shares_only_the_common_beginning(model: str) -> None:
    with session(model) as target:
        _chat(target, QUESTIONS[:3])
        other = ask(target, QUESTIONS[3])
    with session(model) as target:
        assert ask(target, QUESTIONS[3]).tokens == other.tokens


@BOTH
def test_reuse_does_not_change_what_is_said(model: str) -> None:
    with session(model) as target:
        texts = _chat(target, QUESTIONS[:5])
        kept = list(target.cells.tokens)
    for turn in range(1, 10, 2):
        with session(model) as fresh:
            assert ask(fresh, *texts[:turn]).text == texts[turn]
    assert len(kept) == len(target.cells.tokens)


def test_an_answer_cut_by_a_stop_string_is_reused_up_to_there() -> None:
    stopping = replace(TRAINED_ON, stop=("京",))
    with session("bloom", template=stopping) as target:
        first = ask(target, QUESTIONS[0])
        assert first.stats.end is EndReason.STOP_STRING and "京" not in first.text and first.text
        second = ask(target, QUESTIONS[0], first.text, QUESTIONS[1])
        spoken = b"".join(map(target.model.vocabulary.piece, second.prompt_tokens)).decode()
    assert spoken == target.renderer.render(talk(QUESTIONS[0], first.text, QUESTIONS[1]), "").text
    assert second.stats.reused_tokens >= first.stats.prompt_tokens


# --- what does not fit ---


@BOTH
@pytest.mark.parametrize("context", [64, 100, 128])
def test_long_chats_drop_whole_oldest_turns(model: str, context: int) -> None:
    system, dice = "Be kind.", random.Random(7)
    with session(model, context) as target:
        texts: list[str] = []
        dropped = 0
        for _ in range(14):
            texts.append(dice.choice(QUESTIONS))
            heard = Heard()
            answer = ask(target, *texts, system=system, heard=heard, max_tokens=40)
            texts.append(answer.text)
            said = b"".join(map(target.model.vocabulary.piece, answer.prompt_tokens)).decode().removeprefix(" ")
            kept = answer.stats.dropped_turns
            told = heard.all(TurnsDropped)
            assert (told[-1].turns if told else 0) == kept
            first = told[0].turns if told else 0
            if not (told and first != kept):
                assert said == target.renderer.render(talk(*texts[2 * kept : -1]), system).text
            assert said.startswith(system) and texts[-2] in said
            assert len(target.cells.tokens) == answer.stats.context_used <= context
            dropped = max(dropped, kept)
    assert dropped >= 3


@BOTH
def test_shifting_saves_reading(model: str) -> None:
    """When an old turn goes, the others stay in the cache."""
    with session(model, 128) as target:
        assert target.cells.can_shift
        texts: list[str] = []
        read = []
        for place in range(12):
            texts.append(QUESTIONS[place % 4])
            answer = ask(target, *texts, max_tokens=20)
            texts.append(answer.text)
            if answer.stats.dropped_turns:
                read.append(answer.stats.prompt_tokens - answer.stats.reused_tokens)
        new = max(len(target.model.vocabulary.encode(TRAINED_ON.user + question)) for question in QUESTIONS)
    assert read and max(read) <= new + 4


@BOTH
def test_where_cells_cannot_move_everything_is_read_again(model: str) -> None:
    with session(model, 128) as target:
        target.cells.can_shift = False
        texts = _chat(target, QUESTIONS * 2, max_tokens=20)
        last = ask(target, *texts, QUESTIONS[0], max_tokens=20)
    assert last.stats.dropped_turns > 0
    assert last.stats.context_used <= 128


@BOTH
def test_an_answer_that_fills_the_context_drops_turns_and_goes_on(model: str) -> None:
    with session(model, 96) as target:
        texts = _chat(target, QUESTIONS[:2], max_tokens=12)
        heard = Heard()
        wild = Sampling(temperature=3.0, top_k=0, top_p=1.0, repeat_penalty=1.0, seed=5)
        answers = [
            ask(target, *texts, QUESTIONS[5], sampling=replace(wild, seed=s), max_tokens=80, heard=heard)
            for s in range(8)
        ]
    full = [answer for answer in answers if answer.stats.prompt_tokens + answer.stats.answer_tokens > 96]
    assert full and all(answer.stats.dropped_turns == 2 for answer in full)
    assert all(answer.stats.context_used <= 96 for answer in answers)


def test_a_newest_turn_that_fills_the_context_ends_the_answer() -> None:
    wild = Sampling(temperature=3.0, top_k=0, top_p=1.0, repeat_penalty=1.0)
    with session("bloom", 40) as target:
        ends = {ask(target, QUESTIONS[0], sampling=replace(wild, seed=s), max_tokens=500).stats.end for s in range(8)}
        assert EndReason.CONTEXT_FULL in ends
        full = "the sea " * 40
        answer = ask(target, QUESTIONS[0], full)
        assert answer.text == "" and answer.stats.end is EndReason.CONTEXT_FULL


@BOTH
def test_a_message_that_cannot_fit_is_refused(model: str) -> None:
    with session(model, 64) as target:
        with pytest.raises(Fixable) as failure:
            ask(target, QUESTIONS[0], "x", "龘" * 200)
        assert failure.value.code == "message-too-long"
        assert failure.value.params["context"] == 64 and int(failure.value.params["tokens"]) > 64
        assert ask(target, QUESTIONS[0]).text


# --- ends ---


def test_the_token_limit() -> None:
    with session("bloom") as target:
        answer = ask(target, QUESTIONS[0], max_tokens=2)
    assert len(answer.tokens) == answer.stats.answer_tokens == 2 and answer.stats.end is EndReason.LIMIT


@BOTH
def test_a_stopped_answer_can_be_continued_exactly(model: str) -> None:
    """From any token on, also from inside a character."""
    with session(model) as target:
        whole = ask(target, QUESTIONS[4], max_tokens=30)
        for length in range(1, len(whole.tokens)):
            part = ask(target, QUESTIONS[4], max_tokens=length)
            assert "\ufffd" not in part.text and whole.text.startswith(part.text)
            rest = ask(target, QUESTIONS[4], part.text, max_tokens=30) if part.text else whole
            assert part.text * bool(rest is not whole) + rest.text == whole.text
            following = ask(target, QUESTIONS[4], whole.text, QUESTIONS[1], max_tokens=1)
            assert following.stats.reused_tokens > part.stats.prompt_tokens


def test_cancel_while_answering_reacts_within_a_token() -> None:
    with session("bloom") as target:
        job = Job(lambda event: job.cancel() if isinstance(event, TextDelta) else None)
        request = AnswerRequest(talk(QUESTIONS[5]), sampling=GREEDY, max_tokens=100)
        answer = target.answer(request, job)
        assert answer.stats.end is EndReason.STOPPED and answer.stats.answer_tokens <= 2
        after = ask(target, QUESTIONS[5])
    with session("bloom") as target:
        assert ask(target, QUESTIONS[5]).tokens == after.tokens


@BOTH
def test_cancel_while_reading_keeps_the_books_right(model: str) -> None:
    long = " ".join(QUESTIONS * 5)
    with session(model) as target:
        target.cells._micro_batch = 16
        job = Job(lambda event: job.cancel() if isinstance(event, PromptProgress) and event.done >= 32 else None)
        with pytest.raises(Cancelled):
            target.answer(AnswerRequest(talk(long), sampling=GREEDY), job)
        kept = len(target.cells.tokens)
        assert 32 <= kept < 48
        heard = Heard()
        after = ask(target, long, heard=heard)
        assert after.stats.reused_tokens == kept
        progress = heard.all(PromptProgress)
        assert progress[0].done == 0 and progress[-1].done == progress[-1].total == after.stats.prompt_tokens - kept
    with session(model) as target:
        assert ask(target, long).tokens == after.tokens


def test_the_abort_flag_stops_inside_a_batch() -> None:
    """llama.cpp itself sees the flag: the batch during which it was set is not finished."""
    with session("llama") as target:
        job = Job(Heard())
        job.token.flag[0] = 1  # as if set just after the last check in Python
        with pytest.raises(Cancelled):
            target.answer(AnswerRequest(talk(QUESTIONS[0]), sampling=GREEDY), job)
        assert target.cells.tokens == []
        assert ask(target, QUESTIONS[0]).text == "中国的首都是北京。"


# --- sampling ---


def test_a_seed_repeats_an_answer_and_another_changes_it() -> None:
    with session("bloom") as target:
        hot = Sampling(temperature=1.5, top_k=0, top_p=1.0, repeat_penalty=1.1, seed=3)
        answers = [ask(target, QUESTIONS[5], sampling=replace(hot, seed=s)).tokens for s in (3, 3, 4, None, None)]
    assert answers[0] == answers[1]
    assert len(set(answers)) == 4


@pytest.mark.parametrize(
    "change",
    [{"top_k": 1}, {"top_p": 1e-6}, {"min_p": 1.0}, {"temperature": 0.0}, {"temperature": 1e-4}],
)
def test_each_setting_reaches_the_chain(change: dict[str, float]) -> None:
    """Taken to its end, every one of them leaves only the likeliest token."""
    loose = Sampling(temperature=2.0, top_k=0, top_p=1.0, min_p=0.0, repeat_penalty=1.0, seed=1)
    with session("bloom") as target:
        best = ask(target, QUESTIONS[5])
        assert ask(target, QUESTIONS[5], sampling=loose).tokens != best.tokens
        assert ask(target, QUESTIONS[5], sampling=replace(loose, **change)).tokens == best.tokens


def test_the_repeat_penalty_holds_at_temperature_zero_and_within_its_window() -> None:
    with session("bloom") as target:
        plain = ask(target, QUESTIONS[3]).tokens
        strong = replace(GREEDY, repeat_penalty=5.0)
        assert ask(target, QUESTIONS[3], sampling=strong).tokens != plain
        assert ask(target, QUESTIONS[3], sampling=replace(strong, repeat_window=0)).tokens == plain


def test_statistics_add_up() -> None:
    with session("bloom") as target:
        heard = Heard()
        answer = ask(target, QUESTIONS[5], heard=heard, system="Be kind.")
    stats = answer.stats
    assert "".join(event.text for event in heard.all(TextDelta)) == answer.text
    assert stats.prompt_tokens == len(answer.prompt_tokens) and stats.answer_tokens == len(answer.tokens)
    assert stats.context_used == stats.prompt_tokens + stats.answer_tokens - (stats.end is EndReason.LIMIT)
    assert 0 < stats.time_to_first_token < 60 and stats.tokens_per_second > 0 and stats.prompt_tokens_per_second > 0


def test_nothing_to_answer_is_a_bug_of_the_caller() -> None:
    with session("bloom") as target, pytest.raises(ValueError, match="nothing"):
        target.answer(AnswerRequest(turns=tuple[Turn, ...]()), Job(Heard()))
