/** A line of a group that begins where the group does, and the lines below it that are indented or items. */
interface Entry {
  readonly value: string;
  readonly below: string[];
}

/**
 * What a configuration says of where its daemon is, as data, where the file is written so plainly that a look
 * at its lines tells it: the parser of YAML would take a health check half of its time. Undefined in every
 * other case: references, anchors, several documents, an unusual way to write either key. Never something
 * else than the parser makes of a file without mistakes.
 */
export function plainConfig(text: string): Readonly<Record<string, unknown>> | undefined {
  if (/(?!\n)[\p{Cc}\ufeff]/u.test(text)) return undefined;
  const entries = entriesOf(text.split("\n"));
  if (entries === undefined) return undefined;
  const found: Record<string, unknown> = {};
  const stateDir = entries.get("state_dir");
  if (stateDir !== undefined) {
    const path = scalarOf(stateDir, /^\.{0,2}\/[\w./-]*$/);
    if (path === undefined) return undefined;
    found.state_dir = path;
  }
  const admin = entries.get("admin");
  if (admin !== undefined) {
    const listen = listenOf(admin);
    if (listen === undefined) return undefined;
    found.admin = listen;
  }
  return found;
}

function listenOf({ value, below }: Entry): { readonly listen?: string } | undefined {
  const [, inBraces] = /^\{ *listen: *([^ {}]+) *\}$/.exec(value) ?? [];
  if (inBraces !== undefined) {
    const listen = scalarOf({ value: inBraces, below }, address);
    return listen === undefined ? undefined : { listen };
  }
  if (value !== "") return undefined;
  const entries = entriesOf(below);
  // Nothing below it is no group.
  if (entries === undefined || entries.size === 0) return undefined;
  const entry = entries.get("listen");
  if (entry === undefined) return {};
  const listen = scalarOf(entry, address);
  return listen === undefined ? undefined : { listen };
}

/** Without brackets, which mean a list where they are not in quotes. */
const address = /^(?:off|[A-Za-z\d.-]+:\d{1,5})$/;
const quoted = /^(["'])([\w./:[\]-]+)\1$/;

/** The text of a value that is on one line; without quotes it must be `plain`. */
function scalarOf({ value, below }: Entry, plain: RegExp): string | undefined {
  if (below.length > 0) return undefined;
  return quoted.exec(value)?.[2] ?? (plain.test(value) ? value : undefined);
}

/** Of lines of which none is looked into but those that begin where the first one does. */
function entriesOf(lines: readonly string[]): ReadonlyMap<string, Entry> | undefined {
  const written = lines.filter((line) => !/^ *(?:#.*)?$/.test(line));
  const indent = /^ */.exec(written[0] ?? "")?.[0].length ?? 0;
  const entries = new Map<string, Entry>();
  let last: Entry | undefined;
  for (const whole of written) {
    if (!whole.startsWith(" ".repeat(indent))) return undefined;
    const line = whole.slice(indent);
    if (/^ |^-(?: |$)/.test(line)) {
      if (last === undefined) return undefined;
      last.below.push(line);
      continue;
    }
    const [, key, value] = /^([a-z_]+):(?: +(.*))?$/.exec(line) ?? [];
    if (key === undefined || entries.has(key)) return undefined;
    last = { value: (value ?? "").replace(/(?:^| +)#.*$/, "").trimEnd(), below: [] };
    entries.set(key, last);
  }
  return entries;
}
