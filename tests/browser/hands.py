"""A person at work in a window: the same job by mouse, by keyboard alone, and on a phone without scripts."""

import re
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from teams.models import User
from tests.browser.conftest import Window

#: As many stops as the longest page has, and some more: then what is looked for cannot be reached.
STOPS = 500
SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
#: So many are pressed before it is asked what they met; it is the asking that takes long.
AT_ONCE = 12
#: What is wrong with where the keyboard is: it is nowhere, or on something that does not show it.
FOCUS = """() => {
    const here = document.activeElement
    if (!here || here === document.body) return "nowhere"
    const ring = getComputedStyle(here)
    const box = here.getBoundingClientRect()
    const ringed = ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) > 0
        && !/^(transparent|rgba\\(.*, 0\\))$/.test(ring.outlineColor)
    const seen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0
        && box.top < innerHeight && box.left < innerWidth
    return ringed && seen ? "" : `${ringed ? "out of sight" : "not ringed"}: ${here.outerHTML.slice(0, 200)}`
}"""
#: From now on every stop is noted. Where the wanted one has the focus it keeps it; if a swap has taken it away, nothing
#: moves until it is looked for anew.
WATCH = f"""wanted => {{
    const trouble = {FOCUS}
    const told = new AbortController()
    const there = () => document.activeElement === wanted
    window.met = {{stops: [], there, end: () => told.abort()}}
    addEventListener("keydown", press => {{
        if (press.key === "Tab" && (there() || !wanted.isConnected)) press.preventDefault()
        else met.moved = true
    }}, {{capture: true, signal: told.signal}})
    addEventListener("keyup", () => {{
        if (met.moved) met.stops.push(trouble())
        met.moved = false
    }}, {{capture: true, signal: told.signal}})
}}"""
MET = "() => { met.end(); return {stops: met.stops, there: met.there()} }"


@dataclass(frozen=True)
class Way:
    """How somebody works."""

    width: int
    scheme: Literal["light", "dark"]
    by: Literal["mouse", "keyboard", "finger"] = "mouse"
    script: bool = True


#: Each job is played so: both sheets, both widths, with every kind of hand.
WAYS = {
    "by mouse, on a light desktop": Way(1440, "light"),
    "by keyboard alone, on a dark phone": Way(390, "dark", by="keyboard"),
    "without scripts, on a light phone": Way(390, "light", by="finger", script=False),
}


class Hands:
    """One person's hands, from log-in to log-out."""

    def __init__(self, window: Window, way: Way) -> None:
        self.way = way
        # Nobody's window yet: the person logs in by the form.
        self.page: Page = window(width=way.width, scheme=way.scheme, script=way.script, touch=way.by == "finger")

    def log_in(self, username: str, *, to: str = "/") -> None:
        """By the form that everybody meets first."""
        person = User.objects.get(username=username)
        person.set_password("a long way to go")
        person.save(update_fields=["password"])
        self.page.goto(to)
        self.write(self.page.get_by_label("E-mail address or user name"), username)
        self.write(self.page.get_by_label("Password"), "a long way to go")
        self.press(self.page.get_by_role("button", name="Log in"))

    def log_out(self) -> None:
        """By the menu of the own name."""
        self.press(self.page.locator(".masthead .menu summary"))
        self.press(self.page.get_by_role("button", name="Log out"))
        expect(self.page).to_have_url(re.compile("/accounts/login/"))

    def stands_on(self, heading: str | re.Pattern[str]) -> None:
        """A page has come, under this heading, and does not stick out at the side."""
        expect(self.page.locator("h1")).to_have_text(heading)
        self.page.wait_for_load_state()  # its heading can be there before its stylesheet is
        assert not self.page.evaluate(SCROLLS), heading

    def press(self, control: Locator) -> None:
        """A link, a button, or what opens something."""
        if self.way.by == "keyboard":
            self.reach(control)
            self.page.keyboard.press("Enter")
        elif self.way.by == "finger":
            control.tap()
        else:
            control.click()

    def tick(self, box: Locator) -> None:
        """A check box."""
        if self.way.by == "keyboard":
            self.reach(box)
            self.page.keyboard.press("Space")
        else:
            box.check()

    def write(self, field: Locator, text: str) -> None:
        """Text into a field, in place of what stood there."""
        if self.way.by == "keyboard":
            self.reach(field)
            self.page.keyboard.press("ControlOrMeta+a")
            self.page.keyboard.type(text)
        else:
            field.fill(text)

    def choose(self, field: Locator, label: str) -> None:
        """One of a list; by keyboard, by the beginning of its name."""
        if self.way.by == "keyboard":
            self.reach(field)
            self.page.keyboard.type(label)
        else:
            field.select_option(label=label)

    def reach(self, control: Locator) -> None:
        """Tab until it has the focus. Every stop on the way shows that it has it; past the end it begins anew, once."""
        expect(control).to_be_visible()
        ends = 0
        for _ in range(STOPS // AT_ONCE):
            control.evaluate(WATCH)
            for _ in range(AT_ONCE):
                self.page.keyboard.press("Tab")
            met = self.page.evaluate(MET)
            for trouble in met["stops"]:
                if trouble == "nowhere" and not ends:
                    ends += 1
                    continue
                assert not trouble, trouble
            if met["there"]:
                return
        raise AssertionError(f"{control} is not reached by the keyboard")

    def hears(self, words: str) -> None:
        """A swap has said so in the region that screen readers listen to, and has left the focus somewhere."""
        if self.way.script:
            expect(self.page.locator("[data-notices]")).to_contain_text(words)
            # htmx settles a moment after it has swapped; the focus comes back then.
            focused = self.page.locator(":focus")
            expect(focused).to_have_count(1)
            trouble = self.page.evaluate(FOCUS) if self.way.by == "keyboard" else ""
            assert not trouble, trouble
