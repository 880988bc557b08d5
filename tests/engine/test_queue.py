"""Who goes next."""

import threading
from dataclasses import dataclass

from warmchat.engine.protocol import Priority
from warmchat.engine.queue import CheckLine, JobQueue

PATIENCE = 10.0


@dataclass(eq=False)
class J:
    priority: Priority
    name: str


def test_the_visible_reply_goes_before_all_and_the_oldest_first() -> None:
    queue: JobQueue[J] = JobQueue()
    jobs = [J(Priority.NOISE, "n"), J(Priority.SHADOW, "s1"), J(Priority.SHADOW, "s2"), J(Priority.VISIBLE, "v"),
            J(Priority.ASKED, "a")]  # fmt: skip
    for job in jobs:
        queue.push(job)
    order = []
    while (first := queue.first()) is not None:
        order.append(first.name)
        queue.remove(first)
    assert order == ["v", "a", "s1", "s2", "n"]
    queue.remove(jobs[0])  # gone already: no error
    assert len(queue) == 0


def test_checks_go_one_at_a_time_oldest_first() -> None:
    line = CheckLine(cap=10)
    order: list[str] = []
    busy = threading.Lock()
    started = threading.Semaphore(0)

    def check(name: str, place: threading.Event) -> None:
        with line.place(name) as mine:
            place.set()
            started.release()
            assert mine.wait()
            assert busy.acquire(blocking=False), "two at once"
            order.append(name)
            busy.release()

    threads = []
    for name in "abcde":
        there = threading.Event()
        thread = threading.Thread(target=check, args=(name, there))
        thread.start()
        assert there.wait(PATIENCE)
        threads.append(thread)
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list("abcde")


def test_a_full_line_sends_its_oldest_away() -> None:
    line = CheckLine(cap=2)
    with line.place("served") as served:
        assert served.wait()
        with line.place("old") as old, line.place("mid") as mid, line.place("new"):
            assert not old.wait()
            assert line._waiting[0] == "mid"
            line.close()
            assert not mid.wait()


def test_closing_sends_everyone_away() -> None:
    line = CheckLine(cap=2)
    line.close()
    with line.place("late") as late:
        assert not late.wait()
