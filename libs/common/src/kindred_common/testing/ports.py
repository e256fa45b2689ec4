"""Ports for tests that run side by side in several processes, below those that the machine gives to outgoing connections.

A port is free when nobody listens on it, but whoever asks binds it only later, and another process may have asked in between. Hence who is given
one also holds the UDP port of the same number, which nobody uses otherwise: the machine lets it go when the process ends, however it ends.
"""

import atexit
import socket
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from random import SystemRandom

_HOST = "127.0.0.1"
_BLOCKS = range(15_000, 25_000, 100)
_PORTS = range(25_000, 32_000)
_held_blocks: deque[socket.socket] = deque(maxlen=12)
_held_ports: deque[socket.socket] = deque(maxlen=256)


def free_port() -> int:
    """A port that nobody listens on and no other process was given of late."""
    return _take(_PORTS, 1, _held_ports)


def free_block() -> int:
    """The first of a hundred such ports, a multiple of 100."""
    return _take(_BLOCKS, 100, _held_blocks)


def _take(firsts: Sequence[int], count: int, held: deque[socket.socket]) -> int:
    for first in SystemRandom().sample(firsts, len(firsts)):
        with suppress(OSError), ExitStack() as looked_at:
            for port in range(first, first + count):
                probe = looked_at.enter_context(socket.socket())
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((_HOST, port))
            holder = _hold(first)
            if len(held) == held.maxlen:
                held.popleft().close()
            held.append(holder)
            return first
    raise RuntimeError(f"no port is free from {firsts[0]} to {firsts[-1]}")


def _hold(port: int) -> socket.socket:
    holder = socket.socket(type=socket.SOCK_DGRAM)
    try:
        holder.bind((_HOST, port))
    except OSError:
        holder.close()
        raise
    return holder


@atexit.register
def _let_go() -> None:
    for holder in (*_held_blocks, *_held_ports):
        holder.close()
