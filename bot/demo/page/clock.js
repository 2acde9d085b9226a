// What does the office clock show, and how is it turned?

import { byId } from "./dom.js";
import { act } from "./wire.js";
import { dayOf, hourOf, setZone, shortly } from "./when.js";
import { word } from "./words.js";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const ROLLS = 700; // ms a turn is seen to roll

let offset = 0; // office minus this browser's clock, ms
let shown = 0; // the offset on the face, on its way to `offset`
let rolling = null; // {from, since}
let nextDue = null;
let turning = false;
let quiet = ["", ""]; // from, to: in these hours no phone rings
let held = { n: 0, until: null };

/** The office moment. */
export const officeNow = () => new Date(Date.now() + offset);

/** The next due moment, or null. */
export const nextDueAt = () => nextDue;

/** What the parent says about the clock is on the face. */
export function setClock(facts) {
  setZone(facts.zone);
  quiet = facts.quiet;
  const before = offset;
  offset = new Date(facts.now).getTime() - Date.now();
  nextDue = facts.next_due ? new Date(facts.next_due) : null;
  turning = facts.turning;
  if (Math.abs(offset - before) > 30_000 && before !== 0 && !STILL.matches) rolling = { from: shown, since: performance.now() };
  else if (!rolling) shown = offset;
  roll();
}

/** Notices that wait for the end of the quiet hours: the clock says why nobody's phone rings. */
export function setHeld(counts) {
  held = { n: counts.held ?? 0, until: counts.held_until ? new Date(counts.held_until) : null };
  drawClock();
}

/** Whether no phone rings at this hour, "HH:MM"; by day something waits only to be read with other things. */
const isQuiet = (hour) => (quiet[0] < quiet[1] ? quiet[0] <= hour && hour < quiet[1] : quiet[0] <= hour || hour < quiet[1]);

function drawHeld() {
  const line = byId("held");
  line.hidden = !held.n || !held.until || held.until <= officeNow();
  if (!line.hidden) line.textContent = word(isQuiet(hourOf(officeNow())) ? "held" : "later", { from: quiet[0], n: held.n, until: hourOf(held.until) });
}

function roll() {
  if (rolling) {
    const part = Math.min(1, (performance.now() - rolling.since) / ROLLS);
    shown = rolling.from + (offset - rolling.from) * (1 - (1 - part) ** 3);
    if (part < 1) requestAnimationFrame(roll);
    else rolling = null;
  }
  drawClock();
}

/** The face, the buttons, and what the next due moment is. */
export function drawClock() {
  const moment = new Date(Date.now() + shown);
  byId("office-day").textContent = dayOf(moment);
  byId("office-time").textContent = hourOf(moment);
  document.querySelector(".office").classList.toggle("rolling", Boolean(rolling) || turning);
  byId("next-due").textContent = nextDue ? shortly(nextDue, officeNow()) : word("no_next");
  for (const button of document.querySelectorAll("[data-turn]")) {
    button.disabled = turning || (button.dataset.turn === "next" && !nextDue);
  }
  drawHeld();
  for (const time of document.querySelectorAll(".status-time")) time.textContent = hourOf(moment);
}

/** The clock is turned: "next" (of the case `number`, else of any), or so many seconds. Resolves when all has rung. */
export async function turn(by, number) {
  turning = true;
  drawClock();
  try {
    return await act("clock", by === "next" ? { to: "next", number } : { seconds: Number(by) });
  } finally {
    turning = false;
    drawClock();
  }
}

/** The clock runs by itself from now on. */
export function startClock() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-turn]");
    if (button && !button.disabled) turn(button.dataset.turn).catch(() => {});
  });
  setInterval(drawClock, 1000);
}
