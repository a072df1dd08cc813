import { z } from "zod";
import { secret } from "./parts.ts";

/** RFC 9110 §5.5, and no control character: a line end would start another header. */
export function isHeaderValue(value: string): boolean {
  return /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value);
}

/** RFC 9110 §5.6.2, and no header that makes up the request itself. */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) && !reserved.has(name.toLowerCase());
}

/** Headers that make up the request itself. */
const reserved = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Headers to send along, each value a secret. `taken`, in lower case, are those that the program sends
 * itself, with what to use in their place.
 */
export function secretHeaders(taken: Readonly<Record<string, string>> = {}) {
  return z
    .record(
      z.string(),
      secret()
        .superRefine((value, context) => {
          if (!isHeaderValue(value.reveal()))
            context.addIssue("holds characters that a header cannot carry, such as letters beyond Latin-1");
        })
        .meta({ secret: true }),
    )
    .superRefine((headers, context) => {
      const seen = new Set<string>();
      for (const name of Object.keys(headers)) {
        const lower = name.toLowerCase();
        const message = Object.hasOwn(taken, lower)
          ? `is set by the program: ${taken[lower]}`
          : seen.has(lower)
            ? "is there twice: names of headers do not differ by case"
            : isHeaderName(name)
              ? undefined
              : "is not the name of a header that can be set";
        if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
        seen.add(lower);
      }
    })
    .default({});
}
