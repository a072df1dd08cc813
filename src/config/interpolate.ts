// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files

/** What references are resolved against. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Throws when the file cannot be read. */
  readonly readFile: (path: string) => FileText;
  /** What a reference that leads nowhere stands for. Default: it is a problem. */
  readonly otherwise?: string | undefined;
}

/** A file as it was read. */
export interface FileText {
  readonly text: string;
  /** Permission bits, as `stat` gives them. */
  readonly mode: number;
  /** When it was written, as far as that is known; epoch milliseconds. */
  readonly writtenAt?: number;
}

/** A value with its references replaced, and the files that they named. */
export interface Expansion {
  readonly text: string;
  /** The files it was read from. */
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** A reference that leads nowhere. Names the variable or the file, never a value. */
export class BadReference extends Error {
  override readonly name = "BadReference";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

const variable = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;
/** A default may hold a reference, and a path may; nobody needs more. */
const deepest = 4;

/**
 * Replaces `${NAME}`, `${NAME:-default}` (also when NAME is empty) and `${file:/path}` (one newline at its
 * end cut), where the default and the path may hold references themselves. `$${` stands for `${`. What is
 * put in is never looked at again.
 */
export function interpolate(template: string, { environment, readFile, otherwise }: Surroundings): Expansion {
  const files: { path: string; mode: number }[] = [];

  function expand(text: string, depth: number): string {
    let out = "";
    let at = 0;
    for (;;) {
      const start = text.indexOf("${", at);
      if (start === -1) return out + text.slice(at);
      if (start > at && text[start - 1] === "$") {
        out += `${text.slice(at, start - 1)}\${`;
        at = start + 2;
        continue;
      }
      const end = closingBrace(text, start + 2);
      if (end === -1 || depth === deepest) throw notAReference();
      out += text.slice(at, start) + resolve(text.slice(start + 2, end), depth + 1);
      at = end + 1;
    }
  }

  function resolve(reference: string, depth: number): string {
    if (reference.startsWith("file:")) return contents(expand(reference.slice("file:".length), depth));
    const [, name, fallback] = variable.exec(reference) ?? [];
    if (name === undefined) throw notAReference();
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    if (fallback !== undefined && (value === undefined || value === "")) return expand(fallback, depth);
    if (value !== undefined) return value;
    if (otherwise !== undefined) return otherwise;
    throw new BadReference(
      `the environment variable ${name} is not set`,
      name === "CREDENTIALS_DIRECTORY"
        ? "systemd sets it for the service; by hand set it to the folder of the secret files"
        : `set it, or give a default: \${${name}:-default}`,
    );
  }

  function contents(path: string): string {
    if (!path.startsWith("/")) {
      if (otherwise !== undefined) return otherwise;
      throw new BadReference("the path of a file must begin with /", "write ${file:/run/secrets/name}");
    }
    const { text, mode } = read(path);
    files.push({ path, mode });
    return text.replace(/\r?\n$/, "");
  }

  function read(path: string): FileText {
    try {
      return readFile(path);
    } catch (error) {
      if (otherwise !== undefined) return { text: otherwise, mode: 0o600 };
      throw new BadReference(
        `cannot read ${path}: ${reasonOf(error)}`,
        "it must exist and be readable by the user of this program",
      );
    }
  }

  return { text: expand(template, 0), files };
}

/** True: the text must be interpolated, if only to undo `$${`. */
export function isTemplate(text: string): boolean {
  return text.includes("${");
}

/** Why a file cannot be read, without what it may hold. */
export function reasonOf(error: unknown): string {
  const words: Record<string, string> = {
    ENOENT: "no such file",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "no such folder",
  };
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return words[code] ?? (code === "" && error instanceof Error ? error.message : code);
}

function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("${", at)) open++;
    else if (text[at] === "}" && --open === 0) return at;
  }
  return -1;
}

function notAReference(): BadReference {
  return new BadReference(
    "not a reference",
    "write ${NAME}, ${NAME:-default} or ${file:/path}; $${ stands for a plain ${",
  );
}
