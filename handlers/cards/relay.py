"""What passes between the resident and the desk, as each of them reads it? Never who the other is, numbers hidden."""

from collections.abc import Sequence
from datetime import datetime

from handlers.cards.buttons import Verb, button
from handlers.cards.phrases import desk_name, standing
from handlers.words import Html, Words
from models.actions.hearing import Understood
from models.actions.relaying import Joined
from models.ports import Rows
from models.queries.cases import CaseView
from models.queries.exchange import Added
from models.records import Channel
from models.rules.lifecycle import HELD, State
from models.rules.policy import UNCLASSIFIED, DeskKind
from models.understanding import SEEN_MOST
from models.understanding.reading import shortened, was_cut
from models.vault import Keys

_ANSWERABLE = (State.ACCEPTED, State.SIGNED)
"""Where the lifecycle lets a resident say whether the listener heard right."""
PART = 2_000
"""Characters of one message: also as many emoji are within its 4,096 units."""
EARLIER_LONG = 80  # characters of each earlier addition: seven of them and the newest fit any card
_LISTENS = frozenset({DeskKind.COMMUNITY, DeskKind.STREET})

# ── the resident reads ───────────────────────────────────────────────────────────────────────────────────────────────


def asked(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """The desk's one question, and that nothing is lost without an answer; once answered, thanks."""
    question = w(
        "<b>%(number)s号</b>，%(desk)s想问您一句：「%(question)s」",
        number=seen.number,
        desk=desk_name(w, seen.exchange.asker or seen.desk),
        question=seen.exchange.question or "",
    )
    if not seen.exchange.unanswered:
        return Html(f"{question}\n{w('您回话了，谢谢！已经告诉他们。')}")
    if seen.state not in HELD:
        return Html(f"{question}\n{standing(w, seen, now=now)}")
    if seen.paused_until is None or seen.paused_until <= now:
        return Html(f"{question}\n{w('直接回一句话或拍张照就行。没回也照样办。')}")
    return Html(
        f"{question}\n"
        + w(
            "直接回一句话或拍张照就行。等您到%(by)s，办好的日子先往后顺；没回也照样接着办。",
            by=w.moment(seen.paused_until, now=now),
        )
    )


def asked_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView) -> Rows:
    """回答, as long as the question waits."""
    if not seen.exchange.unanswered or seen.state not in HELD:
        return ()
    return ((button(keys, chat_id, w.plain("回答"), Verb.ADD, of=seen.id, version=seen.version),),)


def heard(w: Words, seen: CaseView, then: Understood | None, *, now: datetime) -> Html:
    """What the listener wrote down, and where it goes after a yes; once answered, what came of the answer."""
    line = seen.exchange.heard
    if line is None or then is None or seen.state not in _ANSWERABLE:
        return Html(f"{w('<b>%(number)s号</b>有人接着办了。', number=seen.number)}\n{standing(w, seen, now=now)}")
    said = w("<b>%(number)s号</b>，您语音里说的是不是：「%(line)s」", number=seen.number, line=line.line)
    if line.agreed:
        return Html(f"{said}\n{w('您说对，已经转给%(desk)s。', desk=desk_name(w, seen.desk))}")
    if line.agreed is False:
        return Html(f"{said}\n{w('您说不对，请人再听一遍。')}")
    if then.head_asked:
        goes = w("点「对」就转%(desk)s，也请楼栋长帮着看看", desk=desk_name(w, then.desk))
    else:
        goes = w("点「对」就转%(desk)s", desk=desk_name(w, then.desk))
    return Html(f"{said}\n" + w("%(goes)s。他们看到：「%(seen)s」，听不到您的声音。", goes=goes, seen=then.seen))


def heard_buttons(w: Words, keys: Keys, chat_id: int, seen: CaseView) -> Rows:
    """对 and 不对, as long as the line waits for its answer."""
    line = seen.exchange.heard
    if line is None or line.agreed is not None or seen.state not in _ANSWERABLE:
        return ()
    yes = button(keys, chat_id, w.plain("对"), Verb.AGREE, of=seen.id, version=line.version)
    return ((yes, button(keys, chat_id, w.plain("不对"), Verb.DISAGREE, of=seen.id, version=line.version)),)


def joined(w: Words, said: Joined) -> Html:
    """It belongs to the case now, and what the desk reads of it."""
    desk = desk_name(w, said.desk)
    if said.answers and said.seen:
        told = w("告诉%(desk)s了：「%(seen)s」。谢谢您！", desk=desk, seen=said.seen)
        return _with_cut(w, told, said.seen)
    if said.seen:
        told = w("记在%(number)s号里了。%(desk)s看到的是：「%(seen)s」", number=said.number, desk=desk, seen=said.seen)
        return _with_cut(w, told, said.seen)
    if said.hidden:
        return w(
            "记在%(number)s号里了。怕人猜出是您，%(desk)s只看到「居民又说了几句」。", number=said.number, desk=desk
        )
    return w("加到%(number)s号里了，%(desk)s看得到。", number=said.number, desk=desk)


def _with_cut(w: Words, told: Html, seen: str) -> Html:
    return Html(f"{told}\n{tells_of_cut(w)}") if was_cut(seen, SEEN_MOST) else told


def tells_of_cut(w: Words) -> Html:
    """That the desk can read on where the words were too long for a card."""
    return w("话长，卡片上只放得下这些；他们点「看全文」能看完，号码、门牌照样遮住")


def whole(w: Words, number: str, letter: str, added: Sequence[str]) -> list[str]:
    """Every word that may be read, in as many messages as it takes: plain text, none above `PART` characters."""
    said = [w.plain("%(number)s号，居民说的全文（号码、门牌、姓名遮住了）：", number=number)]
    said += [letter] if letter else []
    said += [w.plain("居民又说：「%(said)s」", said=one) for one in added]
    text = "\n".join(said)
    return [text[at : at + PART] for at in range(0, len(text), PART)]


# ── the desk reads ───────────────────────────────────────────────────────────────────────────────────────────────────


def exchanged(w: Words, seen: CaseView, *, now: datetime) -> Html:
    """What was said last between the two, a line each; nothing where nothing was."""
    talk = seen.exchange
    lines = []
    if to_be_heard(seen):
        lines.append(w("🎤 居民说的是语音，请先听，再写一行给居民看"))
    if talk.heard is not None and talk.heard.agreed is None:
        if talk.heard.until > now:
            by = w.moment(talk.heard.until, now=now)
            lines.append(w("听写给居民看了：「%(line)s」，等一句对不对，等到%(by)s", line=talk.heard.line, by=by))
        else:
            lines.append(w("听写给居民看了：「%(line)s」。居民没回话，请直接改类别", line=talk.heard.line))
    if talk.question is not None and talk.unanswered:
        waits = seen.paused_until is not None and seen.paused_until > now
        if waits and seen.paused_until is not None:
            by = w.moment(seen.paused_until, now=now)
            lines.append(w("问了居民：「%(question)s」，等到%(by)s", question=talk.question, by=by))
        else:
            lines.append(w("问了居民：「%(question)s」，还没回", question=talk.question))
    if talk.question is not None and talk.answer:
        lines.append(w("问：「%(question)s」居民答：「%(said)s」", question=talk.question, said=talk.answer))
    lines += [w("居民又说：「%(said)s」", said=shortened(said, EARLIER_LONG)) for said in talk.earlier]
    if talk.added is not None and not (talk.added.answers and talk.answer):
        lines.append(_added(w, talk.added))
    return Html("\n".join(lines))


def _added(w: Words, added: Added) -> Html:
    if added.seen:
        return w("居民又说：「%(said)s」", said=added.seen)
    if added.files and not added.hidden:
        return w("居民又发了照片或文件")
    return w("居民又说了几句，已记下")


def to_be_heard(seen: CaseView) -> bool:
    """Whether somebody has yet to listen and write down a line."""
    unclear = seen.exchange.heard is None or seen.exchange.heard.agreed is False
    return unclear and seen.state in _ANSWERABLE and may_be_heard(seen)


def may_be_heard(seen: CaseView) -> bool:
    """Whether the voice itself is for the desk that has the case: as long as it is a voice to it, and nothing else."""
    return seen.channel is Channel.VOICE and seen.category.code == UNCLASSIFIED and seen.desk.kind in _LISTENS


def why_rung(w: Words, seen: CaseView) -> Html:
    """The first line of a card that rings because the resident spoke."""
    talk = seen.exchange
    if talk.added is not None and talk.added.nobody and not seen.doing.arrived:
        return w("🚨 居民说没看到人到场：请打电话核实，没人就马上派人去")
    if talk.added is not None and talk.added.danger:
        return w("🚨 居民补充说有危险，请马上看")
    if seen.pursued.urged and (talk.added is None or not talk.added.answers):
        return w("⏱ 居民催了一下，请看一眼")
    if talk.heard is not None and talk.heard.agreed is False:
        return w("🔁 居民说不是这个意思，请再听一遍")
    if talk.added is not None and talk.added.answers:
        return w("💬 居民回答了")
    return w("💬 居民回话了")
