"""A taken port is seen before anything is started, with who holds it."""

import os
import shutil
import socket
import sys

import pytest

from ccglm.errors import SettingsError
from ccglm.proxy.ports import Holder, find_holder, free_port, is_free


@pytest.mark.parametrize("bound", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_is_listened_on_is_not_free(bound: str) -> None:
    with socket.create_server((bound, 0)) as listener:
        port = listener.getsockname()[1]
        assert not is_free("127.0.0.1", port)
        holder = find_holder(port)
    assert holder is not None
    assert holder.pid == os.getpid()
    assert is_free("127.0.0.1", port)
    assert find_holder(port) is None


def test_a_port_on_the_newer_protocol_is_seen_too() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        port = listener.getsockname()[1]
        assert not is_free("::1", port)
        holder = find_holder(port)
        assert holder is not None
        assert holder.pid == os.getpid()


def test_a_free_port_is_free() -> None:
    assert is_free("127.0.0.1", free_port("127.0.0.1"))


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(SettingsError, match="no address") as caught:
        is_free(host, 4000)
    assert "server.host" in str(caught.value.hint)
    if host[0].isdigit():
        with pytest.raises(SettingsError, match="no address"):
            free_port(host)


def test_a_holder_is_named_for_people() -> None:
    assert Holder(12, "python -m http.server").describe() == "process 12 (`python -m http.server`)"
    assert Holder(12, "").describe() == "process 12"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such limit")
@pytest.mark.skipif(os.geteuid() == 0, reason="root may listen everywhere")
def test_a_port_only_root_may_use_is_explained() -> None:
    from ccglm.errors import PrerequisiteError

    with pytest.raises(PrerequisiteError, match="may not listen"):
        is_free("127.0.0.1", 80)


@pytest.mark.skipif(shutil.which("lsof") is None, reason="this machine has no lsof")
def test_systems_without_proc_are_asked_through_lsof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        holder = find_holder(listener.getsockname()[1])
    assert holder is not None
    assert holder.pid == os.getpid()
    assert find_holder(free_port("127.0.0.1")) is None


def test_without_lsof_nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("PATH", "")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert find_holder(listener.getsockname()[1]) is None
