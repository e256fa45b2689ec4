"""Tests run side by side in several processes: none is given a port that another one was."""

import socket
import subprocess
import sys

import pytest

from kindred_common.testing.ports import free_block, free_port

TAKES_MANY = """
from kindred_common.testing.ports import free_block, free_port
print(*(free_block() for _ in range(8)), *(free_port() for _ in range(100)), flush=True)
input()
"""


def test_no_two_processes_are_given_the_same_port() -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TAKES_MANY],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    try:
        given = [one.stdout.readline().split() for one in processes if one.stdout]
    finally:
        for one in processes:
            one.communicate("\n")
    assert [len(ports) for ports in given] == [108] * 3
    assert len({port for ports in given for port in ports}) == 3 * 108


@pytest.mark.parametrize("taken", [0, 57, 99])
def test_a_block_with_a_port_in_use_is_given_to_nobody(taken: int) -> None:
    base = free_block()
    with socket.create_server(("127.0.0.1", base + taken)):
        assert base not in {free_block() for _ in range(60)}


def test_what_is_given_can_be_listened_on() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server:
        assert server.getsockname()[1] == port
