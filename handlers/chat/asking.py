"""A desk asks the resident its one question (提问): one sentence, shown once more before it goes.

The answer comes to `adding`: by 回答, by replying to the question, or just so where it is the only one that waits.
"""

from aiogram import Router

from handlers.cards.buttons import Verb
from handlers.chat.sentences import Sentence, awaits
from models.actions.asking import ask, may_ask
from models.understanding.masking import masked

router = Router(name="asking")

awaits(
    Verb.ASK,
    Sentence(
        may=may_ask,
        act=ask,
        asks=lambda w, number: w(
            "%(number)s号：想问居民什么？一件只能问一次，请一句问清楚，比如「白天漏还是晚上漏？」。", number=number
        ),
        shows=lambda w, said: w("居民会看到：「%(said)s」", said=masked(said)),
        done=lambda w, number: w(
            "%(number)s号：问出去了。居民一回话就告诉您；等一个工作日还没回，请接着办。", number=number
        ),
    ),
)
"""The desk's question: `handlers/chat/sentences.py` asks for it and sends it."""
