from datetime import timedelta

import pytest

from kindred_common.observability.health import Health
from kindred_common.observability.metrics import Metrics
from kindred_common.testing.clocks import FakeClock


def test_a_process_without_loops_is_live_and_ready() -> None:
    health = Health(FakeClock())

    assert health.live().status == 200
    assert health.ready().status == 200


def test_a_loop_is_live_at_once_but_not_ready_before_it_says_so() -> None:
    health = Health(FakeClock())
    loop = health.loop("consumer")

    assert health.live().status == 200
    assert health.ready().status == 503

    loop.set_ready(True)
    assert health.ready().status == 200

    loop.set_ready(False, "no partitions assigned")
    report = health.ready().as_json()
    assert report["status"] == "failing"
    assert report["loops"] == [
        {
            "name": "consumer",
            "live": True,
            "ready": False,
            "seconds_since_progress": 0.0,
            "reason": "no partitions assigned",
        }
    ]


def test_a_loop_that_stalls_is_neither_live_nor_ready_until_it_goes_round_again() -> None:
    clock = FakeClock()
    health = Health(clock)
    loop = health.loop("relay", stall_after=timedelta(seconds=30))
    loop.set_ready(True)

    clock.advance(timedelta(seconds=30))
    assert health.live().status == 200

    clock.advance(timedelta(seconds=1))
    assert health.live().status == 503
    assert health.ready().status == 503
    assert health.live().loops[0].reason == "stalled"

    loop.tick()
    assert health.live().status == 200
    assert health.ready().status == 200


def test_one_failing_loop_fails_the_process() -> None:
    health = Health(FakeClock())
    health.loop("relay").set_ready(True)
    health.loop("consumer")

    assert health.ready().status == 503


def test_two_loops_cannot_hide_behind_one_name() -> None:
    health = Health(FakeClock())
    health.loop("relay")

    with pytest.raises(ValueError, match="registered already"):
        health.loop("relay")


def test_progress_is_measured() -> None:
    clock, metrics = FakeClock(), Metrics()
    Health(clock, metrics).loop("relay").tick()

    expected = f'kindred_last_progress_timestamp_seconds{{loop="relay"}} {clock.now().timestamp()}'
    value = metrics.last_progress_timestamp_seconds.labels(loop="relay")
    assert expected.split(" ", maxsplit=1)[0] in metrics.render().decode()
    assert value._value.get() == clock.now().timestamp()
