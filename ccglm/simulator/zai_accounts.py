"""Z.ai's keys and their concurrency.

Two kinds of key: pay as you go, and coding plan. A plan key on the pay-as-you-go base, or a model
outside the plan, is answered with 1113, a "429" that no waiting cures. Requests in flight are
counted per key and model; above the limit the answer is 1302 at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccglm.simulator.zai_errors import refusal

if TYPE_CHECKING:
    from ccglm.simulator.answer import Refused
    from ccglm.simulator.knobs import Knobs
    from ccglm.simulator.request import ApiRequest
    from ccglm.simulator.zai_models import ZaiModel


def check_key(request: ApiRequest, knobs: Knobs) -> None:
    """Check that the request carries a key this provider knows.

    Raises:
        Refused: No key (1001), wrong key (1000 or 1003), no permission (1220).
    """
    key = request.bearer
    if not key and request.surface == "zai_anthropic" and knobs.guess.zai_x_api_key == "accept":
        key = request.headers.get("x-api-key", "")
    if not key:
        raise refusal("1001", request, knobs)
    state = knobs.keys.get(key)
    if state == "revoked" or (state is None and knobs.known_keys_only):
        raise refusal(knobs.guess.zai_bad_key_code, request, knobs)
    if state == "forbidden":
        raise refusal("1220", request, knobs)


def find_account_problem(request: ApiRequest, model: ZaiModel, knobs: Knobs) -> Refused | None:
    """Return the refusal of a key that may not use this surface or model, or None."""
    state = knobs.keys.get(request.key)
    if state in ("unpaid", "no_balance"):
        return refusal("1113", request, knobs)
    if state == "plan_expired":
        return refusal("1309", request, knobs)
    if state == "payg" and request.surface == "zai_coding":
        return refusal("1113", request, knobs)
    if state == "plan" and request.surface == "zai_openai":
        return refusal("1113", request, knobs)
    if state == "plan" and not model.in_plan:
        return refusal(knobs.guess.zai_off_plan, request, knobs)
    return None


def concurrency_limit(model: str, knobs: Knobs) -> int:
    """Return how many requests may be in flight for a key and model; 0 is no limit."""
    return knobs.zai_concurrency_by_model.get(model, knobs.zai_concurrency)
