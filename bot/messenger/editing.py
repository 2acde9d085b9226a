"""What does a bot change afterwards? Its messages' words and buttons, what is pinned, the answer to a tap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.messenger import refusals, wire
from bot.messenger.asked import Asked, Verb
from bot.messenger.chats import Chat
from bot.messenger.markup import inline_only
from bot.messenger.messages import Change, ChangeKind, Event, Message
from bot.messenger.refusals import bad_request
from bot.messenger.sending import captioned, worded

DELETABLE_FOR = 48 * 3600.0  # seconds


def _edited(asked: Asked) -> tuple[Chat, Message]:
    """The chat and the bot's message meant."""
    params = asked.params
    if "business_connection_id" in params:
        raise bad_request("business connection not found")
    if "inline_message_id" in params:
        raise bad_request("MESSAGE_ID_INVALID")  # nothing here is sent inline
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    if not params.get("message_id"):
        raise bad_request("message identifier is not specified")
    chat = asked.chat()
    return chat, asked.own_message(chat, "message to edit")


def _revise(asked: Asked, chat: Chat, before: Message, after: Message) -> object:
    """The new version stands there; 400 when nothing would change."""
    if (before.text, before.entities, before.buttons) == (after.text, after.entities, after.buttons):
        raise bad_request(refusals.NOT_MODIFIED)
    asked.bot.gate.admit(chat.id)
    message = asked.messenger.revise(chat, replace(after, edited_at=asked.messenger.clock()))
    return wire.message_json(asked.messenger, chat, message)


def edit_message_text(asked: Asked) -> object:
    """The message reads so from now on; without ``reply_markup`` its buttons go."""
    chat, message = _edited(asked)
    if "rich_message" in asked.params:
        raise bad_request('parameter "rich_message" is not offered by this messenger')
    text, entities = worded(asked.params)
    buttons = inline_only(asked.params.get("reply_markup"))
    if message.media is not None or message.location is not None or message.contact is not None:
        raise bad_request("there is no text in the message to edit")
    return _revise(asked, chat, message, replace(message, text=text, entities=entities, buttons=buttons))


def edit_message_caption(asked: Asked) -> object:
    """The words under the file read so from now on; without ``reply_markup`` its buttons go."""
    chat, message = _edited(asked)
    text, entities = captioned(asked.params)
    buttons = inline_only(asked.params.get("reply_markup"))
    if message.media is None:
        raise bad_request("there is no caption in the message to edit")
    return _revise(asked, chat, message, replace(message, text=text, entities=entities, buttons=buttons))


def edit_message_reply_markup(asked: Asked) -> object:
    """The message has these buttons from now on, or none."""
    chat, message = _edited(asked)
    buttons = inline_only(asked.params.get("reply_markup"))
    return _revise(asked, chat, message, replace(message, buttons=buttons))


def delete_message(asked: Asked) -> object:
    """The message is gone, if it is younger than 48 hours and the bot may."""
    chat = asked.chat()
    message = chat.messages.get(asked.params["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if not _deletable(asked, chat, message):
        raise bad_request("message can't be deleted")
    asked.messenger.erase(chat, message.id)
    return True


def delete_messages(asked: Asked) -> object:
    """Those of the messages that can be deleted are gone; the others are skipped."""
    chat = asked.chat()
    message_ids = asked.params["message_ids"]
    if any(not isinstance(one, int) or isinstance(one, bool) for one in message_ids):
        raise bad_request("message identifier must be a Number")
    for message_id in message_ids:
        if message_id in chat.messages and _deletable(asked, chat, chat.messages[message_id]):
            asked.messenger.erase(chat, message_id)
    return True


def _deletable(asked: Asked, chat: Chat, message: Message) -> bool:
    """Younger than 48 hours; in a group, where the bot is no administrator, only its own."""
    if asked.messenger.clock() - message.sent_at > DELETABLE_FOR:
        return False
    return chat.person is not None or message.author_id == asked.bot.id


def answer_callback_query(asked: Asked) -> object:
    """Whoever tapped sees the note; 400 when the tap is unknown, another bot's, or too long ago."""
    params = asked.params
    query = asked.messenger.callbacks.get(params["callback_query_id"])
    now = asked.messenger.clock()
    if query is None or query.bot_id != asked.bot.id or now - query.at > asked.messenger.callback_answered_within:
        raise bad_request(refusals.QUERY_TOO_OLD)
    if params.get("url") and not params["url"].startswith("https://t.me/"):
        raise bad_request("URL_INVALID")
    if not query.answered:
        query.answered = True
        query.note = params.get("text") or ""
        query.alert = bool(params.get("show_alert"))
        asked.messenger.tell(
            Change(
                ChangeKind.ANSWERED,
                query.chat_id,
                asked.bot.id,
                note=query.note,
                alert=query.alert,
                person_id=query.person_id,
            )
        )
    return True


def pin_chat_message(asked: Asked) -> object:
    """The message is on top of the chat, and the chat says so."""
    chat = asked.chat()
    message_id = asked.params["message_id"]
    if message_id not in chat.messages:
        raise bad_request("message to pin not found")
    if chat.person is None:
        raise bad_request("not enough rights to manage pinned messages in the chat")
    chat.pinned = message_id
    asked.messenger.note_service(chat, asked.bot.id, Event.PINNED, message_id)
    return True


def unpin_chat_message(asked: Asked) -> object:
    """Nothing is on top of the chat."""
    chat = asked.chat()
    message_id = asked.params.get("message_id")
    if message_id is not None and message_id not in chat.messages:
        raise bad_request("message to unpin not found")
    if message_id in (None, chat.pinned):
        chat.pinned = 0
    return True


VERBS: Mapping[str, Verb] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
}
