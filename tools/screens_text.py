"""The sample chats of the screenshots, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Texts:
    """`titles` newest first: two of today, three of yesterday, the rest older; the first is the open chat."""

    titles: tuple[str, ...]
    question: str
    answer: str
    full_answer: str
    short_answer: str
    follow_up: str
    follow_up_answer: str


_SHORT_ZH = """用标准库里的 `Counter` 就够了，**不需要自己写循环**。

## 思路

- 先**只留下汉字**，标点和空格不计；
- 再按次数从多到少，取前 `n` 个。
"""

_CODE_ZH = """
```python
from collections import Counter

def top_chars(text: str, n: int = 3) -> list:
    # 只统计汉字，返回出现最多的 n 个
    return Counter(c for c in text if "\\u4e00" <= c <= "\\u9fff").most_common(n)
```
"""

_FULL_CODE_ZH = """
```python
import re
from collections import Counter

def top_chars(text: str, n: int = 3) -> list:
    # 只统计汉字，返回出现最多的 n 个
    chars = re.findall(r"[\\u4e00-\\u9fff]", text)
    return Counter(chars).most_common(n)
```

用“春眠不觉晓，处处闻啼鸟”试一下，结果是：
"""

_TABLE_ZH = """
| 汉字 | 次数 | 占比 |
|:-----|-----:|-----:|
| 处 | 2 | 20% |
| 春 | 1 | 10% |
"""

_SHORT_EN = """The standard library's `Counter` is enough, **no loop of your own is needed**.

## Idea

- Keep **Chinese characters only**; punctuation and spaces do not count;
- sort by count and take the first `n`.
"""

_CODE_EN = _CODE_ZH.replace("只统计汉字，返回出现最多的 n 个", "Chinese characters only; the n most frequent ones")

_TABLE_EN = """
| Character | Count | Share |
|:----------|------:|------:|
| 处 | 2 | 20% |
| 春 | 1 | 10% |
"""

TEXTS = {
    "zh_CN": Texts(
        titles=(
            "统计汉字出现的次数",
            "给妈妈写一封生日信",
            "“量化”是什么意思",
            "把会议记录整理成要点",
            "《故乡》读后感提纲",
            "三天两晚杭州行程",
            "SQL：按月汇总销售额",
            "翻译产品说明书第一章",
            "给孩子讲牛顿第一定律",
            "周报模板",
            "红烧肉少糖做法",
        ),
        question="用 Python 写一个函数，统计一段中文里每个字出现的次数",
        answer=_SHORT_ZH + _CODE_ZH + _TABLE_ZH,
        full_answer=_SHORT_ZH + _FULL_CODE_ZH + _TABLE_ZH + "| 眠 | 1 | 10% |\n",
        short_answer=_SHORT_ZH,
        follow_up="能改成从文件读取吗？",
        follow_up_answer="可以。先把文件内容一次读进来，再交给 `top_chars`，记得写明编码",
    ),
    "en": Texts(
        titles=(
            "Count Chinese characters",
            "Birthday letter to Mum",
            "What is quantization?",
            "Turn minutes into key points",
            "Outline for an essay",
            "Three days in Hangzhou",
            "SQL: sales per month",
            "Translate manual, part one",
            "Newton’s first law for kids",
            "Weekly report template",
            "Red-braised pork, less sugar",
        ),
        question="Write a Python function that counts how often each character occurs in a Chinese text",
        answer=_SHORT_EN + _CODE_EN + _TABLE_EN,
        full_answer=_SHORT_EN + _CODE_EN + _TABLE_EN,
        short_answer=_SHORT_EN,
        follow_up="Can it read from a file instead?",
        follow_up_answer="Yes. Read the whole file once and pass the text to `top_chars`; remember the encoding",
    ),
}
