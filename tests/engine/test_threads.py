"""Threads give way to other programs and come back."""

from dataclasses import dataclass

from warmchat.engine.llama.threads import (
    CALM_LOOKS,
    FIRST_LOOK_S,
    LOOK_EVERY_S,
    Load,
    ThreadPacer,
    read_load,
    usable_threads,
)


@dataclass
class Machine:
    """A machine of two cores on which others use `others` of them."""

    now: float = 0.0
    machine: float = 0.0
    own: float = 0.0
    parent: float = 0.0

    def load(self) -> Load:
        return Load(self.machine, self.own, self.parent)

    def clock(self) -> float:
        return self.now

    def passes(self, seconds: float, *, own: float, others: float, parent: float = 0.0) -> None:
        """Of what `others` take, `parent` is taken by our parent process."""
        self.parent += parent * seconds
        self.now += seconds
        self.own += own * seconds
        self.machine += (own + others) * seconds


def pacer(machine: Machine, *, fixed: bool = False) -> ThreadPacer:
    return ThreadPacer(2, 2, fixed=fixed, load=machine.load, clock=machine.clock)


def test_alone_it_uses_all() -> None:
    machine = Machine()
    p = pacer(machine)
    for _ in range(5):
        machine.passes(LOOK_EVERY_S, own=2, others=0.1)
        assert p.threads() == 2


def test_what_may_be_the_coarseness_of_the_counters_is_looked_at_twice() -> None:
    machine = Machine()
    p = pacer(machine)
    for others, threads in ((0.6, 2), (0.1, 2), (0.6, 2), (0.6, 1)):
        machine.passes(LOOK_EVERY_S, own=1.4, others=others)
        assert p.threads() == threads


def test_the_screen_that_draws_our_text_is_no_reason_to_give_way() -> None:
    machine = Machine()
    p = pacer(machine)
    machine.passes(LOOK_EVERY_S, own=1.5, others=0.6, parent=0.3)
    assert p.threads() == 2
    for _ in range(2):
        machine.passes(LOOK_EVERY_S, own=1, others=1, parent=1)
        p.threads()
    assert p.threads() == 1, "a parent that computes for long is a busy program like any other"


def test_beside_a_busy_program_it_gives_way_at_the_first_look_and_comes_back_when_calm() -> None:
    machine = Machine()
    p = pacer(machine)
    machine.passes(LOOK_EVERY_S, own=1, others=1)
    assert p.threads() == 1
    for _ in range(CALM_LOOKS - 1):
        machine.passes(LOOK_EVERY_S, own=1, others=0)
        assert p.threads() == 1
    machine.passes(LOOK_EVERY_S, own=1, others=0)
    assert p.threads() == 2


def test_after_a_rest_it_looks_again_soon_and_at_nothing_of_before() -> None:
    machine = Machine()
    p = pacer(machine)
    machine.passes(60, own=0, others=2)  # resting while others worked
    assert p.threads() == 2
    machine.passes(FIRST_LOOK_S, own=1, others=1)
    assert p.threads() == 1


def test_never_under_one_never_over_the_most() -> None:
    machine = Machine()
    p = pacer(machine)
    machine.passes(LOOK_EVERY_S, own=0.1, others=9)
    assert p.threads() == 1
    for _ in range(9):
        machine.passes(LOOK_EVERY_S, own=9, others=-9)
    assert p.threads() <= 2


def test_between_looks_and_when_fixed_nothing_is_asked() -> None:
    machine = Machine()
    p = pacer(machine)
    machine.passes(LOOK_EVERY_S, own=2, others=0)
    assert p.threads() == 2
    machine.passes(LOOK_EVERY_S / 3, own=0, others=2)
    assert p.threads() == 2
    fixed = pacer(machine, fixed=True)
    machine.passes(LOOK_EVERY_S, own=0, others=2)
    assert fixed.threads() == 2


def test_the_real_counters_go_forward() -> None:
    before = read_load()
    while (after := read_load()).own == before.own:
        sum(range(10_000))
    assert after.machine >= before.machine - 0.1  # the kernel takes a few ticks back now and then
    assert usable_threads() >= 1
