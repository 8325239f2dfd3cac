"""The `.env` file is read as it is and changed without losing a line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccglm.dotenv_file import (
    mask,
    masked_text,
    parse_dotenv,
    quote_value,
    read_dotenv,
    redact,
    secret_values,
    set_variables,
)
from ccglm.errors import PrerequisiteError, SettingsError

NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,9}", fullmatch=True)
VALUES = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"))


def test_a_missing_file_has_no_variables(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path / ".env") == {}


def test_quotes_comments_and_exports_are_understood() -> None:
    text = "# keys\nexport A=1\nB='two words' # note\nC=\"x\\ny\"\nNO_VALUE\nD=\n"
    assert parse_dotenv(text) == {"A": "1", "B": "two words", "C": "x\ny", "D": ""}


def test_a_dollar_sign_in_a_key_stays() -> None:
    assert parse_dotenv("KEY=abc${HOME}def") == {"KEY": "abc${HOME}def"}


def test_a_folder_in_its_place_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(PrerequisiteError, match="is a directory"):
        read_dotenv(tmp_path / ".env")


def test_bytes_that_are_no_text_are_reported(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read_dotenv(tmp_path / ".env")


def test_other_lines_stay_to_the_letter() -> None:
    text = "# mine\n\nexport  FOREIGN = 'a b'   # why\nA=old\n  \nlast=1"
    assert set_variables(text, {"A": "new", "B": "x y"}) == (
        "# mine\n\nexport  FOREIGN = 'a b'   # why\nA=new\n  \nlast=1\nB='x y'\n"
    )


def test_an_exported_variable_stays_exported() -> None:
    assert set_variables("export A=1\nB=2\n", {"A": "3"}) == "export A=3\nB=2\n"


def test_setting_what_is_there_changes_nothing() -> None:
    text = "A='x'\n# no newline at the end"
    assert set_variables(text, {"A": "x"}) == text


@given(
    st.dictionaries(NAMES, VALUES, max_size=4),
    st.dictionaries(NAMES, VALUES, min_size=1, max_size=4),
)
def test_what_is_set_is_read_back_and_the_rest_is_kept(
    before: dict[str, str], changes: dict[str, str]
) -> None:
    text = "".join(f"{name}={quote_value(value)}\n" for name, value in before.items())
    assert parse_dotenv(text) == before
    assert parse_dotenv(set_variables(text, changes)) == {**before, **changes}


@given(st.text(alphabet="AB=#'\" \n\\x", max_size=40))
def test_setting_works_on_any_file(text: str) -> None:
    changed = set_variables(text, {"NEW": "v1"})
    assert parse_dotenv(changed).get("NEW") == "v1"
    assert changed.startswith(text)


def test_a_masked_file_shows_lines_but_no_value() -> None:
    text = "# mine\nZAI_API_KEY=0123456789abcdefgh\nexport ZAI_API_KEY='short'\nURL=http://h\n\nbroken line's\n"
    assert masked_text(text, shown={"URL"}) == (
        "# mine\nZAI_API_KEY='0123…gh'\nexport ZAI_API_KEY='…'\nURL=http://h\n\n…\n"
    )


@given(st.dictionaries(NAMES, st.text(alphabet="abcdefghij", min_size=8), min_size=1))
def test_no_value_is_left_in_a_masked_file(variables: dict[str, str]) -> None:
    masked = masked_text(set_variables("", variables))
    assert not any(value in masked for value in variables.values())


def test_secrets_are_known_by_name_and_length() -> None:
    variables = {
        "ZAI_API_KEY": "abcdefgh",
        "AUTH_TOKEN": "12345678",
        "HOME": "/home/ada",
        "KEY": "x",
    }
    assert secret_values(variables) == ["abcdefgh", "12345678"]


def test_redaction_leaves_no_secret_even_when_one_holds_another() -> None:
    shown = redact(
        "key abcdefghijklmnopqrst and abcdefgh", ["abcdefgh", "abcdefghijklmnopqrst", ""]
    )
    assert shown == "key abcd…st and …"


@given(st.text(min_size=6))
def test_a_mask_never_gives_the_secret_away(secret: str) -> None:
    assert len(mask(secret)) <= 7
    assert secret not in mask(secret)
