"""Which models the simulated Z.ai has and what is known of them.

Source: model pages and third-party registries read 2026-11; context and output in tokens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccglm.simulator.knobs import Knobs

_MILLION = 1_000_000


@dataclass(frozen=True)
class ZaiModel:
    """Facts of one model."""

    id: str
    context_tokens: int = 200_000
    max_output_tokens: int = 131_072
    reasons: bool = True
    always_thinks: bool = False
    vision: bool = False
    in_plan: bool = False
    """Part of the coding plan's list of 2026-11-10."""


ZAI_MODELS: dict[str, ZaiModel] = {
    model.id: model
    for model in (
        ZaiModel("glm-5.3", _MILLION, always_thinks=True, in_plan=True),
        ZaiModel("glm-5.3-highspeed", _MILLION, always_thinks=True, in_plan=True),
        ZaiModel("glm-5.3-flash", _MILLION, vision=True, in_plan=True),
        ZaiModel("glm-5.3-flashx", _MILLION, vision=True),
        ZaiModel("glm-5.2", _MILLION, in_plan=True),
        ZaiModel("glm-5.2-highspeed", _MILLION, in_plan=True),
        ZaiModel("glm-5.1"),
        ZaiModel("glm-5"),
        ZaiModel("glm-5-turbo", in_plan=True),
        ZaiModel("glm-5-code"),
        ZaiModel("glm-5v-turbo", vision=True),
        ZaiModel("glm-4.7", 204_800, in_plan=True),
        ZaiModel("glm-4.7-flash"),
        ZaiModel("glm-4.7-flashx"),
        ZaiModel("glm-4.6", 204_800),
        ZaiModel("glm-4.6v", 128_000, 32_768, vision=True),
        ZaiModel("glm-4.5-air", 131_072, 98_304),
        ZaiModel("glm-4.5-flash", 131_072, 98_304),
        ZaiModel("glm-4-32b-0414-128k", 128_000, 16_384, reasons=False),
    )
}


def find_model(model_id: str, knobs: Knobs) -> ZaiModel | None:
    """Return the model, or None when Z.ai does not have it."""
    if model_id in knobs.zai_extra_models:
        return replace(ZAI_MODELS["glm-4.7"], id=model_id)
    return ZAI_MODELS.get(model_id)


def model_list() -> dict[str, Any]:
    """Return the body of `GET .../models`."""
    data = [
        {"id": name, "object": "model", "created": 0, "owned_by": "z-ai"} for name in ZAI_MODELS
    ]
    return {"object": "list", "data": data}
