import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { packAddOn } from "../../bin/splunk/package.ts";

const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real");
const inspector = join(cache, "soc-content/bin/splunk-appinspect");
const isThere = existsSync(inspector);
const work = mkdtempSync(join(tmpdir(), "splunk-app-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function inspected(file: string) {
  // As it is built here it runs with --ci: without, it ends well whatever it finds.
  const { status, stdout } = spawnSync(inspector, ["inspect", file, "--max-messages", "all"], {
    encoding: "utf8",
  });
  const counts = Object.fromEntries(
    [...stdout.matchAll(/^ *(error|failure|warning): +(\d+)/gm)].map(([, name, count]) => [
      name,
      Number(count),
    ]),
  );
  return { status, counts, stdout };
}

describe.skipIf(!isThere)(
  "the add-on for Splunk (skipped where `test/real/soc/build` has not been run)",
  { timeout: 300_000 },
  () => {
    it("passes Splunk's own inspection without an error, a failure or a warning", () => {
      const { status, counts, stdout } = inspected(packAddOn(work));
      expect([status, counts], stdout).toEqual([0, { error: 0, failure: 0, warning: 0 }]);
    });

    it("is refused where it is broken, so that a pass means something", () => {
      const folder = join(work, "broken");
      cpSync(
        new URL("../../content/splunk/TA_wandb_audit", import.meta.url),
        join(folder, "TA_wandb_audit"),
        { recursive: true },
      );
      writeFileSync(join(folder, "TA_wandb_audit/default/props.conf"), "[broken\n");
      const file = join(folder, "broken.tgz");
      spawnSync("tar", ["-C", folder, "--mode=u=rwX,go=rX", "-czf", file, "TA_wandb_audit"]);
      expect(inspected(file).status).not.toBe(0);
    });
  },
);

it("is the same, byte for byte, whenever it is packed", () => {
  const hash = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
  const first = packAddOn(join(work, "one"));
  utimesSync(
    new URL("../../content/splunk/TA_wandb_audit/README.md", import.meta.url),
    new Date(),
    new Date(),
  );
  expect(hash(packAddOn(join(work, "two")))).toBe(hash(first));
});
