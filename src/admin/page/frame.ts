import { type Html, html } from "../../text/html.ts";
import { script } from "./script.ts";
import { style } from "./style.ts";

/** A page of this program. */
export interface PageFrame {
  /** Of the window. */
  readonly title: string;
  /** At the top, in words. */
  readonly brand: Html;
  /** At the top, on the other side. */
  readonly side: Html;
  readonly main: Html;
  readonly footer: Html;
  readonly nonce: string;
  /** The script renews what has the id `live`, and needs a button with the id `pause`. */
  readonly renewed: boolean;
}

/** The whole document, which needs no other file. */
export function frame({ title, brand, side, main, footer, nonce, renewed }: PageFrame): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · wandb-audit-forwarder</title>
<style nonce="${nonce}">${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<p class="brand">${brand}</p>
<p class="clock">${side}</p>
</header>
<main id="main" tabindex="-1">
${main}
</main>
<footer><p>${footer}</p></footer>
${renewed && html`<script nonce="${nonce}">${trusted(script)}${trusted("</script>")}`}
</body>
</html>
`;
  return markup;
}

/** How old the page is, and the button that stops its renewal. */
export function freshness(now: string): Html {
  return html`<span id="fresh">as of <time datetime="${now}">${now.slice(0, 19).replace("T", " ")}</time></span>
<button type="button" id="pause" aria-pressed="false" hidden>Pause updates</button>`;
}

/** Our own style and script, which are constants. */
function trusted(markup: string): Html {
  return { markup };
}
