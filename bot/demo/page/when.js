// What time is it at the office, and how do people write it?

import { language } from "./words.js";

let zone = "Asia/Shanghai";
const makers = new Map();

/** Every moment is shown in this zone from now on. */
export function setZone(name) {
  if (name !== zone) makers.clear();
  zone = name;
}

function parts(moment) {
  const key = language();
  if (!makers.has(key)) {
    makers.set(key, new Intl.DateTimeFormat(key === "en" ? "en-GB" : "zh-CN", {
      timeZone: zone, month: key === "en" ? "short" : "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    }));
  }
  return Object.fromEntries(makers.get(key).formatToParts(moment).map(({ type, value }) => [type, value]));
}

/** 「14:05」 */
export function hourOf(moment) {
  const { hour, minute } = parts(moment);
  return `${hour}:${minute}`;
}

/** 「11月24日」 or "24 Nov" */
export function dateOf(moment) {
  const { month, day } = parts(moment);
  return language() === "en" ? `${day} ${month}` : `${month.replace("月", "")}月${day}日`;
}

/** 「11月24日 周二」 or "Tue 24 Nov" */
export function dayOf(moment) {
  const { weekday } = parts(moment);
  return language() === "en" ? `${weekday} ${dateOf(moment)}` : `${dateOf(moment)} ${weekday}`;
}

/** The hour alone when it is the same day as `now`, else with the date. */
export function shortly(moment, now) {
  return dateOf(moment) === dateOf(now) ? hourOf(moment) : `${dateOf(moment)} ${hourOf(moment)}`;
}

/** 「2小时5分」 or "2 h 5 min"; whole minutes, days when it is long. */
export function spanOf(milliseconds) {
  const english = language() === "en";
  const minutes = Math.max(0, Math.round(Math.abs(milliseconds) / 60_000));
  const [d, hrs, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const said = [[d, english ? " d" : "天"], [hrs, english ? " h" : "小时"], [d ? 0 : m, english ? " min" : "分"]]
    .filter(([n]) => n).map(([n, unit]) => `${n}${unit}`);
  return said.length ? said.join(english ? " " : "") : english ? "0 min" : "0分";
}
