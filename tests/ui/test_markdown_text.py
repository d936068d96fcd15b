"""Prose: what the reader sees of Markdown, and what it must never do."""

from __future__ import annotations

import time

import pytest
from PySide6.QtWidgets import QApplication

from app.ui.chat.markdown import Paragraph, Run, parse, parse_cell
from app.ui.chat.streaming import LINE, Piece, clean


@pytest.fixture(autouse=True)
def application(qapp: QApplication) -> QApplication:
    return qapp


def runs(text: str, tail: bool = False) -> list[tuple[str, str]]:
    """(text, letters of the styles: b i s c l) of the first paragraph."""
    return [(run.text, styles(run)) for run in parse(Piece(text, tail=tail))[0].runs]


def styles(run: Run) -> str:
    marks = (run.bold, run.italic, run.strike, run.code, run.href)
    return "".join(letter for letter, on in zip("biscl", marks, strict=True) if on)


def shape(text: str) -> list[tuple[str, int, str, str]]:
    return [(p.kind, p.indent, p.marker, p.text) for p in parse(Piece(text))]


BOLD = [
    ("**重点：**后面", [("重点：", "b"), ("后面", "")]),
    ("前面**“重点”**后面", [("前面", ""), ("“重点”", "b"), ("后面", "")]),
    ("前面**（注）**后面", [("前面", ""), ("（注）", "b"), ("后面", "")]),
    ("**你好！**再见", [("你好！", "b"), ("再见", "")]),
    ("**重点**：后面", [("重点", "b"), ("：后面", "")]),
    ("**甲：**乙，**丙：**丁", [("甲：", "b"), ("乙，", ""), ("丙：", "b"), ("丁", "")]),
    ("**甲：** 乙", [("甲：", "b"), (" 乙", "")]),
    ("这**不是**粗", [("这", ""), ("不是", "b"), ("粗", "")]),
    ("**“a”**，b", [("“a”", "b"), ("，b", "")]),
    ("***粗斜：***后", [("粗斜：", "bi"), ("后", "")]),
    ("**粗*斜*粗：**后", [("粗", "b"), ("斜", "bi"), ("粗：", "b"), ("后", "")]),
    ("**见 `a*b`：**后", [("见 ", "b"), ("a*b", "c"), ("：", "b"), ("后", "")]),
    ("`**不**`粗", [("**不**", "c"), ("粗", "")]),
    ("用`code`**（注）**说", [("用", ""), ("code", "c"), ("（注）", "b"), ("说", "")]),
    ("**《书名》**是", [("《书名》", "b"), ("是", "")]),
    ("他说**“好。”**然后", [("他说", ""), ("“好。”", "b"), ("然后", "")]),
    ("**100%**的", [("100%", "b"), ("的", "")]),
    ("**Note:** text", [("Note:", "b"), (" text", "")]),
    ("**重点：**", [("重点：", "b")]),
    ("**重点：**\n下一行", [("重点：", "b"), ("\u2028下一行", "")]),
    ("“**重点。**”", [("“", ""), ("重点。", "b"), ("”", "")]),
    ("**重点：**\\*后", [("重点：", "b"), ("*后", "")]),
]


@pytest.mark.parametrize(("text", "expected"), BOLD)
def test_bold_beside_chinese(text: str, expected: list[tuple[str, str]]) -> None:
    assert runs(text) == expected


PLAIN = [
    "5 * 3 * 2",
    "snake_case_name",
    "__init__ and __call__",
    "a**(b+c)**d",
    "$x^2$",
    "$a_1 * b_1 * c$ and $$x_{12}*y*z$$",
    "<b>not bold</b>",
    "<script>alert(1)</script>",
    "2*3=6，4*5=20",
    "f(x)*g(x)*2",
    "\\(x_1 + x_2\\) \\[y\\]",
    "100 $ and 200 $",
    "&unknown; &",
    "a < b > c",
    "C:\\path\\to",
    "**",
    "****",
    "* ",
]


@pytest.mark.parametrize("text", PLAIN[:15])
def test_what_must_stay_as_written(text: str) -> None:
    assert runs(text) == [(text, "")]


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("tail", [False, True])
def test_letters_survive_odd_text(text: str, tail: bool) -> None:
    shown = "".join(paragraph.text for paragraph in parse(Piece(text, tail=tail)))
    assert [c for c in shown if c.isalnum()] == [c for c in text if c.isalnum()]


def test_styles() -> None:
    assert runs("*斜* ~~删~~ `码`") == [("斜", "i"), (" ", ""), ("删", "s"), (" ", ""), ("码", "c")]


def test_single_line_breaks_stay() -> None:
    assert runs("床前明月光\n疑是地上霜") == [("床前明月光\u2028疑是地上霜", "")]
    assert runs("`a`\n**b**") == [("a", "c"), ("\u2028", ""), ("b", "b")]


def test_headings_lists_quotes() -> None:
    assert shape("# 一\n正文") == [("h1", 0, "", "一"), ("text", 0, "", "正文")]
    assert shape("###### 六") == [("h3", 0, "", "六")]
    assert shape("- a\n- b\n  - c\n    1. d") == [
        ("text", 1, "dot", "a"),
        ("text", 1, "dot", "b"),
        ("text", 2, "dot", "c"),
        ("text", 3, "1.", "d"),
    ]
    assert shape("3. c\n4. d") == [("text", 1, "3.", "c"), ("text", 1, "4.", "d")]
    assert shape("- [ ] 做\n- [x] 做完") == [("text", 1, "todo", "做"), ("text", 1, "done", "做完")]
    assert shape("- a\n  b") == [("text", 1, "dot", "a\u2028b")]
    assert [p.quote for p in parse(Piece("> a\n\n> > b"))] == [1, 2]
    assert [p.kind for p in parse(Piece("上\n\n---\n\n下"))] == ["text", "rule", "text"]


def test_the_number_of_a_list_that_goes_on() -> None:
    assert parse(Piece("1. x\n1. y", number=27))[0].marker == "27."


def test_links_only_to_the_web() -> None:
    (paragraph,) = parse(Piece("[a](https://x.y) [b](javascript:alert) [c](file:///etc/passwd) https://z.w中文"))
    assert [run.href for run in paragraph.runs if run.href] == ["https://x.y", "https://z.w"]


def test_an_image_is_only_its_description() -> None:
    ((run,),) = [p.runs for p in parse(Piece("![猫](http://evil.example/cat.png)"))]
    assert run.text == "猫" and run.href == "http://evil.example/cat.png"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("这是 **重", [("这是 ", ""), ("重", "b")]),
        ("这是 **", [("这是", "")]),
        ("这是 `co", [("这是 ", ""), ("co", "c")]),
        ("这是 **重点：**", [("这是 ", ""), ("重点：", "b")]),
        ("看 [文档](https://exa", [("看 文档", "")]),
    ],
)
def test_unfinished_marks_of_a_growing_text(text: str, expected: list[tuple[str, str]]) -> None:
    found = [
        (part.strip() if index == len(expected) - 1 else part, style)
        for index, (part, style) in enumerate(runs(text, tail=True))
    ]
    assert found == [
        (part.strip() if index == len(expected) - 1 else part, style) for index, (part, style) in enumerate(expected)
    ]


def test_a_growing_text_never_shows_less_markup_free_text_than_it_has() -> None:
    text = "先 **看** 内存，再看 `size`，*然后* 试。"
    for end in range(1, len(text)):
        shown = "".join(part for part, _ in (runs(text[:end], tail=True) if text[:end].strip("* `") else []))
        assert "**" not in shown and "`" not in shown


HOSTILE = {
    "quotes": ">" * LINE + " a",
    "lists": "- " * (LINE // 2) + "a",
    "brackets": "[" * LINE,
    "stars": "*" * LINE + "a",
    "star words": "**a" * (LINE // 3),
    "ticks": "`a``b```" * (LINE // 8),
    "underscores": "_a" * (LINE // 2),
    "dollars": "$a " * (LINE // 3),
    "links": "[a](" * (LINE // 4),
    "entities": "&amp;" * (LINE // 5),
    "nested": "\n".join("  " * depth + "- x" for depth in range(60)),
    "quoted lists": "\n".join("> " * depth + "- x" for depth in range(60)),
    "backslashes": "\\" * LINE,
    "angle": "<" * LINE,
    "rtl": "مرحبا \u202eabc\u202c שלום " * 60,
    "combining": "e\u0301\u0327" * 500,
    "emoji": "👩‍👩‍👧‍👦👍🏽" * 150,
    "control": clean("".join(map(chr, range(0x20))) * 40),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("tail", [False, True])
def test_hostile_text_is_bounded(name: str, tail: bool) -> None:
    start = time.perf_counter()
    found = parse(Piece(HOSTILE[name], tail=tail))
    assert time.perf_counter() - start < 1
    assert all(p.indent <= 8 and p.quote <= 8 for p in found)


def test_cells() -> None:
    assert parse_cell("a") == (Run("a"),)
    assert parse_cell("") == ()
    assert [(run.text, styles(run)) for run in parse_cell("**粗：**`码`")] == [("粗：", "b"), ("码", "c")]
    for text in ("- 5", "# 1", "> 2", "1. x", "+3%", "---", "* a"):
        assert "".join(run.text for run in parse_cell(text)) == text


def test_plain_text_is_never_markdown() -> None:
    found = parse(Piece("# a\n**b**", plain=True))
    assert found == [Paragraph("text", (Run("# a"),), joined=True), Paragraph("text", (Run("**b**"),), joined=True)]
