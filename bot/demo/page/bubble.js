// What does one message look like?

import { h, icon } from "./dom.js";
import { dayOf, hourOf } from "./when.js";
import { word } from "./words.js";

const MARKS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", spoiler: "span.spoiler",
  blockquote: "blockquote", expandable_blockquote: "blockquote.fold",
};
const ADDRESS = /^(https?|tel|tg):/;
// what can be telephoned: with an area code, a mobile, 400-…, a public line (12345, 12356, 95598), an emergency number;
// 「110号」 is a house and 「120元」 a sum
const PHONE = /(?<![\d.#№-])(?:0\d{2,3}[- ]?\d{7,8}|1[3-9]\d{9}|400-?\d{3}-?\d{4}|(?:123\d{2}|9[56]\d{3}|1(?:1[09]|2[02]))(?![\d.:%]|\s*[号栋幢座元块米平户度斤公个人分天年月日次件期楼层室]))(?![\d-])/g;

/** A text with its entities; offsets are UTF-16 units, which is how JavaScript counts too. */
function marked(text, entities, from = 0, to = text.length) {
  const out = [];
  let at = from;
  const inside = entities.filter((one) => one.offset >= from && one.offset + one.length <= to);
  for (let i = 0; i < inside.length; i += 1) {
    const one = inside[i];
    if (one.offset < at) continue;
    out.push(...plain(text.slice(at, one.offset)));
    const end = one.offset + one.length;
    const children = marked(text, inside.slice(i + 1).filter((two) => two.offset >= one.offset && two.offset + two.length <= end), one.offset, end);
    out.push(element(one, text.slice(one.offset, end), children));
    at = one.type.endsWith("blockquote") && text[end] === "\n" ? end + 1 : end; // a quote ends its line by itself
  }
  out.push(...plain(text.slice(at, to)));
  return out;
}

function element(entity, text, children) {
  const address = entity.type === "text_link" ? entity.url : entity.type === "url" ? text : null;
  if (address && ADDRESS.test(address)) return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
  if (entity.type === "bot_command") return h("span.command", {}, children);
  if (entity.type === "expandable_blockquote") return h(MARKS[entity.type], { onclick: (tap) => tap.currentTarget.classList.toggle("open") }, children);
  return h(MARKS[entity.type] ?? "span", {}, children);
}

/** Numbers one can telephone are there to tap, as on a phone. */
function plain(text) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(PHONE)) {
    out.push(text.slice(at, found.index), h("a.tel", { href: `tel:${found[0].replace(/\D/g, "")}` }, found[0]));
    at = found.index + found[0].length;
  }
  out.push(text.slice(at));
  return out.filter((one) => one !== "");
}

function media(one) {
  const kind = one.media.kind;
  if (kind === "photo") {
    return h("img.photo", { src: one.media.url, alt: word("photo"), width: one.media.width || 400, height: one.media.height || 300 });
  }
  if (kind === "voice") {
    const seconds = `0:${String(one.media.duration ?? 0).padStart(2, "0")}`;
    const bars = Array.from({ length: 16 }, (_, i) => h(`i.bar-${(i * 7 + 3) % 5}`));
    return h("div.voice", { role: "img", "aria-label": `${word("voice")} ${seconds}` }, h("span.voice-play", {}, icon("play")), h("span.wave", {}, bars), h("span.voice-length", {}, seconds));
  }
  if (kind === "location") {
    return h("div.map", { role: "img", "aria-label": word("location") }, icon("location"), h("small", {}, `${one.media.latitude.toFixed(4)}, ${one.media.longitude.toFixed(4)}`));
  }
  if (kind === "contact") return h("div.file", {}, h("span.file-kind", {}, "☎"), h("span", {}, one.media.name, h("small", {}, one.media.phone)));
  return h("a.file", { href: one.media.url, download: one.media.name }, h("span.file-kind", {}, (one.media.name.split(".").pop() ?? "").slice(0, 4)), h("span", {}, one.media.name));
}

function meta(one) {
  const said = [];
  if (one.edited_at) said.push(h("span.updated", {}, word("updated")));
  said.push(h("time", { datetime: one.edited_at ?? one.at }, hourOf(new Date(one.edited_at ?? one.at))));
  if (one.mine) said.push(icon(one.kept ? "ticks" : "tick"));
  return h("span.meta", {}, said);
}

/** The message as an element; `on.tap(button, element)`, `on.reply(message)`; `quoted` is the message it answers. */
export function bubble(one, quoted, on) {
  if (one.service) return h("li.service", { dataset: { id: one.id } }, h("span", {}, one.text));
  if (one.opened) return h("li.service", { dataset: { id: one.id } }, h("span", {}, word(`opened_${one.opened}`, { stairs: on.stairs })));
  const content = [];
  if (quoted) {
    content.push(h("div.quote", {}, h("b", {}, quoted.mine ? on.me : word("brand")), h("span", {}, quoted.text.slice(0, 80) || word(quoted.media?.kind ?? "message"))));
  }
  if (one.media) content.push(media(one));
  if (one.text) content.push(h("span.text", {}, marked(one.text, one.entities)));
  content.push(meta(one));
  const inside = h(`div.bubble${one.media?.kind === "photo" ? ".with-photo" : ""}`, { ondblclick: () => on.reply(one) }, content);
  const reply = h("button.reply", { type: "button", "aria-label": word("reply"), title: word("reply"), onclick: () => on.reply(one) }, icon("reply"));
  const keys = one.buttons.map((row) => h("div.keys", {}, row.map((button) => key(button, one, on))));
  const made = h(`li.message.${one.mine ? "mine" : "theirs"}`, { dataset: { id: one.id } }, h("div.line", {}, inside, reply), keys.length ? h("div.keyboard", {}, keys) : null);
  return made;
}

function key(button, one, on) {
  if (button.url && ADDRESS.test(button.url)) return h("a.key", { href: button.url, target: "_blank", rel: "noopener noreferrer" }, `${button.text} ↗`);
  return h("button.key", { type: "button", onclick: (event) => on.tap(one, button, event.currentTarget) }, button.text);
}

/** The line between two days. */
export const daySeparator = (moment) => h("li.day", {}, h("span", {}, dayOf(moment)));
