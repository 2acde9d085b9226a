// What happened behind? The ribbon under the phones, and the whole of it in a panel, for an official to read.

import { byId, h, icon } from "./dom.js";
import { officeNow, setHeld } from "./clock.js";
import { behindNow } from "./wire.js";
import { shortly, spanOf } from "./when.js";
import { coded, language, word } from "./words.js";

const SETTLES = 350; // ms: a burst of changes is asked about once
const STEPS = ["accepted", "signed", "working", "claimed", "closed_ok"];
const PASSED = { submitted: 0, accepted: 0, reopened: 0, signed: 1, working: 2, claimed: 3, closed_ok: 4, closed_silent: 4, withdrawn: 4 };
const LEVELS = [2, 3, 4];

let told = { cases: [], notices: [], alarms: [], counts: {} };
let timer = null;

/** The newest case, or undefined. */
const newest = () => told.cases.at(-1);

/** Something changed: what is behind it will be on the page in a moment. */
export function behindChanged() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    behindNow().then((answer) => {
      if (answer.away) return;
      told = { ...answer, cases: [...(answer.cases ?? [])].reverse() }; // the child tells the newest first
      setHeld(told.counts);
      drawBehind();
    }).catch(() => {});
  }, SETTLES);
}

/** The ribbon and, when it is open, the panel. */
export function drawBehind() {
  drawRibbon();
  if (!byId("behind").hidden) drawPanel();
}

/** What stands under a step: a case that came back began again, and one may end in other ways than solved. */
function stood(one, state, at) {
  if (at === 0 && one.state === "reopened") return coded("state", "reopened");
  return at === STEPS.length - 1 && ENDS.includes(one.state) ? coded("state", one.state) : step(state);
}

function steps(one) {
  const reached = PASSED[one.state] ?? 0;
  return h("ol.steps", {}, STEPS.map((state, i) => h(`li${i < reached ? ".done" : i === reached ? (i === STEPS.length - 1 ? ".now.last" : ".now") : ""}${one.state === "reopened" && i === 0 ? ".again" : ""}`, {}, h("i"), h("span", {}, stood(one, state, i)))));
}

const step = (state) => coded("step", state);
const ENDS = ["closed_silent", "withdrawn"]; // other ways in which it may be over

/** Where it began, in outline, up to who leads now, filled. */
function ladder({ began, leads }) {
  const levels = [...new Set([...LEVELS, began.level, leads.level])].sort((a, b) => a - b);
  const shade = (level) => (level === leads.level ? "on" : level >= began.level && level < leads.level ? "was" : "off");
  const said = word(began.level === leads.level ? "began_here" : "began_there", { began: coded("level", began.level), leads: coded("level", leads.level) });
  return h("span.ladder", { role: "img", "aria-label": said, title: said }, levels.map((level) => h(`i.${shade(level)}`, {}, coded("level", level))));
}

const called = (held) => (language() === "en" ? held.desk_en : held.desk);

/** A sealed matter does not stand here by its title. */
const titled = (one) => (one.sealed ? word("sealed") : language() === "en" ? one.title_en : one.title);

/** Red is for what is late, or has hardly any working time left. */
const pressing = (due, one) => (one.pressing || due <= officeNow() ? ".pressing" : "");

function drawRibbon() {
  const one = newest();
  const ribbon = byId("ribbon");
  if (!one) {
    ribbon.replaceChildren(h("span.ribbon-empty", {}, h("b", {}, word("empty_title")), h("span", {}, word("empty_words"))));
    return;
  }
  const due = one.next_due && PASSED[one.state] !== 4 ? new Date(one.next_due) : null;
  ribbon.replaceChildren(
    h("span.ribbon-case", {}, h("b", {}, `#${one.number}`), h("span", {}, titled(one))),
    steps(one),
    h("span.ribbon-with", {}, h("small", {}, word("with")), h("b", {}, called(one.leads)), ladder(one)),
    h(`span.ribbon-due${due ? pressing(due, one) : ""}`, {}, h("small", {}, word("next_clock")), due ? h("b", {}, shortly(due, officeNow())) : h("b", {}, "—"), due ? h("small", {}, remaining(due)) : null),
  );
}

function remaining(due) {
  const left = due - officeNow();
  return `${word(left >= 0 ? "in" : "over")} ${spanOf(left)}`;
}

function drawPanel() {
  const now = officeNow();
  const panel = byId("behind");
  const scrolled = panel.querySelector(".behind-body")?.scrollTop ?? 0;
  const { rang = 0, silent = 0, waiting = 0 } = told.counts;
  panel.replaceChildren(
    h("header.behind-head", {}, h("h2", {}, word("behind")), h("p", {}, `${word("rang_n", { n: rang, m: silent })} · ${word("waiting_n", { n: waiting })} · ${word("kept")}`),
      h("button.round", { type: "button", "aria-label": word("close"), onclick: () => openBehind(false) }, icon("close"))),
    h("div.behind-body", {}, alarms(now), told.cases.length ? [...told.cases].reverse().map((one) => card(one, now)) : h("p.behind-empty", {}, h("b", {}, word("empty_title")), word("empty_words"))),
  );
  panel.querySelector(".behind-body").scrollTop = scrolled;
}

/** What a person must look at, newest first. */
function alarms(now) {
  const open = told.counts.alarms ?? 0;
  if (!open) return null;
  const line = (one) => h("li", {}, h("time", {}, shortly(new Date(one.raised_at), now)),
    h("span", {}, one.number ? h("b.number", {}, `#${one.number}`) : null, coded("alarm", one.kind), coded("why", one.reason) !== one.reason ? h("small", {}, coded("why", one.reason)) : null));
  return h("section.alarms", {}, h("h3", {}, word("alarms_n", { n: open })), h("ol", {}, (told.alarms ?? []).map(line)));
}

function card(one, now) {
  const clocks = one.clocks ?? [];
  const notices = told.notices.filter((notice) => notice.number === one.number && notice.telling !== "refresh").reverse();
  return h("article.case-card", {},
    h("header", {}, h("h3", {}, h("span.number", {}, `#${one.number}`), titled(one)), h(`span.state.state-${one.state}`, {}, coded("state", one.state)), h("p", {}, h("span", {}, `${word("with")} ${called(one.leads)}`, one.began.desk === one.leads.desk ? null : h("small", {}, word("began", { desk: called(one.began) }))), ladder(one))),
    h("h4", {}, word("events")),
    h("ol.events", {}, (one.events ?? []).map((event) => h(`li.by-${event.role}`, {}, h("time", {}, shortly(new Date(event.at), now)), h("span", {}, happened(event), h("small", {}, coded("role", event.role)))))),
    h("h4", {}, word("clocks")),
    clocks.length ? h("ol.clocks", {}, clocks.slice(0, 6).map((clock) => running(clock, now))) : h("p.none", {}, word("nothing_running")),
    h("h4", {}, word("notices")),
    h("ol.notices", {}, notices.map((notice) => h(`li.notice-${notice.state}`, {}, h("time", {}, shortly(new Date(notice.ring_at), now)), h("span", {}, `${coded("telling", notice.telling)} → ${coded("reader", notice.reader)}`), h("em", {}, word(notice.state))))),
  );
}

/** A climb says what the silence did: a reminder, a copy, another desk that leads. */
function happened(event) {
  const effect = event.event === "climb" && event.facts?.effect;
  return effect ? `${coded("event", "climb")}${word("colon")}${coded("effect", effect)}` : coded("event", event.event);
}

function running(clock, now) {
  const due = new Date(clock.due_at);
  return h(`li${pressing(due, clock)}`, {}, h("time", {}, shortly(due, now)), h("span", {}, coded("unless", clock.until), word("colon"), coded("effect", clock.effect)), h("em", {}, remaining(due)));
}

/** The panel is open, or not. */
export function openBehind(open) {
  const panel = byId("behind");
  panel.hidden = !open;
  document.body.classList.toggle("with-behind", open);
  byId("behind-open").setAttribute("aria-expanded", String(open));
  if (open) {
    drawPanel();
    behindChanged();
    panel.querySelector("button").focus({ preventScroll: true });
  }
}
