"""What may happen in a step? One deed of a person, the weather, the machine, or time itself, as the dice say."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from models.rules.failpoints import NAMES
from models.store.moments import to_text
from tests.sim.people import LEADS_ON, MATTERS, WORDS, verb_of
from tests.sim.telegram import Fate

if TYPE_CHECKING:
    from tests.sim.world import World

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
MANNED_AT_LEAST = 10
"""Offices that stay held: a street where nobody is left is another story."""


def draw(world: World) -> str:
    """One deed is done; its line for the log."""
    weights = [weight for weight, _ in DEEDS]
    deed = world.dice.choices([deed for _, deed in DEEDS], weights)[0]
    return deed(world)


def down_for(dice: random.Random) -> float:
    """Seconds until somebody starts a dead process again: mostly soon, now and then after days."""
    return dice.choices((1.0, 20.0, 5 * MINUTE, 3 * HOUR, 30 * HOUR, 3 * DAY), (8, 6, 4, 2, 1, 0.3))[0]


def make_peace(world: World) -> None:
    """Nothing goes wrong any more."""
    world.sky.fate, world.sky.cut, world.sky.repeats = (lambda method, chat: Fate.OK), False, 0.0
    for process in world.processes:
        process.dies_at.clear()
        process.stumbles_at.clear()


# people


def somebody(world: World) -> int:
    return world.dice.choice(list(world.people.members))


def tell(world: World) -> str:
    """A resident says what is wrong."""
    chat = world.dice.choice([one.chat for one in world.people.members.values() if not one.staff])
    words = world.dice.choice(MATTERS)
    world.people.say(chat, words)
    return f"{chat % 1000} tells {MATTERS.index(words)}"


def talk(world: World) -> str:
    """Somebody says something."""
    chat, words = somebody(world), world.dice.choice(WORDS)
    world.people.say(chat, words)
    return f"{chat % 1000} says {WORDS.index(words)}"


def go_on(world: World) -> str:
    """Whoever is asked something does what is asked."""
    waiting = [
        (chat, message, data)
        for chat in world.people.members
        for message, data in world.people.shown(chat, newest=2)
        if verb_of(data) in LEADS_ON
    ]
    if not waiting:
        return tell(world)
    chat, message, data = world.dice.choice(waiting)
    return _tap(world, chat, message, data)


def tap_anything(world: World) -> str:
    """Somebody taps any button, of their newest messages or of very old ones."""
    newest = world.dice.choice((1, 3, None))
    chats = [chat for chat in world.people.members if world.people.shown(chat, newest=1)]
    if not chats:
        return talk(world)
    chat = world.dice.choice(chats)
    message, data = world.dice.choice(world.people.shown(chat, newest=newest))
    return _tap(world, chat, message, data)


def _tap(world: World, chat: int, message: object, data: str) -> str:
    times = world.dice.choice((1, 1, 1, 2, 3))
    world.people.tap(chat, message, data, times=times)  # type: ignore[arg-type]
    return f"{chat % 1000} taps {data[:12]} ×{times}"


def block(world: World) -> str:
    chat = somebody(world)
    world.people.block(chat)
    return f"{chat % 1000} blocks"


def come_back(world: World) -> str:
    blocked = [chat for chat in world.people.members if world.people.blocked(chat)]
    if not blocked:
        return talk(world)
    chat = world.dice.choice(blocked)
    world.people.unblock(chat)
    return f"{chat % 1000} is back"


def start(world: World) -> str:
    chat = somebody(world)
    world.people.start(chat)
    return f"{chat % 1000} opens a link"


def crowd(world: World) -> str:
    """Many speak in one moment."""
    for _ in range(world.dice.randint(3, 8)):
        talk(world)
    return "a crowd speaks"


def lose_office(world: World) -> str:
    """Somebody holds their office no longer, from this moment."""
    rows = world.disk.rows("SELECT id, person_id FROM office WHERE ended_at IS NULL ORDER BY id")
    if len(rows) < MANNED_AT_LEAST:
        return talk(world)
    (office, person) = world.dice.choice(rows)
    world.disk.driver.execute("UPDATE office SET ended_at = ? WHERE id = ?", (to_text(world.now()), office))
    return f"person {person} loses an office"


def poison(world: World) -> str:
    """Something comes that no code was written for."""
    raw: dict[str, object] | bytes = world.dice.choice(POISON)
    if isinstance(raw, bytes):
        raw = raw.replace(b"@", str(world.sky.queue.next_id).encode())
        world.sky.queue.jump(world.sky.queue.next_id + 1)
    world.sky.messenger.push_raw(world.sky.bot, raw)
    return "poison comes"


PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")
"""A picture of one point."""
POISON: tuple[dict[str, object] | bytes, ...] = (
    {"message": {"message_id": "no number", "chat": {"id": 5200000001}, "from": {"id": 5200000001}}},
    {"poll_answer": {"poll_id": "1", "option_ids": []}},
    {"message": {"message_id": 1, "date": 1, "chat": {"id": -44, "type": "group"}, "text": "在吗"}},
    {"a kind of next year": {"chat": {"id": 5200000002}}},
    {"callback_query": {"id": "7", "from": {"id": 5200000003, "is_bot": False, "first_name": "x"}, "data": "no.thing"}},
)

# the network and the machine


def weather(world: World) -> str:
    """From now on the messenger is better or worse than it was."""
    dice = world.dice
    mood = dice.choice(tuple(MOODS))
    fates, weights = zip(*MOODS[mood].items(), strict=True) if MOODS[mood] else ((Fate.OK,), (1,))
    world.sky.fate = lambda method, chat: dice.choices(fates, weights)[0]
    world.sky.repeats = dice.choice((0.0, 0.0, 0.1, 0.5))
    world.sky.cut = mood == "cut"
    return f"the messenger is {mood}"


MOODS: dict[str, dict[Fate, float]] = {
    "well": {},
    "slow to say": {Fate.OK: 6, Fate.ANSWER_LOST: 2, Fate.LOST: 2},
    "strict": {Fate.OK: 7, Fate.HALTED: 3},
    "broken": {Fate.OK: 5, Fate.BROKEN: 3, Fate.BROKEN_LATE: 2},
    "picky": {Fate.OK: 9, Fate.REFUSED: 1},
    "cut": {},
    "everything": {Fate.OK: 5, Fate.ANSWER_LOST: 1, Fate.LOST: 1, Fate.HALTED: 1, Fate.BROKEN: 1, Fate.BROKEN_LATE: 1},
}


def plan_a_death(world: World) -> str:
    """One of the living will die at a line."""
    if not world.alive:
        return wake(world)
    process, name = world.dice.choice(world.alive), world.dice.choice(NAMES)
    process.dies_at[name] = world.dice.choice((1, 1, 2, 3, 5))
    return f"p{process.number} shall die at {name}:{process.dies_at[name]}"


def plan_a_stumble(world: World) -> str:
    """At a line of one of the living something fails once."""
    if not world.alive:
        return wake(world)
    process, name = world.dice.choice(world.alive), world.dice.choice(NAMES)
    process.stumbles_at[name] = world.dice.choice((1, 2, 4))
    return f"p{process.number} shall stumble at {name}:{process.stumbles_at[name]}"


def kill(world: World) -> str:
    if not world.alive:
        return wake(world)
    process = world.dice.choice(world.alive)
    world.kill(process.number)
    return f"p{process.number} is killed"


def wake(world: World) -> str:
    """Somebody looks, and starts what lies there."""
    dead = [one.number for one in world.processes if not one.alive]
    if not dead:
        return talk(world)
    number = world.dice.choice(dead)
    world.start(number)
    return f"p{number} is started"


def wait(world: World) -> str:
    """Time passes: minutes, hours, a night, a weekend."""
    seconds = world.dice.choices((5 * MINUTE, 40 * MINUTE, 3 * HOUR, 14 * HOUR, 3 * DAY), (6, 5, 4, 2, 0.5))[0]
    world.pass_time(seconds)
    return f"{seconds / HOUR:.1f} h pass"


def idle_week(world: World) -> str:
    """The messenger has nothing new for more than a week: the numbers of updates begin anew anywhere.

    Now and then it cannot be reached all that time, and what had waited is gone after 24 hours (not ours to keep).
    """
    queue, cut = world.sky.queue, world.dice.random() < 0.3
    if queue.pending and not cut:
        return wait(world)
    world.sky.cut = world.sky.cut or cut
    world.pass_time(8 * DAY)
    queue.expire()
    idle = world.loop.now().timestamp() - queue.idle_since
    if not queue.pending and idle > 7 * DAY:
        queue.jump(world.dice.randrange(1, 2**31))
    return "a week without a word"


def show(world: World) -> str:
    """Somebody sends a picture, or something that is called one."""
    if not world.pictures:
        return talk(world)
    chat = world.dice.choice([one.chat for one in world.people.members.values() if not one.staff])
    world.people.show(chat, world.dice.choice((PIXEL, b"no picture at all")))
    return f"{chat % 1000} shows a picture"


Deed = Callable[["World"], str]
DEEDS: tuple[tuple[float, Deed], ...] = (
    (16, tell),
    (34, go_on),
    (14, tap_anything),
    (8, talk),
    (1, crowd),
    (1.5, block),
    (1.5, come_back),
    (1, start),
    (1, show),
    (0.5, lose_office),
    (1, poison),
    (5, weather),
    (6, plan_a_death),
    (1.5, plan_a_stumble),
    (2, kill),
    (2, wake),
    (8, wait),
    (0.15, idle_week),
)
