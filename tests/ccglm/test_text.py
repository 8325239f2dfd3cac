"""Text for a terminal: nothing in it can steer the terminal, and columns line up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.text import (
    cell_width,
    count,
    duration,
    escape_controls,
    local_time,
    money,
    pad,
    without_colors,
)


def test_control_characters_are_written_out() -> None:
    assert escape_controls("a\x1b[31mred\r\n\tb\x9b") == "a\\x1b[31mred\\x0d\n\tb\\x9b"


def test_colours_are_taken_out_and_nothing_else() -> None:
    assert without_colors("\x1b[32mgreen\x1b[0m \x1b[2J") == "green \x1b[2J"


def test_text_cannot_change_its_reading_direction() -> None:
    assert escape_controls("safe\u202etxt") == "safe\\u202etxt"


@given(st.text())
def test_escaped_text_holds_no_control_character_and_keeps_what_prints(text: str) -> None:
    escaped = escape_controls(text)
    assert all(char.isprintable() or char in "\n\t" for char in escaped)
    kept = "".join(char for char in text if char.isprintable() or char in "\n\t")
    assert (escaped == text) is (kept == text)


@pytest.mark.parametrize(
    ("text", "width"), [("abc", 3), ("模型", 4), ("é", 1), ("e\u0301", 1), ("", 0)]
)
def test_width_counts_columns(text: str, width: int) -> None:
    assert cell_width(text) == width


@given(st.text(alphabet=st.characters(categories=["L", "N"])), st.integers(0, 30), st.booleans())
def test_padding_fills_up_and_cuts_nothing(text: str, width: int, right: bool) -> None:
    padded = pad(text, width, right=right)
    assert cell_width(padded) == max(width, cell_width(text))
    assert padded.strip(" ") == text


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.34, "340 ms"), (1.23, "1.2 s"), (59.94, "59.9 s"), (60, "1 min"), (185, "3 min 5 s"),
        (7800, "2 h 10 min"), (86_400, "1 d"), (4 * 86_400 + 3 * 3600 + 59, "4 d 3 h"),
    ],
)  # fmt: skip
def test_a_duration_has_two_units_at_most(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_numbers_and_money_read_well() -> None:
    assert count(1234567) == "1,234,567"
    assert money(0.0123) == "0.0123 USD"
    assert money(1234.5) == "1,234.50 USD"
    assert money(0) == "0.00 USD"


def test_a_time_is_local_with_its_offset() -> None:
    moment = datetime(2026, 11, 20, 12, 30, 15, 999, tzinfo=UTC)
    shown = local_time(moment)
    assert datetime.fromisoformat(shown) == moment.replace(microsecond=0)
    assert datetime.fromisoformat(shown).utcoffset() == moment.astimezone().utcoffset()
    assert timedelta(0) == datetime.fromisoformat(shown) - moment.replace(microsecond=0)
