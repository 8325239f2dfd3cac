from typing import Any

import pytest
from pydantic import ValidationError

from ccglm.simulator.knobs import Knobs


def test_every_knob_is_described() -> None:
    for name, field in Knobs.model_fields.items():
        assert field.description, name


def test_the_default_model_set_has_no_glm() -> None:
    assert Knobs().model_set == "public_2026_11"


def test_a_patch_leaves_everything_else_as_it_is() -> None:
    knobs = Knobs().patched({"tokens_per_s": 1_500, "guess": {"system_array": "accept"}})
    again = knobs.patched({"guess.empty_content": "reject"})
    assert again.tokens_per_s == 1_500
    assert (again.guess.system_array, again.guess.empty_content) == ("accept", "reject")


@pytest.mark.parametrize(
    "changes",
    [
        {"nonsense": 1},
        {"tokens_per_s": -1},
        {"split": "halves"},
        {"guess.nonsense": 1},
        {"guess.system_array": "maybe"},
        {"guess": "accept"},
    ],
)
def test_an_unknown_knob_or_value_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Knobs().patched(changes)


def test_keys_of_one_organisation_are_one_owner() -> None:
    knobs = Knobs(key_orgs={"a": "org", "b": "org"})
    assert knobs.org_of("a") == knobs.org_of("b") == "org"
    assert knobs.org_of("c") == "c"
