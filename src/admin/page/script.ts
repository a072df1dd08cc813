/**
 * Runs in the browser: renews `#live` from the same page every five seconds. Keeps what the reader has
 * opened, scrolled and focused; says so when the daemon no longer answers. The reader can stop it. Tells the
 * values of a chart one by one, to the pointer and to the arrow keys.
 */
export const script = `
"use strict";
const live = document.getElementById("live");
const pause = document.getElementById("pause");
const stops = "summary, .scroll, a, pre, .chart svg";
let paused = false;
let lost = false;

async function renew() {
  if (paused || document.hidden) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(4500) });
    if (!answer.ok) throw new Error(String(answer.status));
    // Without its head: the style there carries a nonce this page does not know.
    const text = await answer.text();
    const next = new DOMParser().parseFromString(text.slice(text.indexOf("<body>")), "text/html");
    if (paused) return;
    const headline = next.getElementById("headline");
    if (headline) tell(headline);
    replaceLive(next.getElementById("live"));
    const place = document.getElementById("fresh");
    place.replaceChildren(...next.getElementById("fresh").childNodes);
    place.className = "";
    document.title = next.getElementById("live").dataset.title;
    lost = false;
  } catch {
    const place = document.getElementById("fresh");
    if (!lost) {
      lost = true;
      place.className = "lost";
      place.append(" – the daemon does not answer");
      document.title = "No answer · wandb-audit-forwarder";
    }
  }
}

/** Screen readers announce the headline, so it is touched only when it says something new. */
function tell(next) {
  const headline = document.getElementById("headline");
  if (headline.textContent === next.textContent) return;
  headline.className = next.className;
  headline.replaceChildren(...next.childNodes);
}

function replaceLive(next) {
  const open = [...live.querySelectorAll("details[open]")].map((part) => part.id);
  const scrolls = [...live.querySelectorAll(".scroll")].map((part) => part.scrollLeft);
  const focused = [...named()].find(([, part]) => part === document.activeElement)?.[0];
  // What is taken away loses its focus, which is no leaving.
  const kept = looked;
  live.replaceChildren(...next.childNodes);
  looked = kept;
  for (const id of open) live.querySelector("#" + CSS.escape(id))?.setAttribute("open", "");
  [...live.querySelectorAll(".scroll")].forEach((part, index) => { part.scrollLeft = scrolls[index] ?? 0; });
  followCharts();
  named().get(focused)?.focus({ preventScroll: true });
}

/** What can be gone to, by names that stay the same when something comes before it. */
function named() {
  const times = new Map();
  const parts = [...live.querySelectorAll(stops)].map((part) => {
    const name = part.dataset.name ?? part.getAttribute("aria-label") ?? part.getAttribute("href") ?? part.textContent;
    times.set(name, (times.get(name) ?? 0) + 1);
    return [name + " " + times.get(name), part];
  });
  return new Map(parts);
}

/** The chart that is looked at, by its name, and the value. */
let looked;

function followCharts() {
  for (const chart of live.querySelectorAll(".chart[data-values]")) {
    const drawing = chart.querySelector("svg");
    const { name } = drawing.dataset;
    const values = chart.dataset.values.split(" ");
    drawing.setAttribute("tabindex", "0");
    const look = (index) => {
      looked = { name, index: Math.max(0, Math.min(values.length - 1, index)) };
      showValue(chart, values, looked.index);
    };
    drawing.addEventListener("pointermove", (event) => {
      const { left, width } = drawing.getBoundingClientRect();
      look(Math.floor(((event.clientX - left) / width) * values.length));
    });
    drawing.addEventListener("pointerleave", () => leave(chart));
    drawing.addEventListener("blur", () => leave(chart));
    drawing.addEventListener("keydown", (event) => {
      const from = looked?.name === name ? looked.index : values.length;
      const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: values.length - 1 }[event.key];
      if (to === undefined) return event.key === "Escape" && leave(chart);
      event.preventDefault();
      look(to);
    });
    if (looked?.name === name) look(looked.index);
  }
}

function leave(chart) {
  looked = undefined;
  chart.querySelector(".at")?.remove();
  chart.querySelector(".mark")?.remove();
}

function showValue(chart, values, index) {
  const { from, step, unit } = chart.dataset;
  let told = chart.querySelector(".at");
  if (!told) {
    told = document.createElement("p");
    told.className = "at";
    told.setAttribute("aria-live", "polite");
    chart.append(told);
  }
  const begin = new Date(Number(from) + index * step * 1000).toISOString();
  const value = values[index] === "" ? "not measured" : unit === "seconds" ? spanText(Number(values[index])) : values[index] + "/min";
  const text = begin.slice(0, 16).replace("T", " ") + " UTC: " + value;
  if (told.textContent !== text) told.textContent = text;
  const drawing = chart.querySelector("svg");
  let mark = drawing.querySelector(".mark");
  if (!mark) {
    mark = document.createElementNS("http://www.w3.org/2000/svg", "line");
    mark.setAttribute("class", "mark");
    drawing.append(mark);
  }
  const x = ((index + 0.5) / values.length) * drawing.viewBox.baseVal.width;
  for (const [name, at] of [["x1", x], ["x2", x], ["y1", 0], ["y2", drawing.viewBox.baseVal.height - 16]]) mark.setAttribute(name, at);
}

function spanText(seconds) {
  if (seconds < 90) return Math.round(seconds) + " s";
  if (seconds < 5400) return Math.round(seconds / 60) + " min";
  return seconds < 172800 ? Math.round(seconds / 360) / 10 + " h" : Math.round(seconds / 8640) / 10 + " d";
}

followCharts();
pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Updates paused" : "Pause updates";
  if (!paused) renew();
});
document.addEventListener("visibilitychange", renew);
setInterval(renew, Number(live.dataset.every ?? 5000));
`;
