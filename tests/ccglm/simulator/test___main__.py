"""`python -m ccglm.simulator` as a person runs it."""

import subprocess
import sys

from tests.helpers.raw_http import fetch

COMMAND = [sys.executable, "-m", "ccglm.simulator"]


def test_it_prints_its_addresses_for_people() -> None:
    with subprocess.Popen(COMMAND, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = dict(process.stdout.readline().split() for _ in range(4))
        assert list(lines) == ["api", "control", "cerebras_base", "zai_base"]
        assert (
            fetch(
                lines["cerebras_base"].removesuffix("/v1"), "/v1/tcp_warming", b"", method="GET"
            ).status
            == 200
        )
        process.terminate()
        assert process.wait(10) == 0


def test_a_mistake_is_one_line_and_an_exit_code() -> None:
    done = subprocess.run(
        [*COMMAND, "--knob", "rpm=1"], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "error: knob `rpm`: extra inputs are not permitted\n"


def test_it_does_not_import_litellm() -> None:
    code = "import sys, ccglm.simulator.__main__; sys.exit('litellm' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
