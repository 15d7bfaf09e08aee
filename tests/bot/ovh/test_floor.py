"""Threads that speak with OVH run one after the other, and none of them waits for another's answer."""

import threading
import time

from bot.ovh.floor import Floor


def test_one_thread_at_a_time_has_the_floor():
    floor, inside, most = Floor(), [], []

    def speak() -> None:
        for _ in range(20):
            with floor.taken():
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.0005)
                inside.pop()

    _all(speak, 4)
    assert max(most) == 1


def test_who_waits_for_the_wire_lets_others_speak(monkeypatch):
    # Whoever did not leave the floor would keep the others from coming, for longer than they are waited for.
    monkeypatch.setattr("bot.ovh.floor._PATIENCE", 10.0)
    floor, met = Floor(), []
    all_wait = threading.Barrier(8)

    def wait() -> None:
        with floor.taken(), floor.left():
            all_wait.wait(timeout=5)
            met.append(1)
            time.sleep(0.2)

    begun = time.monotonic()
    _all(wait, 8)
    assert len(met) == 8
    assert time.monotonic() - begun < 1.0  # one after the other they would need 1.6 s


def test_a_thread_that_holds_the_floor_too_long_holds_up_nobody():
    floor, has_it, go_on = Floor(), threading.Event(), threading.Event()

    def stuck() -> None:
        with floor.taken():
            has_it.set()
            go_on.wait(5)

    thread = threading.Thread(target=stuck)
    thread.start()
    has_it.wait(5)
    begun = time.monotonic()
    with floor.taken(), floor.left():
        pass
    assert time.monotonic() - begun < 2
    go_on.set()
    thread.join()


def test_waiting_without_the_floor_does_not_take_it():
    floor, waits = Floor(), []
    with floor.left():
        pass

    def speak() -> None:
        begun = time.monotonic()
        with floor.taken():
            waits.append(time.monotonic() - begun)

    _all(speak, 1)
    assert waits[0] < 0.09  # it was free


def _all(work, count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
