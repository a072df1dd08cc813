/** No remote makes anybody wait longer than this, however it says so. */
export const longestWaitMs = 3_600_000;

/**
 * How long the remote asks to be left alone: `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), else
 * `RateLimit-Reset` in seconds when nothing remains. At most an hour; undefined when it says nothing usable.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const asked = waitOf(headers["retry-after"], nowMs) ?? waitOf(resetOf(headers), nowMs);
  return asked === undefined ? undefined : Math.min(asked, longestWaitMs);
}

/** Gateways tell of it in every answer: where requests remain, it is no reason to wait. */
function resetOf(headers: Readonly<Record<string, string>>): string | undefined {
  return Number(headers["ratelimit-remaining"] ?? 0) > 0 ? undefined : headers["ratelimit-reset"];
}

function waitOf(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  // Only the HTTP-date form; Date.parse takes much else, such as `-1`.
  if (!/^[A-Z][a-z]{2,8},? .*GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
