import pytest
from pydantic import ValidationError

from ccglm.simulator.guesses import Guesses


def test_every_guess_is_described_and_has_a_default() -> None:
    for name, field in Guesses.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name


def test_the_stricter_reading_is_the_default_where_reports_conflict() -> None:
    guesses = Guesses()
    assert guesses.system_array == "reject"
    assert guesses.disable_reasoning == "reject"
    assert guesses.zai_odd_effort == "reject"


def test_an_unknown_guess_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Guesses.model_validate({"colour": "red"})
