"""What does a resident read who pursues a case? What comes next and by when, who leads now, who will call."""

from datetime import datetime

from handlers.cards.believing import believed
from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import at_night, desk_name
from handlers.words import Html, Words
from models.actions.calling import Answering
from models.actions.pursuing import Raised
from models.ports import Rows
from models.queries.cases import CaseView
from models.rules.ladder import TOP
from models.rules.lifecycle import HELD, State
from models.vault import Keys


def hurried(w: Words, seen: CaseView, *, first: bool, now: datetime) -> str:
    """After 催一下: what happens next and by when; the second time in a stage, how to go higher, as long as one can."""
    w, now = believed(w, seen, now)
    top = seen.level >= TOP
    desk = desk_name(w, seen.desk)
    by = seen.resolve_by or seen.answer_by if seen.state is State.WORKING else seen.answer_by
    moment = w.moment(by, now=now)
    if by <= now and top:
        if first:
            return w.plain("替您催了%(desk)s。原定%(by)s已经过了，等不及可以打12345。", desk=desk, by=moment)
        return w.plain("已经替您催过了。原定%(by)s已经过了，等不及可以打12345。", by=moment)
    if by <= now:
        if first:
            return w.plain(
                "替您催了%(desk)s。原定%(by)s已经过了，不想再等就点「申请上报」，上一级来办。", desk=desk, by=moment
            )
        return w.plain("已经替您催过了。原定%(by)s已经过了，不想再等就点「申请上报」，上一级来办。", by=moment)
    if top and not first:
        return w.plain("这一步已经替您催过了，答应的是%(by)s前。等不及可以打12345。", by=moment)
    if seen.state is State.WORKING:
        if first:
            return w.plain("替您催了%(desk)s。%(by)s前办好，或说清哪天办好。", desk=desk, by=moment)
        return w.plain(
            "这一步已经替您催过了，%(by)s前办好，或说清哪天办好。等不及就点「申请上报」，上一级来办。", by=moment
        )
    if first and at_night(w, by):
        return w.plain("替您催了%(desk)s。%(by)s前给您回话。", desk=desk, by=moment)
    if first:
        return w.plain("替您催了%(desk)s。%(by)s前上门或给您回话。", desk=desk, by=moment)
    return w.plain("这一步已经替您催过了，%(by)s前上门或给您回话。等不及就点「申请上报」，上一级来办。", by=moment)


def hurry_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView, *, urged: bool) -> Rows:
    """Under an answer to 「怎么还没人来」: hurry, as long as nobody did, and go higher."""
    if seen.state not in HELD:
        return ()

    higher = button(keys, chat_id, w.plain("申请上报"), Verb.RAISE, of=seen.id, version=seen.version)
    if urged:
        return ((higher,),)
    return ((button(keys, chat_id, w.plain("催一下"), Verb.URGE, of=seen.id, version=seen.version), higher),)


def raised(w: Words, one: Raised) -> str:
    """Who leads now, or who knows of it besides."""
    desk = desk_name(w, one.desk)
    if one.copied:
        return w.plain(
            "%(number)s号已报给%(desk)s（%(phone)s），他们会盯着办。",
            number=one.number,
            desk=desk,
            phone=one.desk.phone,
        )
    return w.plain(
        "%(number)s号已上报，现在由%(desk)s（%(phone)s）牵头，不用您催。",
        number=one.number,
        desk=desk,
        phone=one.desk.phone,
    )


def answering(w: Words, one: Answering, *, now: datetime) -> Html:
    """Who will call, their own number to tap, and by when; and which number they may call, where none was left."""
    said = w(
        "<b>%(number)s号</b>：%(desk)s的人会在%(by)s前联系您。您也可以现在就打%(phone)s。",
        number=one.number,
        desk=desk_name(w, one.desk),
        by=w.moment(one.by, now=now),
        phone=one.desk.phone,
    )
    return said if one.number_known else Html(f"{said}\n{which_number(w)}")


def which_number(w: Words) -> Html:
    """Asked of whoever wants to be called and left no number."""
    return w("要打哪个电话？直接发号码就行。")
