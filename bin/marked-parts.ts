/**
 * The page with what stands between two marks made anew, for each of `parts` by its name; all else stays. Throws
 * where a mark is missing, or a part that the page wants is not made.
 */
export function withParts(page: string, parts: Readonly<Record<string, string>>): string {
  const left = new Set(Object.keys(parts));
  const text = page.replaceAll(
    /(<!-- made: ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      const part = parts[name];
      if (part === undefined) throw new Error(`nothing makes ${name}`);
      left.delete(name);
      return `${start}${part}\n${end}`;
    },
  );
  if (left.size > 0) throw new Error(`the page has no place for ${[...left].join(", ")}`);
  return text;
}
