"""The real Claude Code client through `ccglm up --demo` and `ccglm code`.

One proxy for the module. The simulated providers are strict: whatever the client sends and a provider would
refuse fails the test, because it is seen in their log.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from ccglm.simulator.control_client import SimulatorControl
from ccglm.simulator.log import RecordedRequest
from tests.helpers.claude_client import ClaudeClient, install_client
from tests.helpers.claude_sessions import Station, a_png, call, run_ccglm

pytestmark = [pytest.mark.claude_code, pytest.mark.proxy, pytest.mark.timeout(120)]

NO_LIMITS = {"cerebras_rpm": 0, "cerebras_tpm": 0, "cerebras_tph": 0, "cerebras_tpd": 0}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[Station]:
    program = install_client()
    folder = tmp_path_factory.mktemp("demo")
    (folder / "home").mkdir()
    station = Station(folder, SimulatorControl(""), program)
    started = run_ccglm(station.environment, "up", "--demo", "--detach", "--port", "auto", "--json")
    try:
        yield Station(folder, SimulatorControl(started["simulator_control"]), program)
    finally:
        run_ccglm(station.environment, "down", "--json")


@pytest.fixture
def station(demo: Station) -> Iterator[Station]:
    """The running demo, nothing scripted, and at the end nothing refused that was not meant to be."""
    demo.simulator.reset()
    demo.simulator.knobs(**NO_LIMITS)
    demo.rest()
    yield demo
    unexpected = [r for r in demo.requests() if r.refused and not r.scenario]
    assert not unexpected, [(r.path, r.status, r.error_message) for r in unexpected]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A working folder with something to read in it."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "notes.txt").write_text("The code word is heron.\n")
    (folder / "todo.txt").write_text("Buy milk.\n")
    return folder


@pytest.fixture
def client(station: Station, work: Path) -> ClaudeClient:
    return station.session(work)


def _read(path: Path) -> dict[str, object]:
    return call("Read", file_path=str(path))


def _statuses(station: Station) -> list[int]:
    return [record.status for record in station.requests()]


def _roles(record: RecordedRequest) -> list[str]:
    return [message["role"] for message in record.body["messages"]]


def test_the_client_reads_a_file_with_a_tool_and_goes_on_with_c(
    station: Station, client: ClaudeClient, work: Path
) -> None:
    station.simulator.script([
        {"thinking": "The file will say.", "text": "Let me look.", "tool_calls": [_read(work / "notes.txt")]},
        {"text": "The code word is heron.", "match": {"tool_result": "heron"}},
    ])  # fmt: skip
    assert client.ask("What is the code word in notes.txt?").text == "The code word is heron."
    station.simulator.script([
        {"tool_calls": [_read(work / "todo.txt")]},
        {"text": "Milk, and still heron.", "match": {"tool_result": "milk"}},
    ])  # fmt: skip
    assert client.ask("And what is to be done?", "-c").text == "Milk, and still heron."
    assert _statuses(station) == [200] * 4
    resumed = json.dumps(station.requests()[-1].body["messages"])
    assert "code word" in resumed, "the first turn is part of the second"


def test_nothing_is_written_to_the_users_own_settings(
    station: Station, client: ClaudeClient
) -> None:
    client.ask("hello")
    assert list((station.folder / "home").iterdir()) == []


def test_the_client_knows_the_window_and_the_usage(station: Station, client: ClaudeClient) -> None:
    document = client.ask("hello").document
    (used,) = document["modelUsage"].values()
    (request,) = station.requests()
    assert used["contextWindow"] == 131_072
    counted = used["inputTokens"] + used["cacheReadInputTokens"]
    assert (counted, used["outputTokens"]) == (request.prompt_tokens, request.completion_tokens)


def test_three_different_tools_in_one_turn(
    station: Station, client: ClaudeClient, work: Path
) -> None:
    edit = call("Edit", file_path=str(work / "todo.txt"), old_string="milk", new_string="bread")
    station.simulator.script([
        {"text": "First I read.", "tool_calls": [_read(work / "todo.txt")]},
        {"tool_calls": [edit]},
        {"tool_calls": [call("Bash", command="cat todo.txt", description="Show it")]},
        {"text": "It says bread now.", "match": {"tool_result": "bread"}},
    ])  # fmt: skip
    options = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash(cat *)")
    assert client.ask("Make it bread", *options).text == "It says bread now."
    assert (work / "todo.txt").read_text() == "Buy bread.\n"
    assert _statuses(station) == [200] * 4


@pytest.mark.parametrize("arguments", ["whole", "fragments"])
def test_parallel_tool_calls_run_and_answer_in_one_message(
    station: Station, client: ClaudeClient, work: Path, arguments: str
) -> None:
    station.simulator.knobs(tool_args=arguments)
    station.simulator.script([
        {"text": "Both.", "tool_calls": [_read(work / "notes.txt"), _read(work / "todo.txt")]},
        {"text": "Heron and milk."},
    ])  # fmt: skip
    assert client.ask("Read both files").text == "Heron and milk."
    messages = station.requests()[-1].body["messages"]
    # The client sends results in the order in which the tools ended.
    results = {m["tool_call_id"]: m["content"] for m in messages if m["role"] == "tool"}
    (calls,) = [m["tool_calls"] for m in messages if m.get("tool_calls")]
    first, second = [results[tool_call["id"]] for tool_call in calls]
    assert "heron" in first
    assert "milk" in second


def test_a_subagent_does_its_own_turn(station: Station, client: ClaudeClient) -> None:
    task = call(
        "Agent",
        description="Look around",
        prompt="SUBTASK: say what you see",
        subagent_type="general-purpose",
        run_in_background=False,
    )
    station.simulator.script([
        {"tool_calls": [task]},
        {"text": "I see a heron.", "match": {"contains": "SUBTASK"}},
        {"text": "The subagent saw a heron.", "match": {"tool_result": "I see a heron"}},
    ])  # fmt: skip
    assert client.ask("Delegate it").text == "The subagent saw a heron."
    assert _statuses(station) == [200] * 3


def test_thinking_goes_back_to_the_model_in_the_next_turn(
    station: Station, client: ClaudeClient, work: Path
) -> None:
    station.simulator.script([
        {"thinking": "I should open the notes.", "tool_calls": [_read(work / "notes.txt")]},
        {"text": "Heron."},
    ])  # fmt: skip
    answer = client.ask("Which word?", "--effort", "max")
    assert answer.text == "Heron."
    asked = [m for m in station.requests()[-1].body["messages"] if m["role"] == "assistant"]
    assert asked[0]["reasoning"] == "I should open the notes."
    assert "reasoning_effort" not in station.requests()[0].body


def test_thinking_that_is_switched_off_in_the_client_is_off_at_the_model(
    station: Station, work: Path
) -> None:
    client = station.session(work, MAX_THINKING_TOKENS="0")
    assert client.ask("hello").text
    assert station.requests()[-1].body["reasoning_effort"] == "none"


def test_an_image_is_read_by_a_model_without_eyes(
    station: Station, client: ClaudeClient, work: Path
) -> None:
    (work / "red.png").write_bytes(a_png(40, 30))
    station.simulator.script([{"tool_calls": [_read(work / "red.png")]}, {"text": "A picture."}])
    assert client.ask("What is on red.png?").text == "A picture."
    (result,) = [m for m in station.requests()[-1].body["messages"] if m["role"] == "tool"]
    assert result["content"].startswith("[image: 40x30 PNG, not shown")


def test_a_session_goes_on_when_the_provider_changes(
    station: Station, client: ClaudeClient, work: Path
) -> None:
    station.simulator.script([
        {"thinking": "Notes first.", "tool_calls": [_read(work / "notes.txt")]},
        {"text": "Heron."},
    ])  # fmt: skip
    assert client.ask("Which word?").text == "Heron."
    station.simulator.scenario("CB-04")
    station.simulator.script([{"thinking": "As before.", "text": "Still heron."}])
    assert client.ask("Again?", "-c").text == "Still heron."
    station.rest()
    station.simulator.script([{"text": "Heron it is."}])
    assert client.ask("And now?", "-c", "--model", "cerebras/zai-glm-4.7").text == "Heron it is."
    served = [record.provider for record in station.requests() if record.status == 200]
    assert served == ["cerebras", "cerebras", "zai", "cerebras"]


def test_an_overflow_starts_the_clients_compaction(station: Station, client: ClaudeClient) -> None:
    station.simulator.script([{"text": "One."}, {"text": "Two."}])
    client.ask("first")
    client.ask("second", "-c")
    station.simulator.scenario("CB-09")
    station.simulator.scenario("ZA-05")
    summary = "<analysis>short</analysis><summary>They counted to two.</summary>"
    station.simulator.script([
        {"text": summary, "match": {"contains": "summary"}},
        {"text": "Three.", "match": {"contains": "third"}},
    ])  # fmt: skip
    assert client.ask("third", "-c").text == "Three."
    last = json.dumps(station.requests()[-1].body["messages"])
    assert "They counted to two." in last


def test_what_fills_the_context_is_counted(station: Station, client: ClaudeClient) -> None:
    shown = client.ask("/context").text
    assert "131.1k" in shown
    assert "System tools" in shown


def test_a_session_on_zais_messages_surface(
    station: Station, client: ClaudeClient, work: Path
) -> None:
    station.simulator.script([
        {"thinking": "Look.", "text": "Reading.", "tool_calls": [_read(work / "notes.txt"), _read(work / "todo.txt")]},
        {"text": "Heron and milk."},
    ])  # fmt: skip
    assert client.ask("Read both", "--model", "zai/glm-4.7").text == "Heron and milk."
    assert {record.surface for record in station.requests()} == {"zai_anthropic"}
    assert _roles(station.requests()[-1]) == ["user", "assistant", "user"]


def test_each_tier_is_served_by_its_role(station: Station, client: ClaudeClient) -> None:
    for tier, model in (("haiku", "glm-4.5-air"), ("opus", "zai-glm-4.7")):
        assert client.ask("hello", "--model", tier).text
        assert station.requests()[-1].model == model


def test_a_client_that_knows_only_the_address_and_the_token_works_too(
    station: Station, work: Path
) -> None:
    """It sends Claude's names, system messages inside the conversation and deferred tools."""
    printed = run_ccglm(station.environment, "claude-env", "--print", "--json")["variables"]
    told = ("ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN")
    plain = ClaudeClient(
        station.program,
        home=station.folder / "plain",
        work=work,
        variables={name: printed[name] for name in told},
    )
    station.simulator.script([
        {"thinking": "Look.", "text": "Reading.", "tool_calls": [_read(work / "notes.txt")]},
        {"text": "Heron."},
    ])  # fmt: skip
    assert plain.ask("Which word?").text == "Heron."
    station.simulator.script([{"text": "Still heron."}])
    assert plain.ask("Again?", "-c").text == "Still heron."
    assert _statuses(station) == [200] * 3


@pytest.mark.parametrize("scenario", ["CB-13", "CB-14", "CB-12"])
def test_a_broken_stream_does_not_end_the_session(
    station: Station, client: ClaudeClient, scenario: str
) -> None:
    station.simulator.scenario(scenario)
    station.simulator.script([{"text": "The heron stands in the water.", "repeat": 3}])
    assert "heron stands in the water" in client.ask("Tell me").text
