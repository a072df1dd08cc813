const form = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/;

/**
 * Epoch milliseconds of a UTC date or of a time (RFC 3339); undefined for any other text, and where the
 * calendar has no such day: `Date.parse` makes one of March of the 30th of February.
 */
export function momentOf(text: string): number | undefined {
  const [, date = ""] = form.exec(text) ?? [];
  const [day, at] = [Date.parse(date), Date.parse(text)];
  if (Number.isNaN(day) || Number.isNaN(at)) return undefined;
  return new Date(day).toISOString().startsWith(date) ? at : undefined;
}
