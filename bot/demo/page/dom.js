// How is an element made without a line of markup in a string?

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("button.turn", {type: "button", onclick}, "text", child…)`; `dataset` and `aria-…` as given. */
export function h(name, facts = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(facts)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(made.dataset, value);
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

/** An icon of icons.svg, silent to screen readers. */
export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("aria-hidden", "true");
  made.setAttribute("class", `icon icon-${name}`);
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `/demo/static/icons.svg#${name}`);
  made.append(use);
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Waits `ms`; with a signal, throws AbortError when it is aborted. */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}
