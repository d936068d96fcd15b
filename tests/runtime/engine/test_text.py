"""Characters split over tokens, and stop strings split over anything."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.runtime.engine.text import StopScanner, TextDecoder

TEXT = "你好，**世界** 🙂👩‍👩‍👧 né 龘!\n"


def _cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in pairwise(edges)]


@given(st.lists(st.integers(min_value=0), max_size=40), st.text(max_size=30))
def test_split_characters_never_show(places: list[int], more: str) -> None:
    text = TEXT + more
    data = text.encode("utf-8", "replace")
    text = data.decode()
    decoder = TextDecoder()
    shown = ""
    for piece in _cut(data, places):
        shown += decoder.feed(piece)
        assert text.startswith(shown)
    assert shown == text
    assert decoder.finish() == ""


def test_what_cannot_become_a_character_shows_at_the_end() -> None:
    decoder = TextDecoder()
    assert decoder.feed("好".encode()[:2]) == ""
    assert decoder.finish() == "\ufffd"


@given(
    st.text(alphabet="abH: \n", max_size=40),
    st.lists(st.text(alphabet="abH: \n", min_size=1, max_size=4), max_size=4),
    st.lists(st.integers(min_value=0), max_size=20),
)
def test_stop_strings_end_the_text_however_it_is_cut(text: str, stops: list[str], places: list[int]) -> None:
    ends = [(text.index(stop) + len(stop), text.index(stop)) for stop in stops if stop in text]
    wanted = text[: min(ends)[1]] if ends else text
    scanner = StopScanner(tuple(stops))
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    shown = ""
    for a, b in pairwise(edges):
        shown += scanner.feed(text[a:b])
        assert wanted.startswith(shown)  # nothing is ever shown that has to be taken back
        held = text[len(shown) : b]
        assert scanner.hit or not held or any(stop.startswith(held) for stop in stops)  # and nothing held in vain
    assert shown + scanner.finish() == wanted
    assert scanner.hit == bool(ends)


def test_the_start_of_a_stop_string_is_held_back() -> None:
    scanner = StopScanner(("\n\nHuman:", "Human:"))
    assert scanner.feed("Yes.\n") == "Yes."
    assert scanner.feed("\nHum") == ""
    assert scanner.feed("ble") == "\n\nHumble"
    assert scanner.feed("\n\nHuman: and") == ""
    assert scanner.hit and scanner.feed("more") == "" and scanner.finish() == ""
