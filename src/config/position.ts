/** Where something is in a configuration: `["outputs", 0, "token"]`. */
export type Path = readonly (string | number)[];

/** Line and column, from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Where the keys and values of a file stand. */
export class Places {
  readonly #keys = new Map<string, Place>();
  readonly #values = new Map<string, Place>();

  setKey(path: Path, place: Place): void {
    this.#keys.set(pathKey(path), place);
  }

  setValue(path: Path, place: Place): void {
    this.#values.set(pathKey(path), place);
  }

  ofKey(path: Path): Place {
    return this.#keys.get(pathKey(path)) ?? this.ofValue(path);
  }

  /** The place of the value, or of the nearest thing around it that is in the file. */
  ofValue(path: Path): Place {
    for (let length = path.length; length >= 0; length--) {
      const key = pathKey(path.slice(0, length));
      const place = this.#values.get(key) ?? this.#keys.get(key);
      // Something that is missing is looked for at the key of what should hold it.
      if (place !== undefined) return length < path.length ? (this.#keys.get(key) ?? place) : place;
    }
    return { line: 1, column: 1 };
  }
}

/** One text for each path, which nobody is shown. */
export function pathKey(path: Path): string {
  return JSON.stringify(path);
}

/** `outputs[0].token`; a long or odd key is shortened and made printable, it may be anything. */
export function pathText(path: Path): string {
  let text = "";
  for (const part of path) {
    if (typeof part === "number") text += `[${part}]`;
    else text += text === "" ? keyText(part) : `.${keyText(part)}`;
  }
  return text;
}

const separator = /[:= ]/;

/** Whether a value may stand in the key: `token:secret`, `token=secret` and `token secret` are keys. */
export function holdsValue(key: string): boolean {
  return separator.test(key);
}

/**
 * A key or word as it is shown: short, printable, in quotes unless it is a plain word, and without a value
 * that stands in it.
 */
export function keyText(key: string): string {
  if (/^[\w-]{1,40}$/.test(key)) return key;
  const name = holdsValue(key) ? `${key.slice(0, key.search(separator) + 1)}…` : key;
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name).replaceAll(
    /[^\x20-\x7e…]/g,
    (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
