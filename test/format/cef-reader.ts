/** A CEF line taken apart by the rules of the standard alone, sharing nothing with the writer. Throws on a malformed line. */
export interface CefLine {
  readonly header: readonly string[];
  readonly extension: ReadonlyMap<string, string>;
}

export function readCef(line: string): CefLine {
  if (/[\r\n]/.test(line)) throw new Error("more than one line");
  const match = /^CEF:0\|((?:(?:\\[\\|]|[^\\|])+\|){6})(.*)$/su.exec(line);
  if (match === null) throw new Error(`no CEF header: ${line}`);
  const fields = [...(match[1] as string).matchAll(/((?:\\[\\|]|[^\\|])+)\|/gsu)];
  const header = fields.map(([, field]) => (field as string).replace(/\\([\\|])/g, "$1"));
  return { header, extension: readExtension(match[2] as string) };
}

function readExtension(text: string): Map<string, string> {
  const extension = new Map<string, string>();
  // A key is a word before an equals sign that no backslash escapes; its value ends at the space before the next key.
  const keys = [...text.matchAll(/(?<=^| )([A-Za-z0-9_]+)=/g)];
  if (text !== "" && keys[0]?.index !== 0) throw new Error(`no key at the start: ${text}`);
  keys.forEach((key, at) => {
    const next = keys[at + 1]?.index;
    const value = text.slice(key.index + key[0].length, next === undefined ? undefined : next - 1);
    if (extension.has(key[1] as string)) throw new Error(`twice: ${key[1]}`);
    extension.set(key[1] as string, unescaped(value));
  });
  return extension;
}

const meanings: Readonly<Record<string, string>> = { "\\": "\\", "=": "=", n: "\n", r: "\r" };

function unescaped(value: string): string {
  if (/^ | $/.test(value)) throw new Error(`outer space: "${value}"`);
  return value.replace(/\\(.?)|=/gsu, (pair, character: string | undefined) => {
    const meaning = character === undefined ? undefined : meanings[character];
    if (meaning === undefined) throw new Error(`bad escape ${pair} in ${value}`);
    return meaning;
  });
}
