from datetime import UTC, datetime

import pytest

from ccglm.simulator.answer import Refused
from ccglm.simulator.effects import Effect, Moment
from ccglm.simulator.knobs import Knobs
from tests.helpers.provider_calls import a_request

MOMENT = Moment(a_request(), Knobs(), datetime.now(UTC))


def test_a_refusal_carries_the_scenarios_name() -> None:
    effect = Effect(refuse=lambda moment: Refused(418, moment.request.path.encode()), name="X")
    refused = effect.refusal(MOMENT)
    assert (refused.status, refused.scenario) == (418, "X")
    assert refused.body == b"/v1/chat/completions"


def test_an_effect_that_does_not_refuse_has_no_refusal() -> None:
    with pytest.raises(AssertionError):
        Effect().refusal(MOMENT)
