import { valueAt } from "./issues.ts";
import type { Parts } from "./parse-parts.ts";
import type { Path } from "./position.ts";
import type { Problem } from "./problem.ts";

/** A witness needs somebody whose witness it is, and days that it can show. */
export function roleProblems(
  value: unknown,
  { sources }: Parts,
  complain: (path: Path, message: string, hint: string) => Problem,
): Problem[] {
  const all = valueAt(value, ["sources"]);
  if (!Array.isArray(all) || all.length !== sources.length) return [];
  const primaries = sources.filter(({ config }) => config.role === "primary");
  if (sources.length > 0 && primaries.length === 0)
    return [
      complain(
        ["sources"],
        "every source is a witness (role: verify), and nothing would be delivered",
        "let one source of each instance be primary: take `role` out where it should deliver",
      ),
    ];
  const instances = new Set(primaries.map(({ origin }) => origin.instance));
  return sources.flatMap(({ config, origin, noDays }, index) => {
    if (config.role !== "verify") return [];
    const problems: Problem[] = [];
    if (!instances.has(origin.instance))
      problems.push(
        complain(
          ["sources", index, "role"],
          `no primary source reads the instance ${origin.instance}, whose witness this would be`,
          `set its \`instance\` to that of a primary (${[...instances].join(", ")}), add a primary source of ${origin.instance}, or take \`role\` out`,
        ),
      );
    if (noDays !== undefined)
      problems.push(
        complain(
          ["sources", index, "role"],
          `a witness is asked for single days, and this source has none: ${noDays}`,
          "let it read files by a path or a pattern, or take `role` out",
        ),
      );
    return problems;
  });
}
