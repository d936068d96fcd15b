"""The segmenter: blocks, growth in any pieces, bounds."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.chat.streaming import (
    LINE,
    PIECE_MAX,
    Block,
    Code,
    Piece,
    Prose,
    Segmenter,
    Table,
    alignment,
    cells,
    clean,
    plain_pieces,
)


def whole(text: str) -> list[Block]:
    segmenter = Segmenter()
    segmenter.feed(text)
    segmenter.finish()
    return segmenter.blocks


def grown(parts: list[str]) -> list[Block]:
    segmenter = Segmenter()
    for part in parts:
        segmenter.feed(part)
        assert all(block.closed for block in segmenter.blocks[:-1])
    segmenter.finish()
    return segmenter.blocks


def prose(block: Block) -> list[str]:
    assert isinstance(block, Prose)
    return [piece.text for piece in block.pieces]


LINES = [
    "",
    "",
    "普通的一段话，带**粗体**。",
    "plain words",
    "- item",
    "  - inside",
    "    still inside",
    "1. one",
    "2. two",
    "7) seven",
    "# Head",
    "---",
    "===",
    "> quote",
    "```python",
    "```",
    "   ```",
    "~~~",
    "````md",
    "````",
    "- ```sh",
    "print('x')",
    "\tindented",
    "| a | b |",
    "|---|:-:|",
    "| 1 | 2 |",
    "a | b",
    "-|-",
    "x" * (LINE + 37),
    "长" * (2 * LINE),
    "字。" * LINE,
    "`",
    "``",
    "|",
    "\x00\x07\r",
    "\u2029",
    "\ud800",
]
texts = st.lists(st.sampled_from(LINES), max_size=14).map("\n".join)


@settings(max_examples=400, deadline=None)
@given(texts, st.data())
def test_growing_in_any_pieces_ends_in_the_same_blocks(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    parts = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert grown(parts) == whole(text)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_growing_by_characters_ends_in_the_same_blocks(text: str) -> None:
    short = text[:600]
    assert grown(list(short)) == whole(short)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="`~|-*_#> \n\t1.x字。\\[]()", max_size=200), st.integers(1, 7))
def test_markup_noise_is_stable(text: str, step: int) -> None:
    assert grown([text[at : at + step] for at in range(0, len(text), step)]) == whole(text)


def test_kinds_of_blocks() -> None:
    text = "前言\n\n```python\na = 1\n\nb = 2\n```\n后记\n| a | b |\n|--:|:--|\n| 1 | 2 |\n完"
    blocks = whole(text)
    assert [type(block) for block in blocks] == [Prose, Code, Prose, Table, Prose]
    code, table = blocks[1], blocks[3]
    assert isinstance(code, Code) and isinstance(table, Table)
    assert (code.language, code.text) == ("python", "a = 1\n\nb = 2\n")
    assert (table.head, table.align, table.rows) == (("a", "b"), ("right", "left"), [("1", "2")])
    assert prose(blocks[4]) == ["完"]


def test_an_unclosed_fence_is_code_and_grows_by_appending() -> None:
    segmenter = Segmenter()
    seen = ""
    for char in "```c\nint a;\n  int b;\n``":
        segmenter.feed(char)
        if segmenter.blocks and isinstance(segmenter.blocks[-1], Code):
            now = segmenter.blocks[-1].text + segmenter.code_tail
            assert now.startswith(seen)
            seen = now
    assert seen == "int a;\n  int b;\n"
    segmenter.feed("`")
    segmenter.finish()
    assert segmenter.blocks == [Code(True, "c", "int a;\n  int b;\n")]


def test_a_longer_fence_holds_shorter_ones() -> None:
    (block,) = whole("````md\n```py\nx\n```\n````")
    assert block == Code(True, "md", "```py\nx\n```\n")


def test_code_inside_a_list_item_is_dedented_and_the_numbers_go_on() -> None:
    blocks = whole("1. 先做\n   ```sh\n   ls\n     -l\n   ```\n   再看\n2. 然后")
    assert blocks[1] == Code(True, "sh", "ls\n  -l\n")
    assert prose(blocks[2]) == ["再看\n2. 然后"] or prose(blocks[2]) == ["再看", "2. 然后"]


def test_partial_marks_are_not_shown() -> None:
    segmenter = Segmenter()
    shown = []
    for char in "好\n\n```":
        segmenter.feed(char)
        tail = segmenter.blocks[-1] if segmenter.blocks else None
        shown.append(tail.tail.text if isinstance(tail, Prose) and tail.tail else "")
    assert "`" not in "".join(shown)


def test_a_long_list_is_cut_between_items_and_keeps_its_numbers() -> None:
    text = "\n".join(f"{n}. {'内容' * 20}" for n in range(3, 203))
    pieces = [piece for block in whole(text) if isinstance(block, Prose) for piece in block.pieces]
    assert len(pieces) > 3
    for piece in pieces[1:]:
        assert piece.number == int(piece.text.split(".")[0])


def test_nested_items_never_start_a_piece() -> None:
    text = "\n".join(f"- {'甲' * 100}\n  - {'乙' * 100}\n  - 丙" for _ in range(40))
    pieces = [piece for block in whole(text) if isinstance(block, Prose) for piece in block.pieces]
    assert len(pieces) > 2
    assert all(piece.text.startswith("- ") for piece in pieces)


@pytest.mark.parametrize("text", ["x" * 100_000, "长" * 100_000, "a b " * 25_000, "一句话。" * 25_000])
def test_a_line_without_end_is_cut(text: str) -> None:
    blocks = whole(text)
    pieces = [piece for block in blocks if isinstance(block, Prose) for piece in block.pieces]
    assert "".join(piece.text for piece in pieces) == text
    assert max(len(piece.text) for piece in pieces) <= PIECE_MAX
    assert all(piece.joined for piece in pieces[1:])


def test_feeding_costs_what_the_new_text_costs() -> None:
    segmenter = Segmenter()
    worst = 0.0
    for _ in range(3000):
        start = time.perf_counter()
        segmenter.feed("一个句子里有 `code` 和词。")
        worst = max(worst, time.perf_counter() - start)
    assert worst < 0.05


def test_a_table_of_a_thousand_rows() -> None:
    (block,) = whole("| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 1000)
    assert isinstance(block, Table) and len(block.rows) == 1000


def test_rows_get_the_columns_of_the_head() -> None:
    (block,) = whole("|a|b|\n|-|-|\n|1|\n|1|2|3|\n")
    assert isinstance(block, Table) and block.rows == [("1", ""), ("1", "2")]


def test_cells_and_alignment() -> None:
    assert cells("| a \\| b | c |") == ("a | b", "c")
    assert cells("a|b") == ("a", "b")
    assert alignment("|:--|--:|:-:|---|") == ("left", "right", "center", "")
    assert alignment("| a | b |") is None
    assert alignment("---") is None
    assert alignment("|  |") is None


def test_clean_drops_what_has_no_picture() -> None:
    assert clean("a\x00b\x07c\rd\te\n") == "abcd\te\n"
    assert clean("\u2028\u2029") == "\n\n"
    assert clean("\ufdd0\ufdd1\ufffc\ue0f3\ud83d") == "\ufffd" * 5
    assert clean("平常 text 👍🏽") == "平常 text 👍🏽"


def test_plain_text_keeps_every_line() -> None:
    text = "# not a heading\n\n  two  spaces\n" + "x" * 9000
    parts = [piece for block in plain_pieces(text) for piece in block.pieces]
    assert all(isinstance(piece, Piece) and piece.plain for piece in parts)
    assert "\n".join(piece.text for piece in parts).replace("\n", "") == text.replace("\n", "")
