"""The process: ports, signals, and ending with its parent."""

import signal
import socket
import subprocess
import sys

import orjson
import pytest

from ccglm.simulator.server import HOST, Addresses, listen
from tests.helpers.provider_calls import CEREBRAS, a_body
from tests.helpers.raw_http import RawClient, fetch

COMMAND = [sys.executable, "-m", "ccglm.simulator", "--json", "--models", "legacy_glm"]


def start(*options: str) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    process = subprocess.Popen(
        [*COMMAND, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    return process, orjson.loads(process.stdout.readline())


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_and_cleanly(signum: signal.Signals) -> None:
    process, where = start("--knob", "tokens_per_s=5")
    with process, RawClient(where["api"]) as client:
        client.send(CEREBRAS, a_body(CEREBRAS, "tokens:5000", stream=True))
        client.head()
        process.send_signal(signum)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, b"", b"")


def test_it_ends_when_its_parent_closes_the_pipe_if_told_so() -> None:
    process, where = start("--until-stdin-closes")
    with process:
        assert fetch(where["api"], CEREBRAS, a_body(CEREBRAS)).status == 200
        process.communicate(timeout=10)
    assert process.returncode == 0


def test_addresses_fit_the_settings_they_are_for() -> None:
    where = Addresses.of(8_100, 8_200)
    assert where.cerebras_base == "http://127.0.0.1:8100/v1"
    assert where.zai_base == where.api == "http://127.0.0.1:8100"
    assert where.control == "http://127.0.0.1:8200"


def test_listening_takes_a_free_port_or_says_that_one_is_taken() -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        assert taken.getsockname()[0] == HOST
        with socket.create_connection((HOST, port)), pytest.raises(OSError, match="in use"):
            listen(port)
