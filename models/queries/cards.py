"""Which of a case's messages on a phone is the live one?"""

from models.outbox import Promised
from models.store import Row, Statement
from models.turn import Work

# a resident keeps a receipt and a question apart; a desk and a head have one live card a case, the newest
_SAME_KIND = "(n.reader = c.reader AND n.telling = c.telling OR n.reader <> 'raiser' AND c.reader <> 'raiser')"

_NEWER = Statement(f"""
    SELECT 1 AS newer FROM card c JOIN card n
        ON n.case_id = c.case_id AND n.bot_id = c.bot_id AND n.chat_id = c.chat_id AND n.message_id > c.message_id
    WHERE c.bot_id = :bot_id AND c.chat_id = :chat_id AND c.message_id = :message_id AND {_SAME_KIND} LIMIT 1
""")  # noqa: S608 the only piece put in is the constant above
_OLDER = Statement(f"""
    SELECT c.id, c.person_id, c.bot_id, c.chat_id, c.message_id, c.telling, c.reader FROM card n JOIN card c
        ON n.case_id = c.case_id AND n.bot_id = c.bot_id AND n.chat_id = c.chat_id AND n.message_id > c.message_id
    WHERE n.bot_id = :bot_id AND n.chat_id = :chat_id AND n.message_id = :message_id AND {_SAME_KIND}
        AND NOT EXISTS (
            SELECT 1 FROM card m WHERE m.case_id = c.case_id AND m.bot_id = c.bot_id AND m.chat_id = c.chat_id
                AND m.message_id > c.message_id AND m.message_id < n.message_id
                AND {_SAME_KIND.replace("n.", "m.")})
    ORDER BY c.id
""")  # noqa: S608 the only piece put in is the constant above
_TO_REFRESH = Statement(f"""
    SELECT c.id, c.person_id, c.bot_id, c.chat_id, c.message_id, c.telling, c.reader FROM card c
    WHERE c.case_id = :case_id AND c.version < :version AND NOT EXISTS (
        SELECT 1 FROM card n
        WHERE n.case_id = c.case_id AND n.bot_id = c.bot_id AND n.chat_id = c.chat_id AND n.message_id > c.message_id
            AND n.version <= c.version AND {_SAME_KIND})
    ORDER BY c.id
""")  # noqa: S608 the only piece put in is the constant above


_LATER = Statement("""
    SELECT 1 AS later FROM notice n
    WHERE n.case_id = :case_id AND n.bot_id = :bot_id AND n.chat_id = :chat_id AND n.id > :id
        AND n.waits_from IS NOT NULL AND n.edits IS NULL AND n.telling <> 'pictures'
        AND (n.reader <> 'raiser' AND :reader <> 'raiser' OR n.telling = :telling) LIMIT 1
""")


def said_again_later(work: Work, promised: Promised) -> bool:
    """Whether a later notice waits that will show the same person the same case: one card is enough in the morning."""
    return (
        _LATER.one(
            work.session,
            case_id=promised.case_id,
            bot_id=promised.bot_id,
            chat_id=promised.chat_id,
            id=promised.id,
            reader=promised.reader,
            telling=promised.telling,
        )
        is not None
    )


def superseded(work: Work, promised: Promised) -> bool:
    """Whether a newer message of the same kind shows this case in the same chat."""
    return (
        _NEWER.one(work.session, bot_id=promised.bot_id, chat_id=promised.chat_id, message_id=promised.edits)
        is not None
    )


_SENT = Statement("""
    SELECT sent_at FROM card WHERE bot_id = :bot_id AND chat_id = :chat_id AND message_id = :message_id
""")


def sent_earlier(work: Work, promised: Promised) -> bool:
    """Whether the message that is to be edited stands under an earlier day: there 「今天」 would mean that one."""
    row = _SENT.one(work.session, bot_id=promised.bot_id, chat_id=promised.chat_id, message_id=promised.edits)
    zone = work.town.calendar.zone
    return row is not None and row.sent_at.astimezone(zone).date() < work.now.astimezone(zone).date()


def card_before(work: Work, *, bot_id: int, chat_id: int, message_id: int) -> list[Row]:
    """The message that was the live one of its kind until this one came; at most one."""
    return _OLDER.all(work.session, bot_id=bot_id, chat_id=chat_id, message_id=message_id)


def cards_to_refresh(work: Work, *, case_id: int, version: int) -> list[Row]:
    """The messages that show an older state of the case, but for those already pointing to a newer message."""
    return _TO_REFRESH.all(work.session, case_id=case_id, version=version)


_LIVE = Statement("""
    SELECT max(message_id) AS message_id FROM card
    WHERE case_id = :case_id AND bot_id = :bot_id AND chat_id = :chat_id
""")


def live_card(work: Work, promised: Promised) -> int | None:
    """The newest message that shows this case in the notice's chat; None: there is none."""
    row = _LIVE.one(work.session, case_id=promised.case_id, bot_id=promised.bot_id, chat_id=promised.chat_id)
    return None if row is None else row.message_id


_OPENED = Statement("""
    SELECT opened FROM card WHERE bot_id = :bot_id AND chat_id = :chat_id AND message_id = :message_id
""")


def opened(work: Work, promised: Promised) -> bool:
    """Whether the message this notice changes was asked to show what it is about; a new one by its own facts."""
    if promised.edits is None:
        return bool(promised.facts.get("opened"))
    row = _OPENED.one(work.session, bot_id=promised.bot_id, chat_id=promised.chat_id, message_id=promised.edits)
    return row is not None and bool(row.opened)


_ALBUM = Statement("""
    SELECT clean FROM attachment WHERE case_id = :case_id AND album = :album AND clean IS NOT NULL ORDER BY id LIMIT 10
""")


def album(work: Work, promised: Promised) -> tuple[str, ...]:
    """The digests of the clean pictures a notice is to show."""
    rows = _ALBUM.all(work.session, case_id=promised.case_id, album=promised.facts.get("album"))
    return tuple(row.clean for row in rows)


_VOICE = Statement("""
    SELECT digest FROM attachment WHERE id = :id AND case_id = :case_id AND kind = 'voice' AND digest IS NOT NULL
""")


def voice(work: Work, promised: Promised) -> str | None:
    """The digest of the voice a notice is to play; None where there is none."""
    row = _VOICE.one(work.session, case_id=promised.case_id, id=promised.facts.get("voice", 0))
    return None if row is None else str(row.digest)


_HIDDEN = Statement("""
    SELECT c.id, c.person_id, c.bot_id, c.chat_id, c.message_id, c.telling, c.reader FROM card c
    WHERE c.bot_id = :bot_id AND c.chat_id = :chat_id AND c.message_id = :message_id AND c.case_id = :case_id
        AND NOT c.opened
""")


def hidden_card(work: Work, *, case_id: int, bot_id: int, chat_id: int, message_id: int) -> Row | None:
    """The message, if it is a card of this case that nobody has opened."""
    return _HIDDEN.one(work.session, case_id=case_id, bot_id=bot_id, chat_id=chat_id, message_id=message_id)
