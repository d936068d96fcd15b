"""Healthy answers pass; repetition, mojibake, emptiness and other languages are told."""

from __future__ import annotations

import pytest

from app.runtime.models.answer_check import QUESTION, check_answer

BEIJING = (
    "北京是中华人民共和国的首都，也是全国的政治、文化和国际交往中心，有三千多年的建城史。"
    "这里既有故宫、长城、天坛等世界文化遗产，也有现代化的商业区和科技园区，每年吸引着来自世界各地的游客。"
)
HEALTHY = [
    BEIJING,
    "好的。",
    "北京（Beijing）是中国的首都，GDP 超过 4 万亿元。",
    "哈哈哈哈哈哈，北京很大！",
    "Python 是一种编程语言，可以用来写网站、分析数据，例如 print('你好')。",
    "1. 故宫：明清两代的皇宫；\n2. 长城：古代的防御工程；\n3. 天坛：皇帝祭天的地方；\n4. 颐和园：皇家园林。",
    "| 名称 | 年代 |\n|------|------|\n| 故宫 | 明朝 |\n| 天坛 | 明朝 |",
    "北京市位於華北平原北部，是中華人民共和國首都。",
    "“北京”这个名字——很早就有了……它的意思是‘北方的首都’；café 也不少。",
    BEIJING * 2,
]


def code(answer: str) -> str:
    found = check_answer(answer)
    return found.code if found else ""


@pytest.mark.parametrize("answer", HEALTHY)
def test_a_healthy_answer_is_not_complained_about(answer: str) -> None:
    assert check_answer(answer) is None


@pytest.mark.parametrize("answer", ["", " \n\t", "。。。", "\u3000", "!!!???", "12345"])
def test_nothing_said_is_empty(answer: str) -> None:
    assert code(answer) == "answer-empty"


@pytest.mark.parametrize(
    "answer",
    [
        "北京" * 30,
        "北京是中国的首都。" * 8,
        "北京是首都，" + "的" * 40,
        BEIJING + "它是首都。" * 20 + "结束",
        "".join(f"{n}. 北京是中国的首都。\n" for n in range(1, 30)),
        "the the the the the the the the the the",
        "我是你的助手\n" * 12,
    ],
)
def test_a_loop_is_told_with_what_is_repeated(answer: str) -> None:
    found = check_answer(answer)
    assert found is not None and found.code == "answer-repeats"
    assert str(found.params["unit"])[:1] in answer


@pytest.mark.parametrize(
    "answer",
    [
        "北京是中\ufffd的首都",
        BEIJING.encode().decode("latin-1"),
        BEIJING.encode().decode("cp1252", "ignore"),
        BEIJING.encode()[1:].decode("gb18030", "ignore"),
        "北京是首都，" + "有很多人".encode().decode("latin-1"),
        "<0xE5><0x8C><0x97>是首都",
        "锟斤拷锟斤拷",
        "北\x00京",
    ],
)
def test_wrongly_decoded_text_is_told(answer: str) -> None:
    assert code(answer) == "answer-mojibake"


def test_the_byte_letters_of_a_tokenizer_are_told() -> None:
    hidden = [*range(0x21), *range(0x7F, 0xA1), 0xAD]
    letters = {byte: chr(byte) for byte in range(256)}
    letters |= {byte: chr(0x100 + number) for number, byte in enumerate(hidden)}
    assert code("".join(letters[byte] for byte in BEIJING.encode())) == "answer-mojibake"


@pytest.mark.parametrize(
    "answer", ["Beijing is the capital of China.", "ペキンはちゅうごくのしゅと", "Пекин — столица Китая, 北京"]
)
def test_another_language_is_told(answer: str) -> None:
    assert code(answer) == "answer-not-chinese"


def test_a_complaint_shows_the_beginning_only() -> None:
    found = check_answer("Beijing " + "is large and old and has many people living in it, " * 3)
    assert found is not None and len(str(found.params["answer"])) <= 61


def test_a_long_answer_is_checked_in_a_moment() -> None:
    import time

    long = "".join(chr(0x4E00 + (n * n * 7 + n) % 5000) for n in range(8000))
    began = time.perf_counter()
    assert check_answer(long) is None
    assert time.perf_counter() - began < 2
    assert QUESTION.endswith("。")
