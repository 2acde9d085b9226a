"""Which words are courtesies, and what does each want? One table a kind; _ stands for a blank inside a phrase."""

from enum import StrEnum, auto


class Kind(StrEnum):
    FILL = auto()  # courtesies that mean nothing alone
    WHO = auto()  # whom it is said to
    DONE = auto()  # that it is done
    THANKS = auto()
    GREETING = auto()
    PERSON = auto()
    ASKED = auto()  # how it stands
    UNHEEDED = auto()  # that nobody cares: of 「我的事」 a question, of 「电梯的事」 a complaint
    SUBJECT = auto()  # 「我的事」
    THING = auto()  # 「电梯的事」
    CASE = auto()  # a number that can only be a case's
    NUMBER = auto()  # one that is a case's where something is asked or taken back
    WITHDRAW = auto()


_WORDS: dict[Kind, str] = {
    Kind.FILL: """
        收到 收到了 知道了 明白了 明白 查 的 了 啊 呀 啦 哦 噢 吧 哈 哈哈 呢 嗯 嗯嗯 好 好的 好吧 行 行吧 非常
        十分 真 真的 真是 太 很 都 也 对 我 我们 你 您 你们 您们 给 给你们 请 请问 问一下 想问 我想问 我想问一下
        想问一下 想问问 帮我 帮忙 一下 这么 一直 麻烦 还是 先 那 那就 支持 关心 帮助 的帮助 的支持 的工作 的服务
        不好意思 对不起 打扰了 打扰 拜托 现在 今天 还 就 到底 我要 我想 可以 能不能 ok okay yes please so_much
        very_much a_lot a_million again everyone guys all you_all sir madam dear for_your_help for_the_help
        for_helping for_everything for_your_work for_the_quick_work for_the_fast_work for_the_quick_reply
        for_your_quick_reply i_want_to i_would_like_to i'd_like_to can_i could_i may_i going coming_along now""",
    Kind.WHO: """
        同志们 领导们 邻居们 楼长们 物业 社区 街道 师傅 师傅们 工作人员 楼长 楼栋长 管家 保安 保洁 保洁阿姨 阿姨
        大叔 叔叔 领导 同志 主任 书记 经理 老师 回音 机器人 大家 各位 大哥 大姐 小哥 邻居 维修师傅 物业师傅
        业委会 居委会 女士 先生 huiyin team""",
    Kind.DONE: """
        修好了 已经修好了 终于修好了 解决了 已经解决了 终于解决了 都解决了 办好了 已经办好了 弄好了 已经弄好了
        已经好了 清理干净了 清走了 已经清走了 处理好了 已经处理好了 没事了 已经没事了 这么快 这么快就修好了
        这么快就来了 这么快就解决了 这么快就处理好了 fixed it's_fixed it_is_fixed solved it's_solved
        it_is_solved it's_done it_is_done all_good it_works_now it_works_again works_now for_fixing_it
        for_the_quick_repair""",
    Kind.THANKS: """
        谢谢 谢谢你 谢谢您 谢谢你们 谢谢您们 谢谢大家 谢了 谢啦 谢谢啦 谢谢了 多谢 感谢 感谢你 感谢您 感谢你们
        感激 感激不尽 感恩 辛苦 辛苦了 麻烦你了 麻烦您了 麻烦你们了 麻烦了 费心了 有心了 唔该 点赞 点个赞 真棒
        太棒了 做得好 做得真好 办得好 给力 thank_you thanks thank_u thx ty many_thanks cheers much_appreciated
        i_appreciate_it well_done good_job great_job good_work great_work""",
    Kind.GREETING: """
        你好 您好 你们好 大家好 在吗 在么 在不在 有人吗 有人在吗 有人么 喂 喂喂 哈喽 哈罗 哈啰 嗨 嘿 早 早上好
        早安 上午好 中午好 下午好 晚上好 晚安 hello hello_there hi hi_there hey good_morning good_afternoon
        good_evening good_day anyone_there anybody_there is_anyone_there is_anybody_there are_you_there""",
    Kind.PERSON: """
        找人说话 想找人说话 找个人说话 找人说 想找个人说话 人工 找人工 转人工 人工客服 人工服务 真人 找真人
        转真人 找客服 客服 转客服 接线员 找个人 找人 要找人 找工作人员 有没有人工 人工在吗 能转人工吗
        可以转人工吗 能找人工吗 可以找人工吗 human a_human person a_person real_person a_real_person operator
        agent an_agent human_agent representative talk_to_a_person talk_to_a_human talk_to_a_real_person
        talk_to_someone talk_to_somebody speak_to_a_person speak_to_a_human speak_to_someone speak_to_somebody
        speak_with_someone speak_with_a_person customer_service i_want_a_human i_need_a_human i_want_a_person
        i_need_a_person i_need_to_talk_to_someone i_need_to_speak_to_someone""",
    Kind.ASKED: """
        催一下 催催 催一催 帮我催一下 帮忙催一下 催促一下 快点 快一点 能不能快点 怎么没人管 怎么还没人管
        怎么没人理 hurry_up please_hurry please_hurry_up
        怎么还没好 怎么还没修好 怎么还没修 怎么还没来 怎么还没办 怎么还没办好 怎么还没人来 怎么还没处理
        怎么还没解决 怎么没人来 怎么没人联系我 怎么还没人联系我 还没好 还没修好 还没修 还没来 还没人来 还没办
        还没办好 还没处理 还没解决 没人来 没人联系我 什么时候好 什么时候能好 什么时候修 什么时候修好
        什么时候能修好 什么时候来 什么时候办好 还要多久 多久能好 多久能修好 still_not_done still_not_fixed
        is_anyone_coming is_anybody_coming is_someone_coming is_somebody_coming anyone_coming anybody_coming
        when_will_someone_come when_will_somebody_come when_is_someone_coming when_is_somebody_coming
        when_are_you_coming when_will_you_come has_anyone_looked_at_it has_anybody_looked_at_it
        when_will_it_be_fixed when_will_it_be_done when_is_it_going_to_be_fixed how_long_will_it_take
        how_much_longer what's_happening what_is_happening still_waiting i'm_still_waiting i_am_still_waiting
        we_are_still_waiting no_one_came no_one_has_come nobody_has_come_yet
        not_done_yet not_fixed_yet why_is_it_not_done why_is_it_not_fixed nobody_came nobody_has_come 怎么样了
        怎样了 怎么样啦 咋样了 如何了 怎么样 到哪一步了 到哪步了 到哪一步 到哪了 办到哪了 办到哪一步了
        走到哪一步了 进展 进度 进展如何 进展怎么样 进度怎么样 查进度 查询进度 查一下进度 看进度 办得怎么样了
        办的怎么样了 处理得怎么样了 处理的怎么样了 修得怎么样了 处理到哪了 处理到哪一步了 办好了吗 办好了没
        办好了没有 处理好了吗 处理好了没 处理好了没有 处理了吗 处理了没 处理了没有 解决了吗 解决了没 解决了没有
        修好了吗 修好了没 修好了没有 好了吗 好了没 好了没有 有消息吗 有消息了吗 有没有消息 有结果吗 有结果了吗
        有没有结果 有回音吗 有答复吗 有回复吗 什么情况 什么情况了 啥情况 啥情况了 什么时候有结果 怎么还没动静
        查一下 查询 any_news any_news_on any_news_about any_update any_updates any_update_on any_updates_on
        any_progress status status_of the_status_of what_is_the_status_of what's_the_status_of
        what_is_the_status what's_the_status what_happened_to what_happened_with what_about how_is how's
        how_is_it how's_it where_is is_it_done is_it_done_yet is_it_fixed is_it_fixed_yet is_it_solved""",
    Kind.UNHEEDED: "没人管 没人理",
    Kind.SUBJECT: """
        我的事 我的事情 我的那件事 我那件事 我那个事 那件事 那个事 那事 这件事 这个事 这事 上次的事 上次那件事
        我的诉求 我的投诉 我的报修 我的问题 我的单子 我的案子 我的工单 我报的 我报的事 我报的那件事 我说的事
        我说的那件事 我反映的 我反映的事 我反映的问题 我上次说的 我上次报的 我上次反映的 我投诉的事 我投诉的
        诉求 投诉 报修 工单 my_case my_complaint my_report my_request my_matter my_ticket my_issue the_case""",
    Kind.WITHDRAW: """
        不用办了 不用修了 不用派人了 不用来人了 不用麻烦了
        撤回 撤销 取消 取消了 取消吧 不用了 不用啦 不用 不需要了 算了 算了吧 不报了 不投诉了 不说了 不办了
        不要了 不用管了 不用处理了 不用来了 作废 withdraw withdraw_it cancel cancel_it undo never_mind nevermind
        forget_it no_need not_needed not_needed_any_more not_needed_anymore""",
}

KINDS = {word.replace("_", " "): kind for kind, words in _WORDS.items() for word in words.split()}
"""Every courtesy and its kind."""
