/** Colours of what is drawn, in light and in dark. */
const style = `
    .page { fill: #ffffff; stroke: #d5dbe3 }
    .box { fill: #f3f6fa; stroke: #b4bfcc; stroke-width: 1.5 }
    .ours { fill: #dbe8ff; stroke: #2563d9; stroke-width: 1.5 }
    .name { fill: #111c2b; font-size: 14px; font-weight: 600 }
    .note { fill: #4b5b6e; font-size: 12px }
    .way { stroke: #2563d9; stroke-width: 2; fill: none }
    .trial { stroke: #7d8b9c; stroke-width: 1.5; stroke-dasharray: 5 4; fill: none }
    .head { fill: #2563d9 }
    .mark { fill: #7aa5f0 }
    .line { stroke: #2563d9; stroke-width: 1.5; fill: none }
    .faint { fill: #cfd8e3 }
    @media (prefers-color-scheme: dark) {
      .page { fill: #10161f; stroke: #2c3644 }
      .box { fill: #1b2431; stroke: #46546a }
      .ours { fill: #16294d; stroke: #6ea0ff }
      .name { fill: #eef3f9 }
      .note { fill: #a9b6c6 }
      .way { stroke: #6ea0ff }
      .trial { stroke: #6b7a8f }
      .head { fill: #6ea0ff }
      .mark { fill: #3c69b8 }
      .line { stroke: #6ea0ff }
      .faint { fill: #35414f }
    }
  `;

const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif";

/** What a picture is of, for those who see it and for those who are read it. */
export interface Picture {
  readonly title: string;
  readonly description: string;
  /** Units of the drawing, which are pixels where it is not scaled. */
  readonly width: number;
  readonly height: number;
  /** Elements of SVG. */
  readonly body: readonly string[];
}

/** Where a rectangle lies. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An SVG file that stands alone. */
export function svg({ title, description, width, height, body }: Picture): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description" font-family="${font}">
  <title id="title">${escaped(title)}</title>
  <desc id="description">${escaped(description)}</desc>
  <style>${style}</style>
  <defs>
    <marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path class="head" d="M0 0 10 5 0 10z"/></marker>
  </defs>
  <rect class="page" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10"/>
${body.map((element) => `  ${element}`).join("\n")}
</svg>
`;
}

export function box(kind: "box" | "ours", { x, y, width, height }: Place): string {
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`;
}

export function text(
  kind: "name" | "note",
  x: number,
  y: number,
  words: string,
  anchor: "start" | "middle" = "middle",
): string {
  return `<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

export function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
