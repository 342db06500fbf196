"""Ports that others have are left to them, also where two could share one."""

import os
import socket
import subprocess

from host.demo.ports import Ports, belongs_to, is_free


def test_the_usual_port_is_chosen_once_and_then_the_next() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        free = held.getsockname()[1]
    ports = Ports()

    assert ports.choose(free, "the first") == free
    other = ports.choose(free, "the second")

    assert other > free
    assert ports.moved == [f"Port {free} is taken: the second is at {other}."]


def test_a_port_is_taken_whoever_has_it_on_either_address_of_localhost() -> None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "0.0.0.0")):
        with socket.create_server((host, 0), family=family) as held:
            assert not is_free(held.getsockname()[1])


def test_a_shared_port_belongs_to_nobody_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        assert belongs_to(port, os.getpid())
        with subprocess.Popen(["sleep", "60"]) as another:
            assert not belongs_to(port, another.pid)
            another.kill()
