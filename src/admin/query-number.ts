/** The whole number in a query, of at most so many digits; undefined where there is none. */
export function queryNumber(text: string | null, digits: number): number | undefined {
  return text !== null && /^\d+$/.test(text) && text.length <= digits ? Number(text) : undefined;
}
