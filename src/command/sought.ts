import type { RawRecord } from "../record/record.ts";
import { readRecord } from "../source/wandb-log/read-record.ts";

/** What is looked for: an event by its uid, or the record in a line as W&B shows it. */
export type Sought =
  | { readonly by: "uid"; readonly uid: string }
  | { readonly by: "line"; readonly raw: RawRecord };

/** What a person pasted: 32 hexadecimal digits are a uid, everything else is a line. */
export function soughtOf(text: string): Sought {
  const pasted = text.trim();
  if (/^[0-9a-f]{32}$/i.test(pasted)) return { by: "uid", uid: pasted.toLowerCase() };
  const bytes = Buffer.from(pasted);
  return { by: "line", raw: { bytes, ...readRecord(bytes) } };
}
