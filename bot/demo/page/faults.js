// What can be made to go wrong, and how is it called off?

import { byId, h } from "./dom.js";
import { act } from "./wire.js";
import { word } from "./words.js";

let now = { blocked: false, left: {} };

/** What is broken at the moment is in the menu and on its button. */
export function setFaults(facts) {
  now = facts;
  drawFaults();
}

/** The head's phone knows whether its owner has blocked the bot. */
export const headBlocked = () => now.blocked;

/** The menu in the language of now. */
export function drawFaults() {
  const pending = Object.values(now.left).reduce((sum, n) => sum + n, 0);
  const rows = [
    ["fault_429", () => act("faults", { kind: "429" }), now.left["429"]],
    ["fault_5xx", () => act("faults", { kind: "5xx" }), now.left["5xx"]],
    ["fault_lost", () => act("faults", { kind: "lost" }), now.left.lost],
    [now.blocked ? "fault_unblock" : "fault_block", () => act("faults", { kind: now.blocked ? "unblock" : "block" }), 0],
    ["fault_kill", () => act("kill"), 0],
  ];
  byId("faults").replaceChildren(
    ...rows.map(([key, deed, left]) => row(key, deed, left)),
    pending ? row("fault_clear", () => act("faults", { kind: "clear" }), 0) : "",
  );
  byId("faults-open").classList.toggle("armed", pending > 0 || now.blocked);
}

function row(key, deed, left) {
  const hint = key === "fault_unblock" || key === "fault_clear" ? null : h("small", {}, word(`${key}_hint`));
  return h(`button.fault.${key.replace("_", "-")}`, { type: "button", role: "menuitem", onclick: () => deed().catch(() => {}) }, h("b", {}, word(key)), hint, left ? h("em", {}, word("armed", { n: left })) : null);
}

/** The menu is open, or not. */
export function openFaults(open) {
  const menu = byId("faults");
  menu.hidden = !open;
  const button = byId("faults-open").getBoundingClientRect();
  if (open && innerWidth > 820) menu.style.right = `${Math.max(12, innerWidth - button.right - 60)}px`;
  else menu.style.right = "";
  byId("faults-open").setAttribute("aria-expanded", String(open));
}
