// What is this page made of? Five phones, an office clock, faults, what happened behind, and a story that plays itself.

import { behindChanged, drawBehind, openBehind } from "./behind.js";
import { drawClock, setClock, startClock } from "./clock.js";
import { byId, h } from "./dom.js";
import { drawFaults, openFaults, setFaults } from "./faults.js";
import { Phone } from "./phone.js";
import { Story } from "./story.js";
import { everything, listen } from "./wire.js";
import { language, speak, word, wordAll } from "./words.js";

const phones = new Map();
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const NARROW = matchMedia("(max-width: 820px)");
let state = null;
let child = { status: "starting" };
let active = "resident";
let heading = null; // the phone a tap on a tab slides to
let arriving = null;
const SLIDES = 600; // ms

// the phones side by side, or one at a time

function buildPhones() {
  const row = byId("phones");
  row.replaceChildren();
  phones.clear();
  for (const facts of state.people) {
    const phone = new Phone(facts, state.chips.filter((chip) => chip.person === facts.key), { unread: drawTab });
    phones.set(facts.key, phone);
    row.append(phone.element);
  }
  byId("tabs").replaceChildren(...state.people.map((facts) => h("button.tab", { type: "button", role: "tab", id: `tab-${facts.key}`, "aria-controls": `phone-${facts.key}`, dataset: { person: facts.key }, onclick: () => show(facts.key) },
    h("span.avatar", { "aria-hidden": "true", class: `avatar part-${facts.key}` }), h("span.tab-words"), h("i.dot", { hidden: true }))));
  byId("try").replaceChildren(h("span.try-words", { dataset: { word: "try" } }), ...state.chips.map((chip) => h("button.chip", { type: "button", dataset: { person: chip.person, says: chip.text }, onclick: () => phones.get(chip.person).try(chip) }, chip.voice ? chip.text : `「${chip.text}」`)));
  drawTabs();
}

function drawTabs() {
  for (const phone of phones.values()) drawTab(phone);
}

function drawTab(phone) {
  const tab = byId(`tab-${phone.key}`);
  if (!tab) return;
  const selected = phone.key === active;
  if (selected && phone.unread && NARROW.matches) return void phone.read();
  tab.setAttribute("aria-selected", String(selected));
  tab.setAttribute("aria-label", `${phone.name} · ${phone.part}${phone.unread ? ` · ${phone.unread}` : ""}`);
  tab.querySelector(".avatar").textContent = phone.letter;
  tab.querySelector(".tab-words").textContent = phone.part.replace("服务台", "").replace(" desk", "").replace("building ", "");
  const dot = tab.querySelector(".dot");
  dot.hidden = phone.unread === 0;
  dot.textContent = String(phone.unread || "");
}

/** On a narrow screen that phone is in front; on a wide one it is in sight. */
function show(key) {
  active = key;
  drawTabs();
  if (!NARROW.matches) return void phones.get(key).element.scrollIntoView({ inline: "nearest", block: "nearest", behavior: STILL.matches ? "instant" : "smooth" });
  phones.get(key).read();
  if (STILL.matches) return void slide(key, "instant");
  heading = key;
  requestAnimationFrame(() => slide(key, "smooth"));
  clearTimeout(arriving);
  arriving = setTimeout(() => {
    slide(heading, "instant"); // a fold of the bar on the way may have stopped it
    heading = null;
  }, SLIDES);
}

/** A thumb on the phones goes where it likes. */
function letGo() {
  clearTimeout(arriving);
  heading = null;
}

function slide(key, behavior) {
  const row = byId("phones");
  const left = phones.get(key).element.offsetLeft - row.offsetLeft;
  if (Math.abs(row.scrollLeft - left) > 1) row.scrollTo({ left, behavior });
}

/** Where the phones do not all fit, a pill at the edge says so, and shows the rest. */
function drawFurther() {
  const row = byId("phones");
  const pill = byId("further");
  const most = row.scrollWidth - row.clientWidth;
  pill.hidden = NARROW.matches || most < 24;
  const back = row.scrollLeft > most / 2;
  pill.classList.toggle("back", back);
  pill.dataset.label = back ? "back" : "further";
  pill.setAttribute("aria-label", word(pill.dataset.label));
  const [first, last] = [state?.people.at(0), state?.people.at(-1)];
  const phone = phones.get((back ? first : last)?.key);
  byId("further-words").textContent = phone ? phone.part.replace("服务台", "").replace(" desk", "") : "";
}

function slideFurther() {
  const row = byId("phones");
  row.scrollTo({ left: byId("further").classList.contains("back") ? 0 : row.scrollWidth, behavior: STILL.matches ? "instant" : "smooth" });
}

function swiped() {
  drawFurther();
  if (!NARROW.matches || heading) return;
  const row = byId("phones");
  const middle = row.scrollLeft + row.clientWidth / 2;
  for (const phone of phones.values()) {
    const left = phone.element.offsetLeft - row.offsetLeft;
    if (left <= middle && middle < left + phone.element.clientWidth && active !== phone.key) {
      active = phone.key;
      drawTabs();
    }
  }
}

// what changes

function drawChild() {
  const box = byId("child");
  box.dataset.status = child.status;
  byId("child-words").textContent = word(child.status);
  box.title = child.pid ? `huiyin run · pid ${child.pid} · ${child.starts}` : "";
  for (const phone of phones.values()) {
    phone.starting = child.status === "starting" && child.starts < 2;
    phone.offline = child.status !== "up" && !phone.starting;
    phone.drawStatus();
  }
}

function setPeople(people) {
  for (const facts of people) {
    const phone = phones.get(facts.key);
    phone.facts = { ...phone.facts, blocked: facts.blocked };
    phone.drawStatus();
  }
}

async function readAll() {
  state = await everything();
  setClock(state.clock);
  child = state.child;
  buildPhones();
  setFaults(state.faults);
  redraw();
  behindChanged();
}

function redraw() {
  wordAll();
  document.title = word("title");
  byId("tongue").textContent = language() === "en" ? "中文" : "EN";
  if (state) byId("town").textContent = language() === "en" ? state.town.en : state.town.name;
  for (const phone of phones.values()) phone.redraw();
  drawTabs();
  drawFurther();
  drawChild();
  drawClock();
  drawFaults();
  drawBehind();
  document.body.dataset.ready = child.status === "up" ? "yes" : "no";
}

const story = new Story({ phones, show });

function wire() {
  byId("tongue").addEventListener("click", () => {
    speak(language() === "en" ? "zh" : "en");
    redraw();
  });
  byId("faults-open").addEventListener("click", () => openFaults(byId("faults").hidden));
  byId("behind-open").addEventListener("click", () => openBehind(byId("behind").hidden));
  byId("ribbon").addEventListener("click", () => openBehind(byId("behind").hidden));
  byId("more").addEventListener("click", () => openMore(!document.body.classList.contains("with-more")));
  byId("play").addEventListener("click", () => story.toggle());
  byId("stop").addEventListener("click", () => story.stop());
  byId("further").addEventListener("click", slideFurther);
  addEventListener("resize", drawFurther);
  byId("phones").addEventListener("scroll", swiped, { passive: true });
  for (const kind of ["touchstart", "wheel"]) byId("phones").addEventListener(kind, letGo, { passive: true });
  NARROW.addEventListener("change", () => show(active));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openFaults(false);
    openBehind(false);
    openMore(false);
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("#faults, #faults-open")) openFaults(false);
  });
  // on the click, not before: folding the bar moves what the thumb is on
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".bar, #faults, #behind")) openMore(false);
  });
}

function openMore(open) {
  document.body.classList.toggle("with-more", open);
  byId("more").setAttribute("aria-expanded", String(open));
}

speak(language());
wire();
startClock();
await readAll();
listen({
  message: ({ person, kind, message }) => {
    phones.get(person)?.change(kind, message);
    behindChanged();
  },
  toast: ({ person, text }) => phones.get(person)?.toast(text),
  typing: ({ person }) => phones.get(person)?.showTyping(),
  clock: (facts) => {
    setClock(facts);
    behindChanged();
  },
  child: async (facts) => {
    const first = facts.status === "up" && facts.starts === 1 && child.status !== "up";
    child = facts;
    if (first) return void (await readAll()); // the office clock is known only now, and with it every hour on the phones
    drawChild();
    document.body.dataset.ready = child.status === "up" ? "yes" : "no";
    behindChanged();
  },
  faults: (facts) => {
    setFaults(facts);
    setPeople([{ key: "head", blocked: facts.blocked }]);
  },
  again: () => readAll(),
  gone: () => {
    child = { ...child, status: "gone" };
    drawChild();
  },
});
