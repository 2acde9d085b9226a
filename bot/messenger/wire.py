"""How does the Bot API write a user, a chat, a message? Field by field, all required ones and no empty ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messenger.messages import Event, Media, MediaKind, Message, Service

if TYPE_CHECKING:
    from bot.messenger.chats import BotAccount, Chat, Messenger
    from bot.messenger.people import Person

Json = dict[str, object]


def person_json(person: Person) -> Json:
    """User."""
    out: Json = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    if person.last_name:
        out["last_name"] = person.last_name
    if person.username:
        out["username"] = person.username
    if person.language_code:
        out["language_code"] = person.language_code
    return out


def bot_json(bot: BotAccount) -> Json:
    """User, as a bot appears in messages."""
    return {"id": bot.id, "is_bot": True, "first_name": bot.first_name, "username": bot.username}


def me_json(bot: BotAccount) -> Json:
    """User, as getMe gives it."""
    return {
        **bot_json(bot),
        "can_join_groups": True,
        "can_read_all_group_messages": bot.reads_all_group_messages,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def chat_json(chat: Chat) -> Json:
    """Chat."""
    if chat.person is not None:
        person = chat.person
        out: Json = {"id": chat.id, "first_name": person.first_name}
        if person.last_name:
            out["last_name"] = person.last_name
        if person.username:
            out["username"] = person.username
        out["type"] = "private"
        return out
    return {"id": chat.id, "title": chat.title, "type": chat.kind.value}


def full_chat_json(messenger: Messenger, chat: Chat) -> Json:
    """ChatFullInfo."""
    out = chat_json(chat)
    out["accent_color_id"] = chat.id % 7
    out["max_reaction_count"] = 11
    out["accepted_gift_types"] = {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    }
    if chat.pinned and (pinned := chat.messages.get(chat.pinned)) is not None:
        out["pinned_message"] = message_json(messenger, chat, pinned)
    return out


def member_json(messenger: Messenger, chat: Chat, user_id: int) -> Json:
    """ChatMember: a member, somebody who left, or a bot thrown out."""
    status = chat.status_of(user_id)
    out: Json = {"status": status, "user": user_json(messenger, user_id)}
    if status == "kicked":
        out["until_date"] = 0
    return out


def user_json(messenger: Messenger, user_id: int) -> Json:
    """User, whoever it is."""
    person = messenger.people.get(user_id)
    return person_json(person) if person is not None else bot_json(messenger.bot(user_id))


def message_json(messenger: Messenger, chat: Chat, message: Message, *, with_reply: bool = True) -> Json:
    """Message; the one replied to is included once, without its own."""
    out: Json = {
        "message_id": message.id,
        "from": user_json(messenger, message.author_id),
        "chat": chat_json(chat),
        "date": int(message.sent_at),
    }
    if message.edited_at is not None:
        out["edit_date"] = int(message.edited_at)
    if message.origin is not None:
        origin: Json = {"date": int(message.origin.sent_at)}
        if message.origin.user_id is not None:
            origin = {"type": "user", "sender_user": user_json(messenger, message.origin.user_id), **origin}
        else:
            origin = {"type": "hidden_user", "sender_user_name": message.origin.name, **origin}
        out["forward_origin"] = origin
    if with_reply and message.reply_to is not None and (earlier := chat.messages.get(message.reply_to)) is not None:
        out["reply_to_message"] = message_json(messenger, chat, earlier, with_reply=False)
    if message.media_group_id is not None:
        out["media_group_id"] = message.media_group_id
    if message.media is not None:
        out[message.media.kind.value] = _media_json(message.media)
    if message.text:
        out["text" if message.media is None else "caption"] = message.text
        if message.entities:
            field = "entities" if message.media is None else "caption_entities"
            out[field] = [entity.json() for entity in message.entities]
    if message.location is not None:
        point: Json = {"latitude": message.location.latitude, "longitude": message.location.longitude}
        if message.location.horizontal_accuracy:
            point["horizontal_accuracy"] = message.location.horizontal_accuracy
        out["location"] = point
    if message.contact is not None:
        contact: Json = {"phone_number": message.contact.phone_number, "first_name": message.contact.first_name}
        if message.contact.user_id is not None:
            contact["user_id"] = message.contact.user_id
        out["contact"] = contact
    if message.service is not None:
        _add_service(out, messenger, chat, message.service)
    if message.protected:
        out["has_protected_content"] = True
    if message.buttons:
        out["reply_markup"] = {"inline_keyboard": [[button.json() for button in row] for row in message.buttons]}
    return out


def _add_service(out: Json, messenger: Messenger, chat: Chat, service: Service) -> None:
    subject = service.subject
    if service.event is Event.MEMBERS_JOINED:
        out["new_chat_members"] = [user_json(messenger, subject)]
    elif service.event is Event.MEMBER_LEFT:
        out["left_chat_member"] = user_json(messenger, subject)
    elif service.event is Event.PINNED:
        pinned = chat.messages.get(subject)
        out["pinned_message"] = (
            message_json(messenger, chat, pinned, with_reply=False)
            if pinned is not None
            else inaccessible_json(chat, subject)
        )
    else:
        out[service.event.value] = subject


def inaccessible_json(chat: Chat, message_id: int) -> Json:
    """InaccessibleMessage: it was deleted."""
    return {"chat": chat_json(chat), "message_id": message_id, "date": 0}


def _media_json(media: Media) -> object:
    file = media.file
    out: Json = {"file_id": file.file_id, "file_unique_id": file.file_unique_id, "file_size": file.size}
    if media.kind is MediaKind.PHOTO:
        small = media.thumbnail or file
        scale = min(1.0, 90 / max(media.width, media.height, 1))
        return [
            {
                "file_id": small.file_id,
                "file_unique_id": small.file_unique_id,
                "file_size": small.size,
                "width": max(1, round(media.width * scale)),
                "height": max(1, round(media.height * scale)),
            },
            {**out, "width": media.width, "height": media.height},
        ]
    if media.kind is MediaKind.STICKER:
        return {
            **out,
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": "🙂",
        }
    out["mime_type"] = file.mime_type
    if media.kind in (MediaKind.VOICE, MediaKind.VIDEO):
        out["duration"] = media.duration
    if media.kind is MediaKind.VIDEO:
        out |= {"width": media.width, "height": media.height, "file_name": file.name}
    if media.kind is MediaKind.DOCUMENT:
        out["file_name"] = file.name
    return out
