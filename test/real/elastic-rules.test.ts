import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { detectionCards } from "../../bin/detection-card.ts";
import { elasticRule } from "../../bin/elastic/rules.ts";
import { mappedFields } from "../content/mapped-fields.ts";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real");
const esql = join(cache, "soc-content/bin/esql");
const isThere = spawnSync(esql, []).status === 0;
const work = mkdtempSync(join(tmpdir(), "elastic-rules-"));
afterAll(() => rmSync(work, { recursive: true }));

const fields = [...mappedFields(), "_id", "_index", "_version"];

function parsed(name: string, query: string) {
  const file = join(work, `${name}.esql`);
  writeFileSync(file, query);
  const { status, stdout, stderr } = spawnSync(esql, ["--fields", fields.join(","), file], {
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

describe.skipIf(!isThere)(
  "the ES|QL of the rules for Elastic (skipped where `test/real/soc/build` has not been run, or without Python 3.12)",
  () => {
    const rules = detectionCards()
      .map((card) => ({ name: card.name, rule: elasticRule(card) }))
      .filter(({ rule }) => rule.type === "esql");

    it.each(rules.map(({ name, rule }) => [name, rule] as const))(
      "%s is a query over fields that our template maps",
      (name, rule) => {
        const { status, said } = parsed(name, rule.query);
        expect(status, said).toBe(0);
      },
    );

    it.each(rules.map(({ name, rule }) => [name, rule] as const))(
      "%s gives what its alerts are suppressed by",
      (name, rule) => {
        const { status, said } = parsed(
          name,
          `${rule.query}\n| KEEP ${rule.alert_suppression.group_by.join(", ")}`,
        );
        expect(status, said).toBe(0);
      },
    );

    it("would find a field that there is not, and a query that is none", () => {
      expect(parsed("x", 'FROM x | WHERE user.mail == "a"').status).not.toBe(0);
      expect(parsed("x", "FROM x | WHERE AND").status).not.toBe(0);
    });
  },
);
