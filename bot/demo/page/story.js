// What is the one-minute story? It is played on the real system, by the same taps anyone can make.

import { officeNow, turn } from "./clock.js";
import { byId, h, pause } from "./dom.js";
import { hourOf } from "./when.js";
import { language, word } from "./words.js";

const LASTS = 52_000; // ms it usually takes; a minute is what was promised
const SPEED = Number(new URLSearchParams(location.search).get("speed")) || 1; // tests have no minute to spare
const WAITS = 9000; // ms for one answer; then the story says so and ends
const SENTENCE = "栋电梯又停了，八十多岁的老人下不了楼";
const BUILDINGS = [3, 1, 2, 4, 5, 6]; // told once more, the story is of another lift: the same one would be a relapse, and begin higher up
const REPAIR = "换了门机皮带，试运行正常";
const REAL_REPAIR = "厂家更换门锁，已复检合格";

const CAPTIONS = {
  one: ["王阿姨只说一句话。不填表，不下载，不用知道该找谁。", "Auntie Wang says one sentence. No form, no download, no need to know who is in charge."],
  morning: ["夜里不响铃：先把办公时钟拨到早上。", "No phone rings at night: the office clock is turned to the morning."],
  alone: ["刚响过的手机，几分钟内不再一件件响：先过十分钟。", "A phone that has just rung is left alone for some minutes: ten of them go by first."],
  consent: ["头一回用，先问一声：可以吗？往后不再问。", "The first time it asks once: may we? Never again after that."],
  another: ["是刚办结的那件，还是另一件？先问一声，免得弄混。", "The case just closed, or another one? It asks, so that nothing is mixed up."],
  understood: ["它先说一遍自己听懂了什么：交给谁、几点前有人联系。她点一下。", "It says what it understood: who gets it, and by when. She taps once."],
  receipt: ["编号、管事的人、钟点，都有了。有变化才打扰她。", "A number, someone in charge, a time. She is disturbed only when something changes."],
  desk: ["物业手机响了：看得到事，看不到是谁说的。签收。", "The property desk's phone rings: it sees the matter, not who said it. Signed for."],
  contact: ["联系居民，办理。卡片静静更新，不响铃。", "The resident is contacted. The card updates without a sound."],
  done: ["物业说修好了，写一句做了什么。", "The desk says it is done, with one sentence."],
  ask: ["修没修好，物业说了不算。居民说：没有。", "Whether it is solved is not the desk's to say. The resident says: no."],
  back: ["原路退回同一个服务台，社区同时看到。", "Back to the same desk; the community sees it too."],
  silence: ["没人应答？办公时钟一到，自动往上走，不用她催。", "Nobody answers? When the clock is due it climbs by itself."],
  climbed: ["社区接了过来：牵头的换了，原来的服务台协办。", "The community leads now; the first desk stays and helps."],
  solved: ["这一次真的好了。居民点「解决了」，才算办完。", "This time it is fixed. Only when the resident says so is it closed."],
  end: ["事事有回音，件件有着落。", "Every complaint gets an answer."],
  lost: ["这一步没等到回答，演示停在这里。您可以接着点。", "No answer came for this step; the story ends here. Go on by hand."],
};

const CONSENT = /^知道了|同意/; // the words on the buttons; everyone in the cast reads Chinese
const ANOTHER = /^另一件事?$/; // where she has told of such a matter before
const SUBMIT = /提交$/;
const SIGN = /^签收$/;
const CONTACT = /^已联系/;
const CLAIM = /^办好了$/;
const SEND = /^发给居民$/; // some desks read their sentence once more before the resident does
const NOT_SOLVED = /^没有$/;
const SOLVED = /^解决了$/;
const NUMBER = /编号\s*(\d{4,})/; // the receipt's
const MOST_DUES = 8; // due moments of this case turned at most until the community leads
const DAY = [8, 18]; // hours in which phones may ring
const MORNING = 9;
const TOGETHER = 10 * 60_000; // ms of the office in which a desk's third card becomes a list
const LED = /牵头/; // what the resident reads once the level above leads

/** Plays the whole story by itself; `stage` is {phones, show}. */
export class Story {
  constructor(stage) {
    this.stage = stage;
    this.abort = null;
  }

  toggle() {
    if (this.abort) this.stop();
    else this.play();
  }

  stop() {
    this.abort?.abort(new DOMException("stopped", "AbortError"));
  }

  async play() {
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.took = 0;
    document.body.dataset.story = "playing";
    document.body.classList.add("playing");
    byId("caption").hidden = false;
    this.draw(true);
    const ticking = setInterval(() => this.progress(), 200);
    try {
      await this.tell(signal);
      document.body.dataset.story = "told";
    } catch (error) {
      document.body.dataset.story = error.name === "AbortError" ? "stopped" : "lost";
      if (error.name !== "AbortError") {
        this.caption("lost");
        await this.rest(3500, signal).catch(() => {});
      }
    } finally {
      clearInterval(ticking);
      document.body.dataset.storyTook = String(Math.round(this.took));
      this.abort = null;
      document.body.classList.remove("playing");
      byId("caption").hidden = true;
      for (const phone of this.stage.phones.values()) phone.element.classList.remove("on-stage");
      this.draw(false);
    }
  }

  draw(playing) {
    byId("play").classList.toggle("playing", playing);
    byId("play").querySelector("use").setAttribute("href", `/demo/static/icons.svg#${playing ? "stop" : "play"}`);
    byId("play").querySelector("span").textContent = word(playing ? "stop" : "play");
  }

  progress() {
    byId("caption-progress").style.width = `${Math.min(100, (this.took / LASTS) * 100)}%`;
  }

  caption(key) {
    byId("caption-words").textContent = CAPTIONS[key][language() === "en" ? 1 : 0];
  }

  async tell(signal) {
    this.number = null; // of the story's own case, once the receipt has said it; other cases are not touched
    await this.morning(signal);
    await this.alone(signal);
    this.marks = this.mark();
    this.caption("one");
    this.focus("resident");
    await this.type("resident", this.sentence(), signal);
    let card = await this.reach("resident", [CONSENT, ANOTHER, SUBMIT], signal);
    while (!SUBMIT.test(card.button.text)) {
      this.caption(CONSENT.test(card.button.text) ? "consent" : "another");
      this.marks.set("resident", card.message.id);
      await this.press("resident", card, signal, 2000);
      card = await this.reach("resident", [CONSENT, ANOTHER, SUBMIT], signal);
    }
    this.caption("understood");
    this.marks.set("resident", card.message.id); // a receipt above it is of something else
    await this.press("resident", card, signal, 4400);
    await this.until(() => this.receipt(), signal);
    this.number = this.receipt();
    this.caption("receipt");
    await this.rest(4200, signal);

    this.focus("property");
    this.caption("desk");
    await this.press("property", await this.unsigned("property", signal), signal, 2800);
    this.caption("contact");
    await this.press("property", await this.reach("property", [CONTACT], signal), signal, 2200);
    this.caption("done");
    await this.claim("property", REPAIR, signal);

    this.focus("resident");
    this.caption("ask");
    await this.press("resident", await this.reach("resident", [NOT_SOLVED], signal), signal, 3000);
    this.focus("property");
    this.caption("back");
    await this.rest(4000, signal);

    this.focus("community");
    this.caption("silence");
    await this.rest(1400, signal);
    for (let i = 0; i < MOST_DUES && !this.led(); i += 1) {
      await this.due(signal);
      await this.rest(900, signal);
    }
    this.caption("climbed");
    await this.press("community", await this.unsigned("community", signal), signal, 3200);
    await this.claim("community", REAL_REPAIR, signal);

    this.focus("resident");
    this.caption("solved");
    await this.press("resident", await this.reach("resident", [SOLVED], signal), signal, 2600);
    await this.rest(2000, signal);
    this.caption("end");
    await this.rest(3600, signal);
  }

  /** What she says: of the first lift she has not told of yet. */
  sentence() {
    const said = [...this.stage.phones.get("resident").messages.values()].filter((one) => one.mine).map((one) => one.text);
    const other = BUILDINGS.find((building) => !said.includes(`${building}${SENTENCE}`));
    return `${other ?? BUILDINGS[0]}${SENTENCE}`;
  }

  /** At night nobody's phone rings: the story begins in the morning. */
  async morning(signal) {
    const [hour, minute] = hourOf(officeNow()).split(":").map(Number);
    if (hour >= DAY[0] && hour < DAY[1]) return;
    this.caption("morning");
    await turn(((24 + MORNING - hour) % 24) * 3600 - minute * 60);
    await this.rest(900, signal);
  }

  /** Where other cases have just rung, the story's own would be read in a list with them: they get their ten minutes. */
  async alone(signal) {
    const since = officeNow() - TOGETHER;
    const rung = (key) => [...this.stage.phones.get(key).messages.values()].some((one) => one.buttons.length && new Date(one.at) > since);
    if (!["property", "community"].some(rung)) return;
    this.caption("alone");
    await turn(TOGETHER / 1000 + 60);
    await this.rest(900, signal);
  }

  /** The clock stands at the story's own next due moment; when other cases ring on the way, nobody need wait for it. */
  async due(signal) {
    const since = performance.now();
    await turn("next", this.number);
    signal.throwIfAborted();
    this.took += performance.now() - since;
  }

  /** What stands on each phone now is not the story's. */
  mark() {
    return new Map([...this.stage.phones.keys()].map((key) => [key, this.last(key)]));
  }

  /** The number the newest receipt of this story says, or null. */
  receipt() {
    const said = this.fresh("resident").map((one) => NUMBER.exec(one.text)?.[1]);
    return said.find(Boolean) ?? null;
  }

  focus(key) {
    for (const phone of this.stage.phones.values()) phone.element.classList.toggle("on-stage", phone.key === key);
    this.stage.show(key);
    this.stage.phones.get(key).read();
  }

  /** Words appear as if typed, and are sent. */
  async type(key, text, signal) {
    const phone = this.stage.phones.get(key);
    for (const letter of text) {
      phone.input.value += letter;
      phone.grow();
      await this.rest(45, signal);
    }
    await this.rest(350, signal);
    await phone.send();
  }

  /** Presses 办好了, says the one sentence it asks for, and sends it when asked once more; the resident is asked then. */
  async claim(key, sentence, signal) {
    const card = await this.reach(key, [CLAIM], signal);
    const before = this.last(key);
    const asked = this.find("resident", [SOLVED])?.message.id ?? 0;
    await this.press(key, card, signal, 900);
    await this.until(() => this.named(key).some((one) => one.id > before), signal);
    await this.rest(500, signal);
    await this.type(key, sentence, signal);
    const question = () => (this.find("resident", [SOLVED])?.message.id ?? 0) > asked;
    const send = () => this.pick(this.fresh(key).filter((one) => one.id > before), [SEND]);
    await this.until(() => send() ?? question(), signal);
    if (send()) await this.press(key, send(), signal, 1200);
    await this.until(question, signal);
    await this.rest(500, signal);
  }

  last(key) {
    const ids = [...this.stage.phones.get(key).messages.values()].filter((one) => !one.mine).map((one) => one.id);
    return Math.max(0, ...ids);
  }

  /** The newest card of the story's own case with such a button, once there is one: {message, button}. */
  async reach(key, patterns, signal) {
    await this.until(() => this.find(key, patterns), signal);
    return this.find(key, patterns);
  }

  /** Whether the community can sign for it: by its card, or, the resident knows that it leads, from its list. */
  led() {
    return this.find("community", [SIGN]) ?? (this.named("resident").some((one) => LED.test(one.text)) && this.listed("community"));
  }

  /** The newest list with the story's own case in it: {message, button}. */
  listed(key) {
    return this.pick(this.fresh(key), [new RegExp(`^${this.number}$`)]);
  }

  /** The card to sign for; one that came in a list is opened from there, as a clerk would. */
  async unsigned(key, signal) {
    await this.until(() => this.find(key, [SIGN]) ?? this.listed(key), signal);
    if (!this.find(key, [SIGN])) await this.press(key, this.listed(key), signal, 900);
    return this.reach(key, [SIGN], signal);
  }

  /** What the bot has said on that phone since the story began, newest first. */
  fresh(key) {
    const { messages } = this.stage.phones.get(key);
    return [...messages.values()].filter((one) => !one.mine && one.id > this.marks.get(key)).sort((a, b) => b.id - a.id);
  }

  /** … and of its own case, once that has a number. */
  named(key) {
    const own = new RegExp(`(?<!\\d)${this.number}(?!\\d)`); // and not a part of a telephone's
    return this.fresh(key).filter((one) => !this.number || own.test(one.text));
  }

  find(key, patterns) {
    return this.pick(this.named(key), patterns);
  }

  pick(messages, patterns) {
    for (const message of messages) {
      const button = message.buttons.flat().find((one) => patterns.some((pattern) => pattern.test(one.text)));
      if (button) return { message, button };
    }
    return null;
  }

  /** A finger comes down on the button. */
  async press(key, { message, button }, signal, readFor = 0) {
    await this.rest(readFor, signal);
    const phone = this.stage.phones.get(key);
    const keys = [...phone.list.querySelectorAll(`[data-id="${message.id}"] .key`)];
    const element = keys.find((one) => one.textContent === button.text);
    if (!element) throw new Error("the button is gone");
    element.scrollIntoView({ block: "nearest" });
    const finger = h("i.finger", { "aria-hidden": "true" });
    element.append(finger);
    await this.rest(420, signal).finally(() => finger.remove());
    element.click();
  }

  /** Time for the reader: it is what the story's minute is made of. */
  async rest(ms, signal) {
    this.took += ms;
    await pause(ms / SPEED, signal);
  }

  async until(done, signal) {
    const since = performance.now();
    while (!done()) {
      if (performance.now() - since > WAITS) throw new Error("no answer");
      await pause(50, signal);
    }
    this.took += performance.now() - since;
  }
}
