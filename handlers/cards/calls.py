"""What does a desk read that is to telephone a resident (待打电话)? Why, whom, and one tap for what was said."""

from collections.abc import Callable
from datetime import datetime

from handlers.cards.buttons import Verb
from handlers.cards.phrases import building_name
from handlers.words import Html, Words
from models.ports import Button, Rows
from models.queries.cases import CaseView
from models.records import Channel
from models.rules.lifecycle import HELD, State

Act = Callable[[str, Verb], Button]


def why_called(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """The first line of the card: why the telephone is needed, and by when where that was promised."""
    if seen.state is State.CLOSED_SILENT:
        return w("📞 待打电话：居民没回话，先办结了，请抽空问一声好了没有")
    if seen.pursued.wants_person and seen.state is State.CLAIMED:
        return Html(f"{_wants_person(w, seen, now=now)}\n{w('他们说办好了，也请问一声好了没有')}")
    if seen.pursued.wants_person:
        return _wants_person(w, seen, now=now)
    if seen.state is State.CLAIMED and seen.calls:
        return w("📞 待打电话：没人接%(times)s次，请再打一次问办好了没有", times=seen.calls)
    if seen.state is State.CLAIMED and seen.channel is Channel.COUNTER:  # no chat of theirs was ever asked
        return w("📞 待打电话：窗口登记的，请打个电话问一声办好了没有")
    if seen.state is State.CLAIMED:
        return w("📞 待打电话：居民一直没回话，请打个电话问一声")
    return w("📞 待打电话：居民收不到消息，请打电话说一声办到哪了")


def _wants_person(w: Words, seen: CaseView, *, now: datetime) -> Html:
    by = seen.pursued.person_by
    if by is None and seen.calls:
        return w("📞 居民想找人说话，没人接%(times)s次，请再打一次", times=seen.calls)
    if by is None or by <= now:
        return w("📞 居民想找人说话，已经等过了时间，请马上打个电话")
    return w("📞 居民想找人说话，请在%(by)s前打个电话", by=w.moment(by, now=now))


def whom(w: Words, phone: str | None) -> Html:
    """The number to tap, or what to do without one."""
    if phone:
        return w("居民电话：%(phone)s", phone=phone)
    return w("没留电话，请上门问一声")


def call_buttons(w: Words, act: Act, seen: CaseView) -> Rows:
    """One tap says what the resident said on the telephone."""
    nobody = act(w.plain("没人接"), Verb.CALLED_NOBODY)
    if seen.state in HELD:
        return ((act(w.plain("说上话了"), Verb.CALLED_SPOKE), nobody),)
    return (
        (act(w.plain("说解决了"), Verb.CALLED_SOLVED), act(w.plain("说没解决"), Verb.CALLED_UNSOLVED)),
        (act(w.plain("好了一部分"), Verb.CALLED_PARTLY), nobody),
    )


def thanks(w: Words, seen: CaseView) -> Html:
    """「3栋那户说谢谢您」: from a stairwell, never from a name."""
    return w("💐 %(number)s号：%(place)s那户说谢谢您！", number=seen.number, place=building_name(w, seen.building))
