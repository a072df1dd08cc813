import { quote } from "../text/json-text.ts";
import type { Format } from "./format.ts";

/** What a format writes, as a JSON string. */
export function quotedText(format: Format): Format {
  return (event, into) => {
    const from = into.size;
    format(event, into);
    const text = into.toText(from);
    into.takeBack(from);
    into.text(quote(text));
  };
}
