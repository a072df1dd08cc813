import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { detectionCards } from "../../bin/detection-card.ts";
import { elasticRule } from "../../bin/elastic/rules.ts";
import { mappedFields } from "../content/mapped-fields.ts";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real");
const esql = join(cache, "soc-content/bin/esql");
const isThere = spawnSync(esql, []).status === 0;
const work = mkdtempSync(join(tmpdir(), "elastic-rules-"));
afterAll(() => rmSync(work, { recursive: true }));

const fields = [...mappedFields(), "_id", "_index", "_version"];

/** What Elastic's parser says of each query, `ok` or what is wrong, by name: all in one start of it. */
function parsed(queries: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const files = Object.entries(queries).map(([name, query]) => {
    const file = join(work, `${name}.esql`);
    writeFileSync(file, query);
    return file;
  });
  const { stdout, stderr } = spawnSync(esql, ["--fields", fields.join(","), ...files], { encoding: "utf8" });
  expect(stderr).toBe("");
  const lines = stdout.trim().split("\n");
  return new Map(
    lines.map((line) => {
      const [, name = "", said = ""] = /\/([^/]+)\.esql: (.*)$/.exec(line) ?? [];
      return [name, said];
    }),
  );
}

/** The columns that a query gives: those of its last STATS and what is made behind it, else those of the index. */
function given(query: string): ReadonlySet<string> {
  const at = query.lastIndexOf("| STATS");
  if (at < 0) return new Set(fields);
  const last = query.slice(at);
  const made = [
    ...last.matchAll(/(?:STATS|EVAL|,)\s+([\w.@]+) =(?!=)/g),
    ...last.matchAll(/%\{([\w.@]+)\}/g),
  ];
  const [, by = ""] = /\bBY ([\w.@]+(?:, [\w.@]+)*)$/m.exec(last) ?? [];
  return new Set([...made.map(([, name = ""]) => name), ...by.split(", ")]);
}

describe.skipIf(!isThere)(
  "the ES|QL of the rules for Elastic (skipped where `test/real/soc/build` has not been run, or without Python 3.12)",
  () => {
    const rules = detectionCards()
      .map((card) => ({ name: card.name, rule: elasticRule(card) }))
      .flatMap(({ name, rule }) => (rule.type === "esql" ? [[name, rule] as const] : []));
    let said: ReadonlyMap<string, string>;
    beforeAll(() => {
      said = parsed(Object.fromEntries(rules.map(([name, rule]) => [name, rule.query])));
    });

    it.each(rules)(
      "%s is a query over fields that our template maps, and gives what its alerts are suppressed by",
      (name, rule) => {
        expect(said.get(name)).toBe("ok");
        for (const field of rule.alert_suppression.group_by) expect([...given(rule.query)]).toContain(field);
      },
    );

    it("would find a field that there is not, one that is not given any more, and a query that is none", () => {
      const wrong = parsed({ unknown: 'FROM x | WHERE user.mail == "a"', none: "FROM x | WHERE AND" });
      expect([...wrong.values()].filter((each) => each !== "ok")).toHaveLength(2);
      const query =
        "FROM x\n| STATS found = COUNT(*), a = MAX(b) WHERE c == d BY user.email, hour\n| EVAL e = found == 1";
      expect([...given(query)].sort()).toEqual(["a", "e", "found", "hour", "user.email"]);
    });
  },
);
