"""What if whoever waits for help says more? Every word is for those who help, never the beginning of a new matter."""

from models.actions.calling import ask_person
from models.actions.enrolling import live_at
from models.actions.locating import locate
from models.actions.reaching import leave_phone
from models.actions.relaying import Remark, add
from models.queries.people import Speaker
from models.records import Case
from models.rules.gone import desk_of
from models.rules.policy import Desk
from models.turn import Work


def heed(
    work: Work,
    *,
    case_id: int,
    by: Speaker,
    bot_id: int,
    chat_id: int,
    remark: Remark,
    phone: str = "",
    call: bool = False,
    building: str = "",
) -> Desk:
    """The words have joined the case; the desk that reads them, or is to call.

    `phone`: the number in them, kept for the call they ask for; `call`: they ask for one; `building`: they say where it
    is, and whoever has no home lives there. Refuses as `add` and `ask_person` do.
    """
    if phone:
        leave_phone(work, bot_id=bot_id, chat_id=chat_id, lang=by.lang, phone=phone)
    add(work, case_id=case_id, by=by, bot_id=bot_id, remark=remark)
    if building and by.home is None:
        live_at(work, building=building, bot_id=bot_id, chat_id=chat_id, lang=by.lang)
    elif building:
        locate(work, person=by.person, building=building)
    if phone or call:
        return ask_person(work, case_id=case_id, by=by).desk
    return desk_of(work.town, work.session.get_one(Case, case_id).desk)
