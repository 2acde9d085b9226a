// What is on one phone, and what can a thumb do there?

import { bubble, daySeparator } from "./bubble.js";
import { h, icon } from "./dom.js";
import { samplePhoto, sampleVoice, SAMPLE_PLACE } from "./samples.js";
import { act, upload } from "./wire.js";
import { dateOf } from "./when.js";
import { coded, language, word } from "./words.js";

const SHOWN_FOR = 2400; // ms a toast stands
const TYPES_FOR = 4500; // ms; sendChatAction lasts 5 s

const SLIDES = 900; // ms a smooth scroll may take
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** One person's phone; `on.unread(phone)` hears when its badge changes, `on.trouble(error)` what went wrong. */
export class Phone {
  constructor(facts, chips, on) {
    this.key = facts.key;
    this.facts = facts;
    this.messages = new Map();
    this.unread = 0;
    this.replying = null;
    this.on = on;
    this.build(chips);
    for (const one of facts.messages) this.messages.set(one.id, one);
    this.redraw();
  }

  get name() {
    return language() === "en" ? this.facts.en : this.facts.name;
  }

  /** The letter on the avatar: a surname's. */
  get letter() {
    return this.name.replace(/^(Auntie|Uncle|Mrs?|Ms) /, "").slice(0, 1);
  }

  get part() {
    return coded("part", this.key);
  }

  build(chips) {
    this.list = h("ol.messages", { role: "log", "aria-live": "polite" });
    this.toastBox = h("div.toast", { role: "status", hidden: true });
    this.typing = h("p.typing", { hidden: true });
    this.status = h("p.chat-status");
    this.badge = h("span.badge", { hidden: true });
    this.who = h("div.who-words");
    this.initial = h("span");
    this.input = h("textarea.words", { rows: 1, maxlength: 4096, enterkeyhint: "send" });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    });
    this.input.addEventListener("input", () => this.grow());
    this.attachMenu = h("div.attach-menu", { role: "menu", hidden: true },
      ...["photo", "voice", "location"].map((kind) => h(`button.attach-${kind}`, { type: "button", role: "menuitem", onclick: () => this.attach(kind) }, icon(kind), h("span", { dataset: { word: kind } }))));
    this.attachButton = h("button.round", { type: "button", dataset: { label: "attach" }, "aria-haspopup": "true", "aria-expanded": "false", onclick: () => this.openMenu(this.attachMenu.hidden) }, icon("attach"));
    this.sendButton = h("button.round.send", { type: "button", dataset: { label: "send" }, onclick: () => this.send() }, icon("send"));
    this.quote = h("div.replying", { hidden: true });
    this.chips = h("div.chips", {}, chips.map((chip) => h("button.chip", { type: "button", title: chip.text, dataset: { says: chip.text }, onclick: () => this.try(chip) }, chip.short)));
    this.screen = h("div.screen", {},
      h("div.statusbar", { "aria-hidden": "true" }, h("span.status-time", {}, "--:--"), h("span.status-right", {}, h("i.signal"), h("i.battery"))),
      h("div.chat-head", {}, h("img", { src: "/demo/static/seal.svg", alt: "", width: 34, height: 34 }), h("div", {}, h("b", { dataset: { word: "brand" } }), this.status)),
      h("div.chat", {}, this.list, this.toastBox),
      this.attachMenu, this.quote, chips.length ? this.chips : null,
      h("div.composer", {}, this.attachButton, this.input, this.sendButton));
    this.element = h(`section.phone.part-${this.key}`, { id: `phone-${this.key}`, role: "tabpanel", dataset: { person: this.key } },
      h("header.who", {}, h("span.avatar", { "aria-hidden": "true" }, this.initial, this.badge), this.who),
      h("div.case", {}, this.screen));
    this.watchScrolling();
    this.element.addEventListener("pointerdown", () => this.read());
    this.element.addEventListener("focusin", () => this.read());
    this.element.addEventListener("pointerenter", () => this.read());
    document.addEventListener("pointerdown", (event) => {
      if (!this.attachMenu.contains(event.target) && !this.attachButton.contains(event.target)) this.openMenu(false);
    });
  }

  /** The whole chat and its labels, as in the language of now. */
  redraw() {
    this.element.setAttribute("aria-label", `${this.name} · ${this.part}`);
    this.input.setAttribute("placeholder", word("message"));
    this.input.setAttribute("aria-label", `${word("message")} · ${this.name}`);
    const where = language() === "en" ? this.facts.where_en : this.facts.where;
    this.initial.textContent = this.letter;
    this.who.replaceChildren(h("b", {}, this.name), h("span.part", {}, this.part), h("small", {}, where));
    this.drawStatus();
    this.list.replaceChildren();
    this.lastDay = null;
    let before = null;
    for (const one of [...this.messages.values()].sort((a, b) => a.id - b.id)) {
      before = this.append(one, before);
    }
    this.toEnd(false);
  }

  drawStatus() {
    this.status.textContent = this.facts.blocked ? word("blocked") : this.offline ? word("offline") : this.starting ? `${word("starting")}…` : this.isTyping ? word("typing") : word("bot");
    this.element.classList.toggle("blocked", Boolean(this.facts.blocked));
    this.element.classList.toggle("offline", Boolean(this.offline));
  }

  append(one, before) {
    const day = dateOf(new Date(one.at));
    const last = before ?? this.lastDay;
    if (day !== last) this.list.append(daySeparator(new Date(one.at)));
    this.lastDay = day;
    this.list.append(this.drawn(one));
    return day;
  }

  drawn(one) {
    return bubble(one, one.reply_to ? this.messages.get(one.reply_to) : null, {
      me: this.name, stairs: this.facts.stairs, tap: (message, button, element) => this.tap(message, button, element), reply: (message) => this.replyTo(message),
    });
  }

  /** A change from the messenger is on the screen. */
  change(kind, one) {
    if (kind === "deleted") {
      this.messages.delete(one.id);
      this.list.querySelector(`[data-id="${one.id}"]`)?.remove();
      return;
    }
    const before = this.messages.get(one.id);
    this.messages.set(one.id, one);
    if (!before) {
      if (this.messages.size === 1) this.lastDay = null;
      this.append(one, null);
      const made = this.list.lastElementChild;
      made.classList.add("new");
      if (!one.mine) {
        this.isTyping = false;
        this.drawStatus();
        this.ring();
      }
      if (this.sticks || one.mine) this.toEnd(true);
      return;
    }
    const old = this.list.querySelector(`[data-id="${one.id}"]`);
    const made = this.drawn(one);
    old?.replaceWith(made);
    if (kind === "edited" && before.text !== one.text) made.classList.add("flash"); // buttons that go are no news
    if (this.sticks) this.toEnd(true);
  }

  ring() {
    if (!this.element.classList.contains("on-stage")) this.unread += 1;
    this.drawBadge();
    this.element.classList.remove("rings");
    void this.element.offsetWidth; // the animation starts again
    this.element.classList.add("rings");
    this.on.unread(this);
  }

  /** Whoever holds this phone has seen what is on it. */
  read() {
    if (!this.unread) return;
    this.unread = 0;
    this.drawBadge();
    this.on.unread(this);
  }

  drawBadge() {
    this.badge.hidden = this.unread === 0;
    this.badge.textContent = String(this.unread);
  }

  nearEnd() {
    const box = this.list;
    return box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  }

  /** The newest message is in sight, and stays so until somebody scrolls up. */
  toEnd(smooth) {
    this.sticks = true;
    this.slidesUntil = performance.now() + SLIDES;
    requestAnimationFrame(() => this.list.scrollTo({ top: this.list.scrollHeight, behavior: smooth && !STILL.matches ? "smooth" : "instant" }));
  }

  watchScrolling() {
    this.list.addEventListener("scroll", () => {
      if (performance.now() > this.slidesUntil) this.sticks = this.nearEnd();
    }, { passive: true });
    for (const kind of ["wheel", "touchmove"]) this.list.addEventListener(kind, () => (this.slidesUntil = 0), { passive: true });
    new ResizeObserver(() => this.sticks && this.toEnd(false)).observe(this.list); // a bar folds, a keyboard rises
  }

  // what a thumb does

  async deed(promise) {
    try {
      await promise;
      return true;
    } catch (error) {
      this.toast(error.message);
      return false;
    }
  }

  async send() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.grow();
    await this.say(text);
  }

  async say(text) {
    const reply = this.replying;
    this.replyTo(null);
    if (!this.facts.blocked) await this.deed(act("say", { person: this.key, text, reply_to: reply?.id ?? null }));
  }

  /** One of the things to try is said, or sent as a recording. */
  async try(chip) {
    await (chip.voice ? this.attach("voice") : this.say(chip.text));
  }

  async tap(message, button, element) {
    element.classList.add("pressed");
    setTimeout(() => element.classList.remove("pressed"), 900);
    await this.deed(act("tap", { person: this.key, message_id: message.id, callback: button.callback }));
  }

  async attach(kind) {
    this.openMenu(false);
    if (kind === "location") await this.deed(act("location", { person: this.key, ...SAMPLE_PLACE }));
    else await this.deed(upload(kind, this.key, kind === "photo" ? await samplePhoto() : sampleVoice()));
  }

  openMenu(open) {
    this.attachMenu.hidden = !open;
    this.attachButton.setAttribute("aria-expanded", String(open));
  }

  replyTo(message) {
    this.replying = message;
    this.quote.hidden = !message;
    if (!message) return;
    this.quote.replaceChildren(icon("reply"), h("span", {}, message.text.slice(0, 60)), h("button.round", { type: "button", "aria-label": word("cancel_reply"), onclick: () => this.replyTo(null) }, icon("close")));
    this.input.focus();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 110)}px`;
    this.element.classList.toggle("writing", this.input.value.trim() !== "");
  }

  toast(text) {
    clearTimeout(this.toastTimer);
    this.toastBox.textContent = text;
    this.toastBox.hidden = false;
    this.toastTimer = setTimeout(() => (this.toastBox.hidden = true), SHOWN_FOR);
  }

  showTyping() {
    this.isTyping = true;
    this.drawStatus();
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => {
      this.isTyping = false;
      this.drawStatus();
    }, TYPES_FOR);
  }
}
