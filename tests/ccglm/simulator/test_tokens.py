from hypothesis import given
from hypothesis import strategies as st

from ccglm.simulator.tokens import count_text, pieces


@given(st.text())
def test_the_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(st.text(min_size=1))
def test_no_piece_is_empty(text: str) -> None:
    assert all(pieces(text))


def test_a_count_grows_with_the_text_and_is_not_a_quarter_of_its_length() -> None:
    assert count_text("") == 0
    assert count_text("x" * 3_600) == 1_000
    assert count_text("x" * 3_601) == 1_001
