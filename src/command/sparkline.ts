const blocks = "▁▂▃▄▅▆▇█";
const plain = ".:-=+*#@";

/**
 * A line of `width` characters for values, each as high as the greatest of those that it stands for. A blank
 * where nothing was measured, a dot in the middle for nothing. The scale ends at `least` or higher.
 */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  unicode: boolean,
  least = 0,
): string {
  const levels = unicode ? blocks : plain;
  const top = values.reduce<number>((most, value) => Math.max(most, value ?? 0), least);
  return Array.from(
    { length: Math.min(width, values.length) },
    (_, at, count = Math.min(width, values.length)) => {
      const part = values.slice(
        Math.floor((at * values.length) / count),
        Math.floor(((at + 1) * values.length) / count),
      );
      const known = part.filter((value) => value !== null);
      if (known.length === 0) return " ";
      const most = Math.max(...known);
      if (most <= 0) return unicode ? "·" : "_";
      return levels[Math.min(levels.length - 1, Math.ceil((most / top) * levels.length) - 1)] ?? "";
    },
  ).join("");
}
