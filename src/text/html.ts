import { printable } from "./printable.ts";

/** Text that is safe to stand in an HTML document. Only `html` makes it. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

/**
 * Template for HTML: what is filled in is escaped, unless `html` made it itself. Attribute values must stand
 * in double quotes.
 */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: String.raw({ raw: template }, ...parts.map(markupOf)) };
}

function markupOf(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (Array.isArray(part)) return part.map(markupOf).join("");
  if (typeof part === "object") return (part as Html).markup;
  return escapeHtml(printable(String(part)));
}

/** For text between tags and for attribute values in quotes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
