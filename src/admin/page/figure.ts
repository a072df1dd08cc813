import { type Html, html } from "../../text/html.ts";

type Values = readonly (number | null)[];

const width = 320;
const height = 78;
const floor = height - 16;
const ceiling = 14;

/** A chart with its caption; `label` says what stands below the value at an index. */
export interface Figure {
  readonly title: string;
  readonly about: string;
  /** The number beside the title. */
  readonly shown: string;
  /** The chart in words. */
  readonly words: string;
  readonly values: Values;
  /** The greatest of them. */
  readonly top: number;
  readonly topText: string;
  readonly bars: boolean;
  label(index: number): string;
  /** What the script needs to tell single values: epoch milliseconds of the first, seconds between them. */
  readonly hover?: { readonly from: number; readonly step: number; readonly unit: "per_minute" | "seconds" };
}

/** One small chart. */
export function figure(drawn: Figure): Html {
  const { title, about, shown, words, values, top, topText, bars, label, hover } = drawn;
  return html`
<figure class="chart ${bars ? "count" : "lag"}"${hover && hovering(hover, values)}>
<figcaption><span>${title}</span> <span class="quiet">${about}</span> <strong>${shown}</strong></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${words}" data-name="${title}, ${about}">
<line class="axis" x1="0" x2="${width}" y1="${floor}" y2="${floor}"/>
${top > 0 && html`<line class="grid" x1="0" x2="${width}" y1="${ceiling}" y2="${ceiling}"/><text x="0" y="${ceiling - 4}">${topText}</text>`}
<path d="${bars ? barPath(values, top) : linePath(values, top)}"/>
<text x="0" y="${height - 3}">${label(0)}</text>
<text x="${width / 2}" y="${height - 3}" text-anchor="middle">${label(Math.floor(values.length / 2))}</text>
<text x="${width}" y="${height - 3}" text-anchor="end">${label(values.length - 1)}</text>
</svg>
</figure>`;
}

function hovering({ from, step, unit }: NonNullable<Figure["hover"]>, values: Values): Html {
  const numbers = values.map((value) => (value === null ? "" : round(value))).join(" ");
  return html` data-from="${from}" data-step="${step}" data-unit="${unit}" data-values="${numbers}"`;
}

/** One path for all bars: a page with hundreds of rectangles is slow to renew. */
function barPath(values: Values, top: number): string {
  const step = width / Math.max(1, values.length);
  return values
    .map((value, index) =>
      value === null || value === 0
        ? ""
        : `M${round(index * step)} ${floor}V${round(level(value, top))}h${round(step * 0.8)}V${floor}z`,
    )
    .join("");
}

/** Areas below the curve; a minute without a measurement is a hole. */
function linePath(values: Values, top: number): string {
  const step = width / Math.max(1, values.length);
  let path = "";
  for (let index = 0; index < values.length; index++) {
    if (values[index] === null) continue;
    const first = index;
    let area = `M${round(first * step)} ${floor}`;
    for (; index < values.length && values[index] !== null; index++)
      area += `L${round(index * step)} ${round(level(values[index] as number, top))}h${round(step)}`;
    path += `${area}V${floor}z`;
  }
  return path;
}

function level(value: number, top: number): number {
  return top === 0 ? floor : floor - (value / top) * (floor - ceiling);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
