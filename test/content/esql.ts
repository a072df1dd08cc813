import type { Fields } from "./documents.ts";

// As much of ES|QL as decides whether an event is looked at: conditions over the fields of one document, with its
// three values. Throws at whatever is not known here, so that nothing passes unread.

type Value = string | number | boolean | null;
type Row = (field: string) => Value;
type Read = (row: Row) => Value;

const word = /\s*("(?:[^"\\]|\\.)*"|[\w@][\w.@]*|==|!=|>=|<=|[<>(),+*/-])/y;

function wordsOf(text: string): readonly string[] {
  const found: string[] = [];
  word.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ""; at = word.lastIndex) {
    const [, each] = word.exec(text) ?? [];
    if (each === undefined) throw new Error(`no ES|QL: ${text.slice(at)}`);
    found.push(each);
  }
  return found;
}

/** What a text of ES|QL says of a document. */
function read(text: string): Read {
  const words = wordsOf(text);
  let at = 0;
  const next = () => words[at++] ?? "";
  const takes = (...wanted: readonly string[]) => {
    if (!wanted.every((each, step) => words[at + step] === each)) return false;
    at += wanted.length;
    return true;
  };
  const must = (wanted: string) => {
    if (!takes(wanted)) throw new Error(`${wanted} is not where it should be: ${text}`);
  };
  const listed = () => {
    const all = [either()];
    while (takes(",")) all.push(either());
    must(")");
    return all;
  };

  function either(): Read {
    const parts = [both()];
    while (takes("OR")) parts.push(both());
    return parts.length === 1 ? (parts[0] as Read) : (row) => firstOf(parts, row, true);
  }
  function both(): Read {
    const parts = [not()];
    while (takes("AND")) parts.push(not());
    return parts.length === 1 ? (parts[0] as Read) : (row) => firstOf(parts, row, false);
  }
  function not(): Read {
    if (!takes("NOT")) return compared();
    const inner = not();
    return (row) => negated(inner(row));
  }
  function compared(): Read {
    const left = single();
    if (takes("IS", "NOT", "NULL")) return (row) => left(row) !== null;
    if (takes("IS", "NULL")) return (row) => left(row) === null;
    if (takes("IN", "(")) {
      const values = listed();
      return (row) => known(left(row), (one) => values.some((value) => value(row) === one));
    }
    const how = compares[words[at] ?? ""];
    if (how === undefined) return left;
    at++;
    const right = single();
    return (row) => known(left(row), (one) => known(right(row), (other) => how(one, other)));
  }
  function single(): Read {
    const one = next();
    if (one === "(") {
      const inner = either();
      must(")");
      return inner;
    }
    if (one.startsWith('"')) return () => JSON.parse(one);
    if (/^\d+$/.test(one)) return () => Number(one);
    if (one === "NULL") return () => null;
    if (one === "true" || one === "false") return () => one === "true";
    if (!takes("(")) return (row) => row(one);
    const made = functions[one];
    if (made === undefined) throw new Error(`the function ${one} is not known here: ${text}`);
    const args = listed();
    return (row) => made(args.map((each) => each(row)));
  }

  const whole = either();
  if (at < words.length) throw new Error(`not read to its end: ${text}`);
  return whole;
}

function firstOf(parts: readonly Read[], row: Row, wanted: boolean): Value {
  const values = parts.map((part) => part(row));
  if (values.includes(wanted)) return wanted;
  return values.includes(null) ? null : !wanted;
}

const negated = (value: Value) => (value === null ? null : value !== true);
const known = (value: Value, ask: (value: string | number | boolean) => Value) =>
  value === null ? null : ask(value);
const texts = (ask: (text: string, part: string) => Value) => (args: readonly Value[]) =>
  args.includes(null) ? null : ask(String(args[0]), String(args[1]));

const compares: Readonly<
  Record<string, (one: string | number | boolean, other: string | number | boolean) => boolean>
> = {
  "==": (one, other) => one === other,
  "!=": (one, other) => one !== other,
  ">": (one, other) => one > other,
};

const functions: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  COALESCE: (args) => args.find((each) => each !== null) ?? null,
  TO_LOWER: ([text = null]) => (text === null ? null : String(text).toLowerCase()),
  LOCATE: texts((text, part) => text.indexOf(part) + 1),
  STARTS_WITH: texts((text, part) => text.startsWith(part)),
  ENDS_WITH: texts((text, part) => text.endsWith(part)),
  CASE: (args) => {
    for (let at = 0; at + 1 < args.length; at += 2) if (args[at] === true) return args[at + 1] ?? null;
    return args.length % 2 === 1 ? (args.at(-1) ?? null) : null;
  },
};

/**
 * What a query makes of one document before it brings several together: undefined where that is left out, else
 * the columns that it has given it.
 */
export function columnsGiven(query: string, event: Fields): ReadonlyMap<string, Value> | undefined {
  const made = new Map<string, Value>();
  const row: Row = (field) => {
    const own = made.get(field);
    if (own !== undefined) return own;
    const value = event.get(field);
    // Of several values no comparison is true.
    if (value === undefined || value === null || Array.isArray(value)) return null;
    return value as Value;
  };
  const [, ...steps] = query.replaceAll(/\/\/[^\n]*/g, "").split(/\n\s*\| /);
  for (const step of steps) {
    const [, command = "", rest = ""] = /^(\w+)\s([\s\S]*)$/.exec(step.trim()) ?? [];
    const [, name = "", value = ""] = /^(\w+) = ([\s\S]*)$/.exec(rest) ?? [];
    if (command === "WHERE") {
      if (read(rest)(row) !== true) return undefined;
    } else if (command === "EVAL" && name === "part") made.set(name, read(value)(row));
    else if (command !== "EVAL" || name !== "arrived") break;
  }
  return made;
}
