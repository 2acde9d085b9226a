// What does the page itself say, in Chinese and in English? (What the bot says is the bot's own affair.)

const ZH = {
  brand: "回音", motto: "事事有回音，件件有着落", office_clock: "办公时钟", turn: "拨动办公时钟",
  hour: "+1 小时", day: "+1 天", next: "到下一个时限", no_next: "暂无",
  play: "一分钟演示", stop: "停止", faults: "制造故障", behind: "背后发生了什么", more: "更多", phones: "五部手机",
  try: "替居民说一句", title: "回音 · 事事有回音，件件有着落",
  starting: "正在启动", up: "运行中", down: "已断开，正在重启", gone: "演示已停止",
  bot: "机器人", typing: "正在输入…", message: "消息", send: "发送", attach: "附件", reply: "回复", cancel_reply: "取消回复",
  photo: "照片", voice: "语音", location: "位置", document: "文件", video: "视频", sticker: "贴纸", contact: "名片",
  updated: "已更新", blocked: "已拉黑机器人", offline: "机器人已断开，消息会等它",
  fault_429: "限流 429 ×5", fault_429_hint: "接下来5次发送被要求等2秒",
  fault_5xx: "服务器出错 5xx ×5", fault_5xx_hint: "接下来5次发送得到502",
  fault_lost: "回答丢失 ×1", fault_lost_hint: "消息已送到，回答在路上断了",
  fault_block: "楼长拉黑机器人", fault_unblock: "楼长解除拉黑", fault_block_hint: "通知送不到他，事情照样有人管",
  fault_kill: "杀死进程并重启", fault_kill_hint: "SIGKILL；1.5秒后用同一份数据重启",
  fault_clear: "撤销未发生的故障", armed: "还剩{n}次",
  close: "关闭", empty_title: "还没有诉求", empty_words: "替王阿姨说一句话，或看一分钟演示。这里会显示谁在管、几点前、已经告诉了谁。",
  events: "经过", clocks: "在走的时钟", notices: "通知", in: "还有", over: "已过",
  with: "现在归", next_clock: "下一个时限", waiting: "待发", sent: "已送达", dead: "送不到", skipped: "不单独发",
  nothing_running: "没有在走的时钟", rang_n: "响铃 {n} 次，静默更新 {m} 次", waiting_n: "待发 {n} 条", kept: "收到即存，重启不丢",
  sealed: "一件密件", began: "起于{desk}", began_here: "起于{began}，现在也由{leads}牵头", began_there: "起于{began}，现由{leads}牵头",
  alarms_n: "要人看的 {n} 件", colon: "：", held: "夜里{from}后不打扰：{n}条{until}送达", later: "攒着一起看：{n}条{until}送达", further: "右边还有一部", back: "回到左边",
  opened_stairwell: "扫了{stairs}楼道的二维码", opened_card: "用邀请卡登记",
};

const EN = {
  brand: "Huiyin", motto: "Every complaint gets an answer", office_clock: "Office clock", turn: "Turn the office clock",
  hour: "+1 hour", day: "+1 day", next: "Next due moment", no_next: "none",
  play: "One-minute demo", stop: "Stop", faults: "Break it", behind: "Behind the scenes", more: "More", phones: "Five phones",
  try: "Say as a resident", title: "Huiyin · Every complaint gets an answer",
  starting: "starting", up: "running", down: "gone, restarting", gone: "demo has stopped",
  bot: "bot", typing: "typing…", message: "Message", send: "Send", attach: "Attach", reply: "Reply", cancel_reply: "Cancel reply",
  photo: "Photo", voice: "Voice", location: "Location", document: "File", video: "Video", sticker: "Sticker", contact: "Contact",
  updated: "updated", blocked: "has blocked the bot", offline: "The bot is gone; messages wait for it",
  fault_429: "Flood limit 429 ×5", fault_429_hint: "the next 5 sends are told to wait 2 s",
  fault_5xx: "Server error 5xx ×5", fault_5xx_hint: "the next 5 sends get a 502",
  fault_lost: "Lost answer ×1", fault_lost_hint: "the message arrives, its answer does not",
  fault_block: "Head blocks the bot", fault_unblock: "Head unblocks the bot", fault_block_hint: "no notice reaches him; the case is still someone's",
  fault_kill: "Kill and restart the process", fault_kill_hint: "SIGKILL; back after 1.5 s with the same files",
  fault_clear: "Call off pending faults", armed: "{n} left",
  close: "Close", empty_title: "No case yet", empty_words: "Say a sentence as Auntie Wang, or watch the one-minute demo. Here you will see who has it, until when, and who was told.",
  events: "What happened", clocks: "Clocks running", notices: "Notices", in: "in", over: "over by",
  with: "With", next_clock: "Next due", waiting: "waiting", sent: "delivered", dead: "undeliverable", skipped: "not sent alone",
  nothing_running: "no clock is running", rang_n: "rang {n} times, {m} silent updates", waiting_n: "{n} waiting", kept: "kept before it is answered",
  sealed: "A sealed matter", began: "began at {desk}", began_here: "began with the {began}, which still leads", began_there: "began with the {began}, the {leads} leads now",
  alarms_n: "{n} to be looked at", colon: ": ", held: "No ringing after {from}: {n} held until {until}", later: "Read together: {n} from {until}", further: "more to the right", back: "back to the left",
  opened_stairwell: "scanned the stairwell QR code", opened_card: "enrolled with an invitation card",
};

// Codes of the system's own tables (states, events, roles …): an official should never meet them raw.
const CODES = {
  step: {
    accepted: ["受理派单", "assigned"], signed: ["签收", "signed for"], working: ["联系办理", "in hand"], claimed: ["问居民", "resident asked"], closed_ok: ["居民说解决了", "resident: solved"],
  },
  state: {
    draft: ["填写中", "draft"], submitted: ["待受理", "submitted"], accepted: ["已受理，等签收", "accepted"], signed: ["已签收", "signed for"],
    working: ["办理中", "in hand"], claimed: ["等居民确认", "asked: is it solved?"], closed_ok: ["已办结", "closed"], reopened: ["重办", "reopened"],
    closed_silent: ["已办结（未评价）", "closed, unanswered"], withdrawn: ["居民撤回", "withdrawn"],
  },
  event: {
    submit: ["居民提交", "resident submitted"], accept: ["系统受理并派单", "accepted and assigned"], look: ["楼长：我来看看", "head: I'll have a look"],
    busy: ["楼长：没空", "head: no time"], decline: ["楼长：我不便管", "head: not for me"], sign: ["签收", "signed for"], contact: ["已联系居民", "resident contacted"],
    arrive: ["已到场", "somebody is there"],
    claim: ["报办结", "said it is done"], confirm: ["居民：解决了", "resident: solved"], deny: ["居民：没有解决，退回重办", "resident: not solved, sent back"],
    partly: ["居民：好了一部分，退回重办", "resident: partly, sent back"], climb: ["到时没人应答", "silence"],
    take_over: ["上一级接管牵头", "the level above leads"],
    enter: ["服务台代登记", "entered at the desk"], word: ["带话给居民", "word to the resident"], plan: ["定了日子", "named a day"],
    ask: ["向居民提问", "asked the resident"], reply: ["居民答复", "resident answered"], resume: ["没等到答复，接着计时", "no answer, the clocks go on"],
    add: ["居民补充", "resident said more"], urge: ["居民催了一下", "resident hurried it"], raise: ["居民申请上报", "resident asked to go higher"],
    place: ["说了在哪里", "place named"],
    sort: ["定了类别", "category named"], hear: ["听完写下了", "voice written down"], agree: ["居民：是这样", "resident: that is right"],
    disagree: ["居民：不是这样", "resident: that is not it"], dispatch: ["派工", "a worker was sent"], external: ["记下外部编号", "outside number noted"],
    offer: ["申请转办", "asked for a transfer"], take: ["接下转办", "transfer taken"], extend: ["申请延期", "asked for more time"],
    grant: ["同意延期", "more time granted"], refuse: ["没有同意", "refused"], safe: ["已围挡，不再有危险", "made safe"],
    no_answer: ["电话没人接", "nobody answered the call"], person: ["居民要找人工", "resident wants a person"], spoke: ["与居民说上话了", "spoke with the resident"],
    lapse: ["居民没有答复，先办结", "closed without an answer"], reopen: ["居民：没好，重办", "resident: reopened"],
    withdraw: ["居民撤回", "resident withdrew it"], rate: ["居民打了分", "resident rated it"], thank: ["居民说谢谢", "resident says thanks"],
  },
  role: {
    resident: ["居民", "resident"], head: ["楼长", "building head"], property: ["物业", "property firm"], committee: ["业委会", "owners' committee"],
    community: ["社区", "community"], street: ["街道", "subdistrict"], district: ["区", "district"], bot: ["系统", "system"], clock: ["时钟", "clock"],
  },
  unless: {
    signed: ["到时还没签收", "not signed for by then"], contacted: ["到时还没联系居民", "resident not contacted by then"],
    claimed: ["到时还没办好", "not done by then"], answered: ["到时居民还没回答", "no answer from the resident by then"],
    closed: ["到时还没办结", "not closed by then"], safe: ["到时还有危险", "not made safe by then"], on_scene: ["到时还没人到场", "nobody there by then"],
  },
  alarm: {
    review: ["到了最高一级还没办结，请定怎么办", "at the top of the ladder and still open: decide"],
    "fresh-eyes": ["居民第三次说没解决，请换人看看", "sent back a third time: somebody else should look"],
    "desk-unreachable": ["这个服务台没有人登记，通知送不到", "nobody is enrolled at this desk"],
    "raiser-unreachable": ["居民收不到消息，请打电话", "the resident cannot be reached: telephone"],
    "file-lost": ["一个附件没能收下", "an attachment could not be fetched"],
    "button-forged": ["有人点了不是我们发的按钮", "somebody tapped a button that was never ours"],
    "links-guessed": ["同一个手机猜了太多次邀请码", "one phone guessed too many links"],
    draining: ["停收太久，自己又开了", "the door stayed closed to its limit and opened by itself"],
    invariant: ["有一条记录对不上，请查", "a record is not as it must be: look at it"],
    "drill-failed": ["备份演练没成功", "the backup drill failed"],
    "clock-jumped": ["机器的钟跳了，先不催办", "the machine's clock leapt; nothing climbs until released"],
    "clock-failed": ["一个时限没能按时处理", "a due moment could not be handled"],
    "notice-half-done": ["一条通知送到了，后面该做的没写下来", "a notice arrived, but what follows from it was not written down"],
    notice_dead: ["一条通知送不到", "a notice could not be delivered"],
    "picture-unreadable": ["一张照片打不开，没有转给任何人", "a picture could not be read; nobody was shown it"],
    "calendar-ends": ["节假日表快用完了，请续上", "the holiday table ends soon: continue it"],
    "duty-gap": ["假期里有一天没人值班", "a day of the holiday has nobody on duty"],
    update_parked: ["一条来信读不懂，已留存待查", "an incoming message could not be read; it is kept"],
  },
  why: {
    blocked: ["对方停用了机器人", "has blocked the bot"], deactivated: ["对方账号已注销", "account deleted"],
    "chat not found": ["找不到这个聊天", "chat not found"], "initiate conversation": ["对方还没打开过机器人", "has not opened the bot"],
    kicked: ["机器人被移出了群", "removed from the group"], "too large": ["内容太大", "too large"],
    "no way": ["没有可用的联系方式", "no way to reach them"],
  },
  effect: {
    remind: ["提醒服务台", "reminds the desk"], copy: ["抄送上一级", "copies the level above"], lead: ["上一级接管牵头", "the level above leads"],
    ask_again: ["再问居民一次", "asks the resident again"], call: ["转电话回访", "someone telephones"], review: ["专班复核", "comes up for review"],
    assist: ["请楼长助手帮忙", "asks the head's assistant"], resume: ["接着计时", "the clocks go on"],
  },
  telling: {
    receipt: ["回执", "receipt"], assignment: ["派单", "assignment"], request: ["请楼长帮忙", "request to the head"], question: ["问：解决了吗", "is it solved?"],
    returned: ["退回重办", "sent back"], copy: ["抄送", "copy"], changed: ["新的时限", "changed promise"], refresh: ["刷新卡片", "card refreshed"],
    reminder: ["提醒", "reminder"], word: ["带话给居民", "word to the resident"], call: ["请打电话问居民", "telephone the resident"],
    asked: ["服务台的提问", "the desk's question"], heard: ["核对语音写下的话", "is this what the voice says?"], added: ["居民又说了一句", "the resident said more"],
    decide: ["请定：转办或延期", "decide: transfer or more time"], decided: ["定下来了", "it was decided"], thanks: ["居民的谢谢", "thanks passed on"],
    pictures: ["照片", "pictures"], list: ["清单", "list"],
  },
  reader: {
    raiser: ["居民", "resident"], head: ["楼长", "building head"], desk: ["责任服务台", "accountable desk"], helping: ["协办服务台", "helping desk"], above: ["上一级", "level above"],
    family: ["居民家人", "family"], decider: ["请他定的服务台", "desk that decides"], caller: ["打电话的服务台", "desk that telephones"],
  },
  level: {
    1: ["楼栋", "building"], 2: ["小区", "compound"], 3: ["社区", "community"], 4: ["街道", "subdistrict"], 6: ["区", "district"],
  },
  part: {
    resident: ["居民", "resident"], neighbour: ["邻居", "neighbour"], head: ["楼长", "building head"], property: ["物业服务台", "property desk"], community: ["社区服务台", "community desk"],
  },
};

let tongue = localStorage.getItem("tongue") === "en" ? "en" : "zh";

/** The language the page speaks now: "zh" or "en". */
export const language = () => tongue;

/** The page speaks `to` from now on, and remembers it. */
export function speak(to) {
  tongue = to;
  localStorage.setItem("tongue", to);
  document.documentElement.lang = to === "en" ? "en" : "zh-CN";
}

/** A sentence of the page's own; `{n}` is filled from `facts`. */
export function word(key, facts = {}) {
  const text = (tongue === "en" ? EN : ZH)[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
}

/** What an official reads for a code of the system's tables; an unknown code stays as it is. */
export function coded(kind, code) {
  const pair = CODES[kind]?.[code];
  return pair ? pair[tongue === "en" ? 1 : 0] : String(code ?? "");
}

/** Words every element that carries data-word, data-label or data-hint. */
export function wordAll(root = document) {
  for (const one of root.querySelectorAll("[data-word]")) one.textContent = word(one.dataset.word);
  for (const one of root.querySelectorAll("[data-label]")) one.setAttribute("aria-label", word(one.dataset.label));
  for (const one of root.querySelectorAll("[data-hint]")) one.setAttribute("placeholder", word(one.dataset.hint));
}
