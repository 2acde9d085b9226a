// How does the page reach the demo's parent process, and how does it hear of changes?

const CLAIM = { "X-Huiyin-Demo": "1" }; // no other site can send this header without asking us first

async function answered(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `${response.status}`);
  return answer;
}

/** Does one thing (`say`, `tap`, `clock` …); throws an Error with the parent's reason. */
export async function act(verb, facts = {}) {
  return answered(await fetch(`/demo/${verb}`, {
    method: "POST", headers: { ...CLAIM, "Content-Type": "application/json" }, body: JSON.stringify(facts),
  }));
}

/** Sends a file as `person`: `verb` is "photo" or "voice". */
export async function upload(verb, person, blob, caption = "") {
  const query = new URLSearchParams({ person, caption });
  return answered(await fetch(`/demo/${verb}?${query}`, {
    method: "POST", headers: { ...CLAIM, "Content-Type": blob.type }, body: blob,
  }));
}

/** Everything as it stands now. */
export const everything = async () => answered(await fetch("/demo/state"));

/** What happened behind: cases, clocks, notices. */
export const behindNow = async () => answered(await fetch("/demo/behind"));

/** Calls `on[name](facts)` for each change; `on.again()` when the stream had been lost and is back. */
export function listen(on) {
  const stream = new EventSource("/demo/events");
  let lost = false;
  stream.addEventListener("open", () => {
    if (lost) on.again();
    lost = false;
  });
  stream.addEventListener("error", () => {
    lost = true;
    on.gone();
  });
  for (const name of ["message", "toast", "typing", "clock", "child", "faults"]) {
    stream.addEventListener(name === "message" ? "chat" : name, (event) => on[name](JSON.parse(event.data)));
  }
}
