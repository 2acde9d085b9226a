"""How is each no said? The one place where a refusal becomes a sentence."""

from handlers.words import Words
from models.rules.lifecycle import State
from models.rules.refusals import (
    AboutYourselves,
    AskedBefore,
    AtTheTop,
    CalledToday,
    ChatTaken,
    CodeUnknown,
    ConsentMissing,
    DayGone,
    DayPassed,
    DaysUnclear,
    DecidedAlready,
    EnoughSaid,
    LinkUnknown,
    NobodyThere,
    NoDraft,
    NoLaterDay,
    NoNumber,
    NotHere,
    NothingSaid,
    NotYours,
    OlderCard,
    OneAtATime,
    PersonsNumber,
    RatedBefore,
    Refusal,
    SameKind,
    Stale,
    ThankedBefore,
    TooLate,
    TooMuch,
    WhereUnknown,
)


def sentence(w: Words, refusal: Refusal) -> str:
    """One short plain sentence, at most 200 characters: it must fit a callback's toast."""
    match refusal:
        case Stale(number=number, state=State.CLOSED_OK):
            return w.plain("%(number)s号已经办结了，这个按钮不用再点。", number=number)
        case Stale(number=number):
            return w.plain("%(number)s号已经有新进展，请看最新的那张卡片。", number=number)
        case NothingSaid():
            return w.plain("没看到文字，请用一句话说说。")
        case WhereUnknown():
            return w.plain("还不知道您住哪一栋。请扫一下楼道里的二维码，您说的话我先记着。")
        case ConsentMissing():
            return w.plain("请先看一眼说明，点「知道了」，再提交。")
        case LinkUnknown():
            return w.plain("这个链接用不了：可能已经用过、过期或不完整。请再扫一次码，或找社区要新的。")
        case NoDraft():
            return w.plain("这张卡片已经用过了。要说新的事，直接发一句话就行。")
        case OlderCard():
            return w.plain("您后来又说了几句，请看最下面那张卡片。")
        case TooMuch():
            return w.plain("说得够多了，都记下了。请先在上面的卡片点「对，提交」。")
        case AskedBefore(number=number):
            return w.plain("%(number)s号已经问过居民一次了，一件只问一次。还有话，请用「带话给居民」。", number=number)
        case EnoughSaid(number=number, phone=phone):
            return w.plain(
                "%(number)s号您说了不少，都记下了。还有要紧的，请打%(phone)s当面说。", number=number, phone=phone
            )
        case CodeUnknown():
            return w.plain("编号和代码对不上。请让家人在收据上点「给家人看」，照着再发一次。")
        case TooLate(number=number):
            return w.plain("%(number)s号办结超过30天了，按新的事办，会跟原来那件连起来。", number=number)
        case AtTheTop(number=number):
            return w.plain(
                "%(number)s号已经报到最上面了，他们会一直盯着。您也可以打12345，或去信访，这是您的权利。", number=number
            )
        case CalledToday(number=number):
            return w.plain("%(number)s号今天已经打过一次了，明天再打。", number=number)
        case RatedBefore(number=number):
            return w.plain("%(number)s号的分已经记下了，谢谢您！", number=number)
        case ThankedBefore(number=number):
            return w.plain("%(number)s号的谢谢已经带到了。", number=number)
        case DaysUnclear():
            return w.plain("没看懂是哪几天，或者日子已经过了。请这样打：12月1日到5日。")
        case AboutYourselves(desk=desk, phone=phone):
            return w.plain("这件说的是您这边，不能由您登记。请告诉居民打%(desk)s：%(phone)s。", desk=desk, phone=phone)
        case NotHere():
            return w.plain("这件归别处办，先登记，办的人会报办好。")
        case DayPassed(number=number):
            return w.plain("%(number)s号原定的日子已经过了，不能再改。请点「带话给居民」说清哪天办好。", number=number)
        case DayGone(number=number):
            return w.plain("%(number)s号：这一天选不了了，请再点「定日子」另选一天。", number=number)
        case NoLaterDay(number=number):
            return w.plain("%(number)s号不能再往后延了。办不完就点「带话给居民」，照实说哪天办好。", number=number)
        case OneAtATime(number=number):
            return w.plain("%(number)s号已经问了别处，等那边答复了再问。", number=number)
        case NobodyThere(number=number):
            return w.plain("%(number)s号：别处现在没人能答复，先按原来的办。", number=number)
        case DecidedAlready(number=number):
            return w.plain("%(number)s号已经定下来了，不用再点。", number=number)
        case NoNumber():
            return w.plain("没看到编号。请发一行，比如「12345 2026112400123 11月30日」。")
        case PersonsNumber():
            return w.plain("这像是电话、证件号或者房号，不能记。请只发那边给的编号，比如「12345 2026112400123」。")
        case SameKind(number=number):
            return w.plain("%(number)s号不能这样分，请另选一类。", number=number)
        case ChatTaken():
            return w.plain("这个聊天里已经是另一位邻居了。请换一个没跟我说过话的账号，再点那个链接。")
        case NotYours() | _:
            return w.plain("这个按钮现在用不了。")
