"""Which models the simulated Cerebras has and what is known of them.

Source: Cerebras model catalog and deprecation pages, read 2026-11; `zai-glm-4.7` left the public
list on 2026-08-17, GLM 5 and later exist on dedicated endpoints only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ccglm.simulator.knobs import Knobs

_FOUR_EFFORTS = ("none", "low", "medium", "high")
_THREE_EFFORTS = ("low", "high", "max")


@dataclass(frozen=True)
class CerebrasModel:
    """Facts of one model; context and output in tokens."""

    id: str
    context_tokens: int = 131_072
    max_output_tokens: int = 40_960
    efforts: tuple[str, ...] = _FOUR_EFFORTS
    vision: bool = False
    developer_role: bool = False
    price_in: str = "0.00000225"
    price_out: str = "0.00000275"

    @property
    def always_thinks(self) -> bool:
        """Whether thinking cannot be switched off."""
        return "none" not in self.efforts


_PUBLIC = (
    CerebrasModel(
        "gpt-oss-120b",
        efforts=("low", "medium", "high"),
        developer_role=True,
        price_in="0.00000035",
        price_out="0.00000075",
    ),
    CerebrasModel("qwen-3.8-27b", vision=True, price_in="0.00000099", price_out="0.00000149"),
)
_LEGACY = (CerebrasModel("zai-glm-4.7"),)
_ALWAYS_THINKING = ("glm-5.3", "glm-5-3", "kimi-k3")


def models_of(knobs: Knobs) -> dict[str, CerebrasModel]:
    """Return the models that exist under these knobs, by id."""
    models = list(_PUBLIC)
    if knobs.model_set in ("legacy_glm", "dedicated"):
        models.extend(_LEGACY)
    if knobs.model_set == "dedicated":
        models.extend(_dedicated(name) for name in knobs.dedicated_models)
    return {model.id: model for model in models}


def _dedicated(name: str) -> CerebrasModel:
    thinks = any(part in name for part in _ALWAYS_THINKING)
    return CerebrasModel(name, efforts=_THREE_EFFORTS if thinks else _FOUR_EFFORTS)


def model_entry(model: CerebrasModel) -> dict[str, Any]:
    """Return the model as `GET /v1/models` lists it."""
    return {"id": model.id, "object": "model", "created": 0, "owned_by": "Cerebras"}


def catalogue_entry(model: CerebrasModel) -> dict[str, Any]:
    """Return the model as the public catalogue (no key needed) describes it.

    Field names as in the public endpoint's documentation; most values are illustrative.
    """
    return {
        "id": model.id,
        "name": model.id.replace("-", " ").title(),
        "description": f"Simulated {model.id}",
        "hugging_face_id": f"simulated/{model.id}",
        "pricing": {"prompt": model.price_in, "completion": model.price_out},
        "capabilities": {
            "streaming": True,
            "function_calling": True,
            "structured_outputs": True,
            "vision": model.vision,
            "json_mode": True,
            "tools": True,
            "tool_choice": True,
            "parallel_tool_calls": True,
            "response_format": True,
            "reasoning": True,
        },
        "supported_parameters": {
            "temperature": True,
            "top_p": True,
            "seed": True,
            "stop": True,
            "max_completion_tokens": True,
            "logprobs": False,
            "top_logprobs": False,
            "frequency_penalty": True,
            "presence_penalty": True,
            "logit_bias": False,
            "repetition_penalty": False,
        },
        "architecture": {
            "modality": "text+image->text" if model.vision else "text->text",
            "tokenizer": "simulated",
            "instruct_type": "simulated",
        },
        "limits": {
            "max_context_length": model.context_tokens,
            "max_completion_tokens": model.max_output_tokens,
            "requests_per_minute": 300,
            "tokens_per_minute": 150_000,
        },
        "datacenter_locations": ["US"],
        "deprecated": False,
        "preview": False,
        "quantization": "FP16",
    }
