"""Everything else gets a kind answer: what cannot be taken is said, nothing of it is kept."""

from typing import Any

from aiogram import Router
from aiogram.methods import AnswerCallbackQuery, LeaveChat, SendMessage
from aiogram.types import CallbackQuery, ChatMemberUpdated, ErrorEvent, Message

from handlers.cards.buttons import read
from handlers.chat.hearing import Private, Said
from handlers.chat.paper import put_away
from handlers.chat.trying import Tries
from handlers.words import Words
from handlers.words.refused import sentence
from models.actions.enrolling import reachable_again
from models.actions.rerouting import lose_chat
from models.actions.suspecting import note_attempt
from models.queries.people import speaker
from models.rules.alarms import AlarmKind
from models.rules.refusals import NoDraft, NotYours, OlderCard, Refused
from models.turn import Turn
from models.vault import Keys

router = Router(name="otherwise")


@router.message(Private())
async def say_what_works(message: Message, w: Words) -> SendMessage:
    """Stickers, contacts, places, dice, unknown commands: one sentence each, and nothing is kept."""
    if message.contact is not None:
        text = w("这不是您自己的号码，我没有保存。有什么事，直接发一句话就行。")
    elif message.location is not None or message.venue is not None:
        text = w("位置我用不上。有什么事，直接发一句话就行。")
    elif (message.text or "").startswith("/"):
        text = w("没有这个命令。有什么事，直接发一句话就行。")
    else:
        text = w("这个我看不懂。有什么事，直接发一句话或拍张照就行。")
    return SendMessage(chat_id=message.chat.id, text=text)


@router.edited_message(Private(), Said())
async def say_edit_is_late(message: Message, w: Words) -> SendMessage:
    """An edit after the draft was handed in changes nothing that others already read."""
    return SendMessage(chat_id=message.chat.id, text=w("已经提交的内容不会跟着改。要补充，请再发一句。"))


@router.callback_query()
async def refuse_unknown_button(query: CallbackQuery, turn: Turn, keys: Keys) -> None:
    """Forged, foreign, or drawn by nobody: one answer; what no key of ours signed for this chat is on record (S9)."""
    if query.message is None or read(keys, query.message.chat.id, query.data or "") is None:
        tries = await Tries.of(turn, "forged")
        turn.forget_talk()  # a forged tap is nobody's act: no shift begins with it, no leave ends
        if not tries.many:  # one an hour says it; a thousand would bury what else there is to see
            tries.one_more()
            await turn.do(note_attempt, kind=AlarmKind.BUTTON_FORGED, update=turn.waiting.id)
    raise Refused(NotYours())


@router.my_chat_member()
async def note_reach(event: ChatMemberUpdated, turn: Turn) -> LeaveChat | None:
    """A person blocked the bot, or let it in again; a group it does not belong in is left at once (S14).

    It belongs where somebody we know has put it, and there it only shows the door to the private chat.
    """
    if event.chat.type != "private":
        known = await turn.ask(speaker, bot_id=turn.waiting.bot_id, chat_id=event.from_user.id)
        inside = event.new_chat_member.status in ("member", "administrator", "restricted")
        stays = known is not None and event.chat.type != "channel"
        return LeaveChat(chat_id=event.chat.id) if inside and not stays else None
    gone = event.new_chat_member.status == "kicked"
    await turn.do(lose_chat if gone else reachable_again, bot_id=turn.waiting.bot_id, chat_id=event.chat.id)
    return None


@router.error()
async def word_refusal(event: ErrorEvent, turn: Turn, w: Words) -> Any:
    """A refusal is said; what was buffered is dropped, the conversation stands where it stood. Other errors go on."""
    if not isinstance(event.exception, Refused):
        raise event.exception
    if not turn.done:
        turn.forget_talk()
    said = sentence(w, event.exception.refusal)
    query = event.update.callback_query
    if query is not None:
        answer = AnswerCallbackQuery(callback_query_id=query.id, text=said, show_alert=True)
        spent = isinstance(event.exception.refusal, NoDraft | OlderCard)
        return [answer, put_away(query)] if spent else answer
    return SendMessage(chat_id=turn.waiting.chat_id, text=said)
