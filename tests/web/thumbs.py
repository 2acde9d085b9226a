"""How does a test use the demo page? By what a thumb can do there and what an eye can see."""

import re
from pathlib import Path

from playwright.async_api import Locator, Page, expect

ARTEFACTS = Path(__file__).parents[2] / "artefacts"
PATIENCE = 20_000.0  # ms; the machine may be busy with other tests


class Thumbs:
    """One person before one window; `narrow` when it shows one phone at a time."""

    def __init__(self, page: Page, base: str, *, narrow: bool) -> None:
        self.page = page
        self.base = base
        self.narrow = narrow
        self.hosts: set[str] = set()
        self.errors: list[str] = []
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        page.on("console", lambda said: self.errors.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def open(self, query: str = "") -> None:
        """The page stands there and everyone has been welcomed."""
        await self.page.goto(f"{self.base}/{query}")
        await expect(self.page.locator("body")).to_have_attribute("data-ready", "yes", timeout=60_000)
        for phone in ("resident", "neighbour", "head", "property", "community"):
            await expect(self.messages(phone).first).to_be_attached(timeout=PATIENCE)

    def phone(self, person: str) -> Locator:
        return self.page.locator(f"#phone-{person}")

    def messages(self, person: str) -> Locator:
        """What the bot has said on that phone."""
        return self.phone(person).locator(".message.theirs")

    async def look_at(self, person: str) -> None:
        """On a narrow window its tab is tapped; on a wide one it is in sight already."""
        if self.narrow:
            await self.page.locator(f"#tab-{person}").click()
            await expect(self.page.locator(f"#tab-{person}")).to_have_attribute("aria-selected", "true")
            await expect(self.phone(person)).to_be_in_viewport(ratio=0.99)

    async def try_chip(self, person: str, words: str) -> None:
        """One of the sentences to try is tapped."""
        chips = self.phone(person).locator(".chips .chip") if self.narrow else self.page.locator("#try .chip")
        await self.look_at(person)
        await chips.and_(self.page.locator(f"[data-says*='{words}']")).click()

    async def say(self, person: str, text: str) -> None:
        """The words are typed and sent."""
        await self.look_at(person)
        box = self.phone(person).locator("textarea")
        await box.fill(text)
        await box.press("Enter")
        await expect(self.phone(person).locator(".message.mine", has_text=text).last).to_be_visible(timeout=PATIENCE)

    def key(self, person: str, label: str, *, on: str = "") -> Locator:
        """The newest button so labelled, under a message that has the words `on`."""
        card = self.messages(person).filter(has_text=on) if on else self.messages(person)
        return card.get_by_role("button", name=label, exact=True).last

    async def tap(self, person: str, label: str, *, on: str = "") -> None:
        """The button is tapped once it is there."""
        await self.look_at(person)
        await self.key(person, label, on=on).click(timeout=PATIENCE)

    async def sees(self, person: str, *words: str) -> None:
        """The phone shows a message with all these words."""
        found = self.messages(person)
        for one in words:
            found = found.filter(has_text=one)
        await expect(found.last).to_be_visible(timeout=PATIENCE)

    async def file_lift(self) -> str:
        """王阿姨 reports the lift with one chip, answers what is asked first, hands it in. The case's number."""
        said = self.messages("resident")
        receipts, newest = said.filter(has_text="收到了，编号"), said.last
        before = await said.count()
        await self.try_chip("resident", "电梯又停了")
        await expect(said).not_to_have_count(before, timeout=PATIENCE)
        submit = newest.get_by_role("button", name="对，提交", exact=True)
        for label in ("另一件", "知道了，接着办"):  # a draft or a closed case lies beside it; who never wrote before
            asked_first = newest.get_by_role("button", name=label, exact=True)
            await expect(newest.get_by_role("button").first).to_be_visible(timeout=PATIENCE)
            if await asked_first.is_visible():
                before = await said.count()
                await asked_first.click()
                await expect(said).not_to_have_count(before, timeout=PATIENCE)
        await submit.click(timeout=PATIENCE)
        # the newest message, not a count: receipts of earlier cases change their words as the clock goes on
        await expect(self.messages("resident").last).to_contain_text("收到了，编号", timeout=PATIENCE)
        found = re.search(r"编号(\d+)", await receipts.last.inner_text())
        assert found is not None
        return found.group(1)

    async def open_tools(self) -> None:
        """The controls are in sight: on a narrow window they are folded away."""
        if self.narrow and not await self.page.locator(".turns").is_visible():
            await self.page.locator("#more").click()

    async def turn_to_next(self) -> None:
        """The clock is turned to the next due moment, and has rung."""
        await self.turn("next")

    async def turn(self, by: str) -> None:
        """The clock is turned to what is "next", or by so many seconds, and everything on the way has rung."""
        await self.open_tools()
        button = self.page.locator(f"[data-turn='{by}']")
        await expect(button).to_be_enabled(timeout=PATIENCE)
        async with self.page.expect_response("**/demo/clock", timeout=2 * PATIENCE):
            await button.click(timeout=PATIENCE)
        await expect(self.page.locator("[data-turn='3600']")).to_be_enabled(timeout=PATIENCE)

    async def let_phones_rest(self) -> None:
        """By day, an hour or more later: no desk has just been rung, so the next card comes by itself, in no list."""
        await self.turn("3600")
        while not "09" <= (await self.page.locator("#office-time").inner_text())[:2] < "18":
            await self.turn("3600")

    async def break_something(self, fault: str) -> None:
        """The fault's row in the menu is tapped."""
        await self.open_tools()
        if not await self.page.locator("#faults").is_visible():
            await self.page.locator("#faults-open").click()
        await self.page.locator(f"#faults .{fault}").click()

    async def picture(self, name: str) -> None:
        """What the window shows now is kept in artefacts/."""
        ARTEFACTS.mkdir(exist_ok=True)
        await self.page.wait_for_timeout(250)  # for the newest card to be drawn and scrolled to
        await self.page.screenshot(path=ARTEFACTS / f"demo-{'narrow' if self.narrow else 'wide'}-{name}.png")

    async def sticking_out(self) -> list[str]:
        """The controls that do not fit between the window's edges."""
        found = await self.page.evaluate(
            "[...document.querySelectorAll('.bar button, .bar .child, .tab, .phone .composer, .ribbon')]"
            ".filter((one) => one.offsetParent && !one.closest('.phone:not(#phone-resident)'))"
            ".map((one) => [one, one.getBoundingClientRect()])"
            ".filter(([, box]) => box.right > innerWidth + 1 || box.left < -1)"
            ".map(([one]) => one.outerHTML.slice(0, 80))"
        )
        return list(found)

    def assert_clean(self) -> None:
        """Nothing was asked of any other host, and no script said a word."""
        assert self.hosts == {self.base.removeprefix("http://")}
        assert self.errors == []
