/** A JSON value whose texts are whole characters, as every decoder that does not refuse halves gives it back. */
export function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed);
  const pairs = Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]);
  return Object.fromEntries(pairs);
}

/** Reads JSON as the strictest decoders do: serde_json refuses half a character, and a number out of range. */
export function strictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuse(value);
  return value;
}

function refuse(value: unknown): void {
  if (typeof value === "string" && !value.isWellFormed()) throw new Error("half a character");
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error("a number out of range");
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    refuse(key);
    refuse(inner);
  }
}
