/**
 * Runs in the browser: renews `#live` from the same page every five seconds. Keeps what the reader has
 * opened, scrolled and focused; says so when the daemon no longer answers. The reader can stop it.
 */
export const script = `
"use strict";
const live = document.getElementById("live");
const pause = document.getElementById("pause");
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
    tell(next.getElementById("headline"));
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
  const focused = [...live.querySelectorAll("summary, .scroll, a")].indexOf(document.activeElement);
  live.replaceChildren(...next.childNodes);
  for (const id of open) live.querySelector("#" + CSS.escape(id))?.setAttribute("open", "");
  [...live.querySelectorAll(".scroll")].forEach((part, index) => { part.scrollLeft = scrolls[index] ?? 0; });
  if (focused >= 0) [...live.querySelectorAll("summary, .scroll, a")][focused]?.focus({ preventScroll: true });
}

pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  pause.textContent = paused ? "Updates paused" : "Pause updates";
  if (!paused) renew();
});
document.addEventListener("visibilitychange", renew);
setInterval(renew, 5000);
`;
