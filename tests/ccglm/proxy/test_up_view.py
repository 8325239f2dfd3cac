"""What `up` says names the address, the chains and the next command."""

from dataclasses import replace

import pytest

from ccglm.proxy.up import Up
from ccglm.proxy.up_view import next_step, parse_port, up_view
from tests.helpers.launches import a_record

CHAINS = {"main": ["cerebras/a", "zai/b"], "fast": ["zai/c"]}


@pytest.mark.parametrize(("text", "port"), [("auto", "auto"), ("1", 1), ("65535", 65535)])
def test_a_port_is_a_number_or_auto(text: str, port: object) -> None:
    assert parse_port(text) == port


@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "4000x", "٣", "Auto"])
def test_anything_else_is_no_port(text: str) -> None:
    with pytest.raises(ValueError, match="is not a port"):
        parse_port(text)


def test_a_proxy_that_ran_already_is_told_apart() -> None:
    view = up_view(Up(a_record(), CHAINS), took_s=0.5)
    assert view.blocks == [
        "already running on http://127.0.0.1:4000 (process 4242)",
        "  main  cerebras/a, then zai/b",
        "  fast  zai/c",
    ]
    assert view.data["already_running"] is True
    assert view.data["chains"] == CHAINS
    assert view.data["port"] == 4000


def test_the_next_step_says_how_it_ends() -> None:
    up = Up(replace(a_record(), detached=True), CHAINS)
    assert "`ccglm code`" in next_step(up)
    assert "`ccglm down` stops it" in next_step(up)
