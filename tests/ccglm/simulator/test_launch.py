import pytest

from ccglm.errors import CcglmError
from ccglm.simulator.launch import read_knobs, run_simulator
from ccglm.simulator.server import listen


def test_knobs_are_read_as_json_where_they_are_json() -> None:
    knobs = read_knobs(
        [
            "cerebras_rpm=10",
            "split=byte",
            "guess.system_array=accept",
            'keys={"a":"plan"}',
            "strict=false",
        ]
    )
    assert (knobs.cerebras_rpm, knobs.split, knobs.strict) == (10, "byte", False)
    assert (knobs.guess.system_array, knobs.keys) == ("accept", {"a": "plan"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cerebras_rpm", "`cerebras_rpm` is not NAME=VALUE"),
        ("rpm=10", "knob `rpm`: extra inputs are not permitted"),
        ("split=odd", "knob `split`: input should be"),
        ("guess.x=1", "knob `guess.x`"),
    ],
)
def test_a_knob_that_makes_no_sense_is_named(text: str, message: str) -> None:
    with pytest.raises(CcglmError) as caught:
        read_knobs([text])
    assert message in str(caught.value)


def test_a_taken_port_is_an_error_with_a_hint() -> None:
    with listen(0) as taken, pytest.raises(CcglmError) as caught:
        run_simulator(
            api_port=taken.getsockname()[1],
            control_port=0,
            knob_texts=[],
            as_json=True,
            until_stdin_closes=False,
        )
    assert "cannot listen" in str(caught.value)
    assert caught.value.hint is not None
