"""Work for the second thread is done in order, never far ahead, and its errors come back."""

import threading

import pytest

from jobmill_engines.scan.hand_off import WAITING, HandOff


def test_steps_are_done_in_order_on_another_thread() -> None:
    done: list[tuple[int, int]] = []
    with HandOff() as behind:
        for number in range(50):
            behind.give(lambda number=number: done.append((number, threading.get_ident())))
        behind.drain()
        assert [number for number, _ in done] == list(range(50))
    assert {thread for _, thread in done} != {threading.get_ident()}
    assert len({thread for _, thread in done}) == 1


def test_who_gives_waits_while_too_many_are_unfinished() -> None:
    gate, given = threading.Event(), threading.Semaphore(0)
    with HandOff() as behind:

        def giver() -> None:
            for _ in range(WAITING + 2):
                behind.give(lambda: gate.wait(10) and None)
                given.release()

        thread = threading.Thread(target=giver)
        thread.start()
        for _ in range(WAITING + 1):
            assert given.acquire(timeout=10)
        assert not given.acquire(timeout=0.1)
        gate.set()
        assert given.acquire(timeout=10)
        thread.join(10)


def test_an_error_comes_out_and_what_follows_is_dropped() -> None:
    done: list[str] = []

    def fail() -> None:
        raise ValueError("broken")

    with HandOff() as behind:
        behind.give(fail)
        behind.give(lambda: done.append("after"))
        with pytest.raises(ValueError, match="broken"):
            behind.drain()
        with pytest.raises(ValueError, match="broken"):
            behind.give(lambda: done.append("later"))
    assert done == []


def test_leaving_with_an_error_ends_the_thread() -> None:
    before = threading.active_count()
    with pytest.raises(KeyError), HandOff():
        raise KeyError
    assert threading.active_count() == before
