"""The public SDKs as clients: Anthropic's for Python and for JavaScript, and OpenAI's for Python.

Each runs a streaming tool loop of three rounds, two of them with calls, on every surface; the simulator is strict, so a
request the providers would refuse fails the test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import anthropic
import openai
import pytest
from anthropic import beta_async_tool
from anthropic.types import MessageParam, ToolParam
from openai.lib.streaming.chat import ChatCompletionStreamState

from ccglm.simulator.process import SimulatorProcess
from tests.helpers.live_proxy import DEFAULT_SETTINGS, LiveProxy, live_proxy, rested
from tests.helpers.npm_packages import install_package, unavailable
from tests.helpers.simulator import simulator, simulator_knobs, simulator_process

__all__ = ["live_proxy", "rested", "simulator", "simulator_knobs", "simulator_process"]

pytestmark = pytest.mark.proxy

NPM_SDK = ("@anthropic-ai/sdk", "1.11.0")
PROGRAM = Path(__file__).resolve().parents[1] / "data" / "sdk" / "tool_loop.mjs"
PROGRAM_TIMEOUT_S = 60
MODELS = ["main", "cerebras/zai-glm-4.7", "zai/glm-4.7"]
QUESTION: list[MessageParam] = [{"role": "user", "content": "Read /a and /b, then /c."}]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"file_path": {"type": "string"}},
    "required": ["file_path"],
    "additionalProperties": False,
}
TOOL: ToolParam = {"name": "Read", "description": "Read a file.", "input_schema": SCHEMA}
SYSTEM = "Be brief."
ANSWER = "All three are read: 東京."


def call(path: str) -> dict[str, Any]:
    return {"name": "Read", "arguments": {"file_path": path}}


ROUNDS: list[dict[str, Any]] = [
    {"thinking": "Two files first.", "tool_calls": [call("/a"), call("/b")]},
    {"text": "Now the third.", "tool_calls": [call("/c")]},
    {"text": ANSWER},
]


@pytest.fixture(scope="module", params=["anthropic", "openai", "coding"])
def proxy_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The default settings on each of Z.ai's surfaces."""
    zai = {"keys": ["ZAI_API_KEY"], "surface": request.param}
    return {**DEFAULT_SETTINGS, "providers": {**DEFAULT_SETTINGS["providers"], "zai": zai}}


def assert_all_rounds_reached(simulator: SimulatorProcess, model: str, rounds: int = 3) -> None:
    """Nothing was refused, and each round carried what the tools said before."""
    records = simulator.log()
    assert [(r.status, r.error_message) for r in records] == [(200, "")] * rounds
    assert {r.provider for r in records} == {"zai" if model.startswith("zai/") else "cerebras"}
    last = json.dumps(records[2].body)
    assert [path for path in ("/a", "/b", "/c") if f"content of {path}" not in last] == [], last


@asynccontextmanager
async def python_sdk(proxy: LiveProxy) -> AsyncGenerator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(
        base_url=proxy.url, auth_token=proxy.token, max_retries=0, timeout=30.0
    ) as client:
        yield client


@pytest.mark.parametrize("model", MODELS)
async def test_the_python_sdk_s_tool_runner(
    live_proxy: LiveProxy, simulator: SimulatorProcess, model: str
) -> None:
    simulator.script(ROUNDS)
    read: list[str] = []

    @beta_async_tool
    async def Read(file_path: str) -> str:  # noqa: N802 - the tool's name
        """Read a file.

        Args:
            file_path: Absolute path.
        """
        read.append(file_path)
        return f"content of {file_path}"

    async with python_sdk(live_proxy) as client:
        runner = client.beta.messages.tool_runner(
            model=model, max_tokens=2000, messages=cast("Any", QUESTION), tools=[Read], stream=True
        )
        streamed = [[event.type async for event in stream] async for stream in runner]
        message = await runner.until_done()
    assert read == ["/a", "/b", "/c"]
    assert [events[-1] for events in streamed] == ["message_stop"] * 3
    assert [(block.type, getattr(block, "text", "")) for block in message.content] == [
        ("text", ANSWER)
    ]
    assert_all_rounds_reached(simulator, model)


@pytest.mark.parametrize("model", MODELS)
async def test_the_python_sdk_s_streams_and_its_count(
    live_proxy: LiveProxy, simulator: SimulatorProcess, model: str
) -> None:
    simulator.script(ROUNDS)
    turns, texts, stops = list(QUESTION), [""], [""]
    async with python_sdk(live_proxy) as client:
        counted = await client.messages.count_tokens(
            model=model, messages=turns, tools=[TOOL], system=SYSTEM
        )
        first_input = 0
        for _ in ROUNDS:
            async with client.messages.stream(
                model=model, max_tokens=2000, messages=turns, tools=[TOOL], system=SYSTEM
            ) as stream:
                texts.append("".join([piece async for piece in stream.text_stream]))
                message = await stream.get_final_message()
            first_input = first_input or message.usage.input_tokens
            stops.append(message.stop_reason or "")
            assert message.model == model
            calls = [block for block in message.content if block.type == "tool_use"]
            results = [
                {"type": "tool_result", "tool_use_id": c.id, "content": f"content of {c.input['file_path']}"}
                for c in calls
            ]  # fmt: skip
            turns.append({"role": "assistant", "content": message.content})
            turns.append(cast("MessageParam", {"role": "user", "content": results}))
    assert texts[1:] == ["", "Now the third.", ANSWER]
    assert stops[1:] == ["tool_use", "tool_use", "end_turn"]
    assert abs(counted.input_tokens - first_input) <= 0.25 * first_input + 20
    assert_all_rounds_reached(simulator, model)


@pytest.mark.parametrize("model", MODELS)
def test_the_javascript_sdk(
    live_proxy: LiveProxy, simulator: SimulatorProcess, tmp_path: Path, model: str
) -> None:
    place = install_package(*NPM_SDK, "anthropic-sdk")
    node = shutil.which("node")
    if node is None:
        unavailable(NPM_SDK[0], "node is not installed")
    # A module is looked for from where its importer lies.
    (tmp_path / "node_modules").symlink_to(place / "node_modules")
    program = shutil.copy(PROGRAM, tmp_path)
    simulator.script([*ROUNDS, *ROUNDS])
    done = subprocess.run(
        [node, program, model], capture_output=True, text=True, check=False, timeout=PROGRAM_TIMEOUT_S, cwd=tmp_path,
        env={
            "PATH": os.defpath, "HOME": str(tmp_path),
            "ANTHROPIC_BASE_URL": live_proxy.url, "ANTHROPIC_AUTH_TOKEN": live_proxy.token,
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["runner"] == {
        "ran": ["/a", "/b", "/c"], "text": ANSWER, "stop_reason": "end_turn", "starts": 3,
    }  # fmt: skip
    by_hand = document["by_hand"]
    assert by_hand["ran"] == ["/a", "/b", "/c"]
    assert (by_hand["text"], by_hand["streamed"]) == (ANSWER, f"Now the third.{ANSWER}")
    assert by_hand["thinking"] == ["Two files first."]
    assert by_hand["model"] == model
    assert by_hand["usage"]["output_tokens"] > 0
    assert document["counted"] > 0
    assert document["refused"] == {"is_authentication_error": True, "status": 401}
    assert_all_rounds_reached(simulator, model, rounds=6)


@pytest.mark.parametrize("model", MODELS)
async def test_the_openai_sdk_s_streaming_tool_loop(
    live_proxy: LiveProxy, simulator: SimulatorProcess, model: str
) -> None:
    simulator.script(ROUNDS)
    tool = {"type": "function", "function": {"name": "Read", "description": "Read a file.", "parameters": SCHEMA}}  # fmt: skip
    turns: list[Any] = [{"role": "system", "content": SYSTEM}, *QUESTION]
    read: list[str] = []
    ends: list[str] = []
    text = ""
    async with openai.AsyncOpenAI(
        base_url=f"{live_proxy.url}/v1", api_key=live_proxy.token, max_retries=0, timeout=30.0
    ) as client:
        for _ in ROUNDS:
            state = ChatCompletionStreamState()
            chunks = await client.chat.completions.create(
                model=model, messages=turns, tools=cast("Any", [tool]), max_tokens=2000, temperature=0.5, stream=True,
                stream_options={"include_usage": True},
            )  # fmt: skip
            async for chunk in chunks:
                state.handle_chunk(chunk)
            completion = state.get_final_completion()
            choice = completion.choices[0]
            ends.append(choice.finish_reason)
            text = choice.message.content or ""
            assert completion.usage is not None
            assert completion.usage.completion_tokens > 0
            calls = choice.message.tool_calls or []
            turns.append(choice.message)
            for made in calls:
                path = json.loads(made.function.arguments)["file_path"]
                read.append(path)
                turns.append(
                    {"role": "tool", "tool_call_id": made.id, "content": f"content of {path}"}
                )
    assert (read, text) == (["/a", "/b", "/c"], ANSWER)
    assert ends == ["tool_calls", "tool_calls", "stop"]
    assert_all_rounds_reached(simulator, model)
    wanted = {"cerebras": "/v1/chat/completions", "zai": "/paas/v4/chat/completions"}
    assert all(r.path.endswith(wanted[r.provider]) for r in simulator.log(bodies=False))


@pytest.mark.parametrize("model", MODELS)
async def test_the_openai_sdk_without_streaming(
    live_proxy: LiveProxy, simulator: SimulatorProcess, model: str
) -> None:
    simulator.script([{"text": ANSWER}])
    async with openai.AsyncOpenAI(
        base_url=f"{live_proxy.url}/v1", api_key=live_proxy.token, max_retries=0, timeout=30.0
    ) as client:
        completion = await client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "hi"}]
        )
    assert completion.choices[0].message.content == ANSWER
    assert [(r.status, r.error_message) for r in simulator.log()] == [(200, "")]
