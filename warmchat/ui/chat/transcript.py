"""The turns on the screen: a window over the session, for a widget per message does not scale to a long one.

Mounting 300 answers takes 13 seconds and makes a key press take 0.6; twenty take under one. So the newest turns stand
here, earlier ones come when the reader scrolls to them, and far ones go.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cached_cell_len
from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from warmchat.ui.chat.aside import Aside
from warmchat.ui.chat.laid_once import LaidOnce, Lines
from warmchat.ui.chat.turn_view import LookOfReply, Looks, TurnView
from warmchat.ui.chat.window_rule import WindowRule, window_start
from warmchat.ui.voice_look import VoiceLook
from warmchat.ui.words import window_words

if TYPE_CHECKING:
    from warmchat.domain.turn import Turn

FIRST = 12  # mounted when a session is opened
STEP = 2  # mounted more when the reader comes near: ten at once would hold up a key by a fifth of a second
AHEAD = 2  # screens above the reader that are mounted before they are asked for
MOST = 60  # beyond it the far end goes


class Transcript(VerticalScroll, LaidOnce, can_focus=False):
    """The conversation. It stays at the end while the reader is there, and where the reader put it otherwise."""

    def __init__(
        self, *, looks: Looks, look_of_reply: LookOfReply, reference: Callable[[], VoiceLook],
        aside_of: Callable[[str], Aside],
    ) -> None:  # fmt: skip
        super().__init__()
        self._aside_of = aside_of
        self._looks = looks
        self._look_of_reply = look_of_reply
        self._reference = reference
        self._source: Callable[[], Sequence[Turn]] = tuple
        self._first = 0  # index of the first mounted turn
        self._changing = asyncio.Lock()  # other turns are being mounted
        self._let_go_of = 0  # turns that were taken from the screen since they were cleared away
        self._unheld = False  # they are, but the reader has not been brought back to their line yet
        self._welcome = Lines(Content(""), markup=False, id="welcome")
        self._earlier = Lines(Content(""), markup=False, id="earlier")
        self._earlier.display = False
        self._rule = WindowRule()
        self._none_read: str | None = None  # id of a turn that could read no earlier one
        self.chosen: TurnView | None = None
        self.pending: set[str] = set()

    def compose(self) -> ComposeResult:
        yield self._welcome
        yield self._earlier
        yield self._rule

    def on_mount(self) -> None:
        self.anchor()

    # ---- what is shown

    @property
    def views(self) -> list[TurnView]:
        """The mounted turns, oldest first."""
        return [child for child in self.children if isinstance(child, TurnView)]

    def view(self, turn_id: str) -> TurnView | None:
        """The view of a turn, or None where it is not mounted."""
        return next((view for view in self.views if view.turn_id == turn_id), None)

    def welcome(self, text: Content) -> None:
        """What stands here while there are no turns."""
        self._welcome.update(text)
        self._welcome.display = not self.views

    async def show(self, source: Callable[[], Sequence[Turn]]) -> None:
        """Show a session, its newest turns first."""
        self._source = source
        if self.chosen is not None:
            self.chosen.remove_class("-chosen")
        self.chosen = None
        self.to_end()  # now: nobody scrolls while what is mounted goes
        async with self._changing:
            await self._let_go(self.views)
            turns = source()
            self._first = max(0, len(turns) - FIRST)
            self._welcome.display = not turns
            await self.mount_all(self._made(turns[self._first :]))
        self._say_earlier()
        self.mark_window()
        self.to_end()
        self.call_after_refresh(self._settle)
        self.call_after_refresh(self._fill)

    async def go_to(self, turn_id: str) -> None:
        """Choose a turn; where it is not mounted, mount it with those around it."""
        turns = self._source()
        at = next((index for index, turn in enumerate(turns) if turn.id == turn_id), None)
        if at is None:
            return
        if self.view(turn_id) is None:
            async with self._changing:
                await self._let_go(self.views)
                self._first = max(0, at - FIRST // 2)
                await self.mount_all(self._made(turns[self._first : self._first + FIRST]))
            self._say_earlier()
            self.mark_window()
        self.choose(self.view(turn_id))

    async def follow_path(self) -> None:
        """The path leads elsewhere from some turn on: what stands before that turn stays where it is."""
        turns, views = self._source(), self.views
        here = turns[self._first :]
        same = 0
        while same < min(len(views), len(here)) and views[same].turn_id == here[same].id:
            same += 1
        if not same:
            await self.show(self._source)
            return
        self.chosen = None
        await self.remove_children(views[same:])
        await self.mount_all(self._made(here[same : same + FIRST]))
        self.show_asides()
        self.mark_window()

    def show_asides(self) -> None:
        """Say anew what stands beside each turn."""
        for view in self.views:
            if view.turn_id:
                view.show_aside(self._aside_of(view.turn_id))

    async def replace_view(self, turn: Turn) -> None:
        """Draw a turn anew, where it is mounted."""
        old = self.view(turn.id)
        if old is not None:
            (new,) = self._made([turn])
            await self.mount(new, after=old)
            await old.remove()
            if self.chosen is old:
                self.choose(new)

    async def begin(self, text: str, profile: str, *, off_record: bool) -> TurnView:
        """A new turn at the end, from the message alone."""
        if self._far_end_gone:
            await self.show(self._source)
        self.choose(None)
        self._welcome.display = False
        view = TurnView(text, look=self._looks(profile), look_of_reply=self._look_of_reply,
                        reference=self._reference(), off_record=off_record)  # fmt: skip
        await self.mount(view)
        await self._drop_far_beginning()
        self._settle()
        self.to_end()
        return view

    async def forget(self, view: TurnView) -> None:
        """Take back a turn that was never opened."""
        await view.remove()
        self._welcome.display = not self.views

    def mark_window(self, *, none_read_by: str | None = None) -> None:
        """Draw the rule where the window of the voice that spoke last begins.

        Args:
            none_read_by: a turn that can read no earlier one; an empty `Turn.window` alone may mean that nothing is
                known of it.
        """
        self._none_read = none_read_by or self._none_read
        turns = self._source()
        start = window_start(turns, none_read=self._none_read)
        first = self.view(turns[start].id) if start else None
        self._rule.display = first is not None
        if first is not None:
            self._rule.words = window_words(self._looks(turns[-1].profile).name.lower(), start)
            self.move_child(self._rule, before=first)

    # ---- the window of mounted turns

    @property
    def _far_end_gone(self) -> bool:
        """The newest turns are not mounted: the reader is far up."""
        views, newest = self.views, self._source()[-1:]
        return bool(views) and views[-1].turn_id not in {"", *(turn.id for turn in newest)}

    def _settle(self) -> None:
        """Let only the turns within a screen of what the reader sees take part in the layout."""
        if not self.is_attached:
            return
        # What is marked with the mouse may reach further than what is seen. A new turn must be laid out once.
        y, height, all_of_it = 0, self.size.height, bool(self.screen.selections)
        for child in self.displayed_children:
            end = y + child.outer_size.height
            if isinstance(child, TurnView):
                near = end >= self.scroll_y - height and y <= self.scroll_y + 2 * height
                child.out_of_sight = end > y and not near and not all_of_it
            y = end + child.styles.margin.bottom

    async def load_earlier(self) -> None:
        """Mount the turns before the first mounted one; the reader stays at the same line."""
        if self._first == 0 or self._changing.locked() or self._unheld:
            return
        async with self._changing:
            start = max(0, self._first - STEP)
            views = self._made(self._source()[start : self._first])
            held = self.views[0] if self.views else None
            before = held.virtual_region.y if held is not None else 0
            self._first = start
            await self.mount_all(views, after=self._earlier)
            await self._drop_far_end()
        self._say_earlier()
        self.mark_window()
        if held is not None:
            self._unheld = self.call_after_refresh(self._hold, held, before)

    def _fill(self) -> None:
        """Go on mounting earlier turns until enough of them stand above the reader."""
        if self._near_top and (self._anchor_released or len(self.views) < MOST):
            self.call_next(self.load_earlier)

    def _fill_later(self) -> None:
        if self.scroll_y >= self.max_scroll_y - AHEAD * self.size.height:
            self.call_next(self.load_later)

    def _hold(self, view: TurnView, y: int, scroll_y: float | None = None) -> None:
        """Let a view stay where it was on the screen, though other turns came or went before it.

        Args:
            y: where it stood among the turns. scroll_y: where the reader was; None: there is the reader still.
        """
        if view.is_attached and self._anchor_released:  # else gone back to the end meanwhile, or never left it
            was = self.scroll_y if scroll_y is None else scroll_y
            self.scroll_to(y=was + view.virtual_region.y - y, animate=False, immediate=True)
        self._unheld = False
        if not view.is_attached:
            return
        if scroll_y is None:
            self._fill()
        else:
            self._fill_later()

    @property
    def _near_top(self) -> bool:
        """Little stands above: what comes next is mounted before it is asked for."""
        return self.scroll_y < AHEAD * self.size.height

    async def _drop_far_end(self) -> None:
        views = self.views
        if len(views) > MOST and not self.pending and all(view.turn_id for view in views):
            self.release_anchor()
            await self._let_go(views[MOST:])

    async def _drop_far_beginning(self, keep: int = FIRST) -> None:
        views = self.views
        if len(views) > MOST:
            gone = len(views) - keep
            self._first += gone
            await self._let_go(views[:gone])
            self._say_earlier()
            self.mark_window()

    async def _let_go(self, views: Sequence[TurnView]) -> None:
        """Take turns from the screen. Their widgets know each other, so nothing but the collector frees them, and it
        sleeps until there are millions (see `warmchat.__main__`): an evening's turns took half as much memory again."""
        await self.remove_children(views)
        self._let_go_of += len(views)
        if self._let_go_of >= MOST - FIRST:
            self._let_go_of = 0
            self.call_after_refresh(_clear_away)

    async def load_later(self) -> None:
        """Mount the turns after the last mounted one, where the far end had gone; the reader stays at the same line."""
        if self._changing.locked() or self._unheld or not self._far_end_gone:
            return
        async with self._changing:
            self.release_anchor()  # the end of what is mounted is not the end
            views, turns = self.views, self._source()
            last = next((i for i, t in enumerate(turns) if t.id == views[-1].turn_id), len(turns) - 1)
            held = views[-1]
            before, at = held.virtual_region.y, self.scroll_y
            await self.mount_all(self._made(turns[last + 1 : last + 1 + STEP]))
            await self._drop_far_beginning(keep=MOST)
        self.mark_window()
        self._unheld = self.call_after_refresh(self._hold, held, before, at)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._settle()
        if not self._anchor_released or self._unheld:
            return  # nobody moved: the end grew, or everything is being shown anew, or turns came above the reader
        if new_value < old_value:
            self._fill()
        elif new_value > old_value:
            self._fill_later()

    def _made(self, turns: Sequence[Turn]) -> list[TurnView]:
        reference = self._reference()
        return [
            TurnView.of(t, looks=self._looks, look_of_reply=self._look_of_reply, reference=reference,
                        pending=t.id in self.pending, aside=self._aside_of(t.id))
            for t in turns
        ]  # fmt: skip

    def _say_earlier(self) -> None:
        self._earlier.display = self._first > 0
        turns = "turn" if self._first == 1 else "turns"
        self._earlier.update(Content(f"↑ {self._first:,} earlier {turns}: scroll up"))

    # ---- moving

    def to_end(self) -> None:
        """Go to the end of what is mounted and stay there."""
        self.anchor()

    async def to_newest(self) -> None:
        """Go to the newest turn and stay there; none is chosen any more."""
        if self._far_end_gone:
            await self.show(self._source)
        else:
            self.choose(None)

    async def to_start(self) -> None:
        """Go to the first mounted turn; at it, load those before."""
        if self.scroll_y <= 0:
            await self.load_earlier()
        self.scroll_home(animate=False)

    async def page(self, direction: int) -> None:
        """Move by almost a page."""
        if direction < 0 and self.scroll_y <= 0:
            await self.load_earlier()
        self.scroll_relative(y=direction * max(1, self.size.height - 2), animate=False)

    async def walk(self, step: int) -> None:
        """Choose the turn before or after the chosen one; before any is chosen, the newest."""
        views = [view for view in self.views if view.turn_id]
        if not views:
            return
        if self.chosen is None or self.chosen not in views:
            self.choose(views[-1] if step < 0 else None)
            return
        index = views.index(self.chosen) + step
        if index < 0:
            await self.load_earlier()
            views = [view for view in self.views if view.turn_id]
            index = max(0, views.index(self.chosen) + step)
        self.choose(views[index] if index < len(views) else None)

    def choose(self, view: TurnView | None) -> None:
        """Mark a turn as the one that the keys mean; None goes back to the newest."""
        if self.chosen is not None:
            self.chosen.remove_class("-chosen")
        self.chosen = view
        if view is None:
            self.to_end()
            return
        view.add_class("-chosen")
        self.release_anchor()
        self.call_after_refresh(self._bring_into_view, view)  # after `_hold`, where earlier turns were just mounted

    def _bring_into_view(self, view: TurnView) -> None:
        if view is self.chosen and view.is_attached:
            self.scroll_to_widget(view, animate=False, top=view.size.height > self.size.height)


def _clear_away() -> None:
    """Free what was let go. Textual remembers where the text of a thousand widgets stands, together with the lines that
    they have drawn, long after they are gone, and Rich how wide each of four thousand texts is: ten megabytes, which an
    evening slowly fills."""
    StylesCache.get_inner_outer.cache_clear()
    cached_cell_len.cache_clear()
    gc.collect()
