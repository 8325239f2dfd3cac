"""The whole thing without keys: simulated providers, the real proxy, a session, a burst that falls back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ccglm.demo.burst import BurstResult, run_burst
from ccglm.demo.session import Step, run_session
from ccglm.dotenv_file import read_dotenv
from ccglm.paths import Paths
from ccglm.proxy.messages_client import Answer, MessagesClient
from ccglm.proxy.up import Up, UpRequest, bring_up
from ccglm.result import Result, Table
from ccglm.simulator.control_client import SimulatorControl
from ccglm.text import duration
from litellm_config.secrets import MASTER_KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ccglm.proxy.signals import StopRequest
    from ccglm.simulator.log import RecordedRequest

BURST_REQUESTS: Final = 20
CEREBRAS_RPM: Final = 10
"""What Cerebras' free plan allowed for GLM-4.7 in spring 2026 (rate limits page of that time)."""
_QUOTA_STATUS: Final = 429


@dataclass(frozen=True)
class DemoReport:
    """What the demo showed.

    Attributes:
        steps: The session, step by step.
        burst: The parallel requests.
        refused: Requests the strict simulator refused for another reason than a quota, one text each.
        over_quota: How many requests the simulated Cerebras refused for its quota.
    """

    steps: tuple[Step, ...]
    burst: BurstResult
    refused: tuple[str, ...]
    over_quota: int

    @property
    def ok(self) -> bool:
        """Whether everything was as told."""
        return (
            all(step.ok for step in self.steps)
            and not self.burst.errors
            and {"cerebras", "zai"} <= self.burst.providers
            and not self.refused
        )


def start(
    folder: Path,
    record_path: Path,
    environment: Mapping[str, str],
    *,
    stop: StopRequest,
    tell: Callable[[str], None],
) -> Up:
    """Start simulated providers and the proxy on a free port.

    Args:
        folder: State folder to work in.
        record_path: Where the run record goes.
        environment: The user's.
        stop: Looked at while waiting.
        tell: Is told what is going on.

    Raises:
        CcglmError: As `bring_up`.
    """
    paths = Paths(settings=folder / "ccglm.yaml", state=folder)
    request = UpRequest(paths, record_path, environment, "auto", demo=True)
    return bring_up(request, stop=stop, tell=tell)


def show(up: Up, tell: Callable[[str], None]) -> DemoReport:
    """Run the session and the burst on a proxy that `start` started."""
    assert up.demo is not None, "the demo starts its own simulator"
    token = read_dotenv(up.demo.paths.secrets)[MASTER_KEY_VARIABLE]
    simulator = SimulatorControl(up.demo.control)
    # The burst is about Cerebras' request quota alone; Z.ai's limit on parallel requests is another story.
    simulator.knobs(cerebras_rpm=0, zai_concurrency=0)
    return asyncio.run(_show(up.record.address, token, simulator, tell))


async def _show(
    address: str, token: str, simulator: SimulatorControl, tell: Callable[[str], None]
) -> DemoReport:
    async with MessagesClient(address, token) as client:
        tell("a session: text, thinking, a tool, token counting")
        steps = await run_session(client)
        tell(f"{BURST_REQUESTS} requests at once, Cerebras allows {CEREBRAS_RPM} a minute")
        simulator.knobs(cerebras_rpm=CEREBRAS_RPM)
        burst = await run_burst(client, BURST_REQUESTS)
    log = simulator.log(bodies=False)
    return DemoReport(
        tuple(steps),
        burst,
        tuple(_refusal(record) for record in log if _is_refusal(record)),
        sum(record.status == _QUOTA_STATUS for record in log),
    )


def _is_refusal(record: RecordedRequest) -> bool:
    return record.status >= 400 and record.status != _QUOTA_STATUS


def _refusal(record: RecordedRequest) -> str:
    return f"{record.provider} {record.path}: {record.status} {record.refused or record.error_code}"


def report_view(report: DemoReport) -> Result:
    """Return the demo's answer: the session, who served what, and the verdict."""
    session = Table(
        ("session", "", "served by", "took", "what came back"),
        [
            (
                step.name,
                "ok" if step.ok else "fail",
                step.served_by or "ccglm itself",
                duration(step.duration_ms / 1000),
                step.detail,
            )
            for step in report.steps
        ],
        right=frozenset({"took"}),
    )
    burst = Table(
        (f"{BURST_REQUESTS} requests at once", "answered", "median", "why"),
        [_burst_row(member, report.burst) for member in report.burst.served],
        right=frozenset({"answered", "median"}),
    )
    problems = [*report.burst.errors, *report.refused]
    verdict = (
        f"all as told: {BURST_REQUESTS} of {BURST_REQUESTS} answered, none lost to the quota"
        if report.ok
        else "not as told: see what failed above"
    )
    return Result(
        {
            "passed": report.ok,
            "session": [vars(step) for step in report.steps],
            "burst": report.burst.document(),
            "refused": list(report.refused),
            "over_quota": report.over_quota,
        },
        [session, "", burst, "", *problems, verdict],
    )


def _burst_row(member: str, burst: BurstResult) -> tuple[str, ...]:
    answers = [a for a in burst.answers if a.ok and a.served_by == member]
    times = sorted(answer.duration_ms for answer in answers)
    return (member, str(len(answers)), duration(times[len(times) // 2] / 1000), _why(answers))


def _why(answers: list[Answer]) -> str:
    causes = sorted({answer.fallback for answer in answers if answer.fallback})
    return f"the provider before it: {', '.join(causes)}" if causes else "first in the chain"


def try_by_hand() -> dict[str, Any]:
    """Return what to do next, as title to command."""
    return {
        "Claude Code on the simulated providers": "ccglm up --demo --detach && ccglm code",
        "Claude Code on your own keys": "ccglm init && ccglm up --detach && ccglm code",
    }
