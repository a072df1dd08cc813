import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nextSteps } from "../../src/init/next-steps.ts";
import { folderPlacement, servicePlacement } from "../../src/init/placement.ts";
import { siems } from "../../src/init/siems.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "init-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const [splunk] = siems;

function told(dropInText: string, group: number | undefined, isFine = true): string {
  if (splunk === undefined) return expect.unreachable();
  writeFileSync(join(folder, "drop-in.conf"), dropInText);
  const placement = servicePlacement("/etc/wandb-audit-forwarder/config.yaml", join(folder, "drop-in.conf"));
  return nextSteps({ siem: splunk, siemSecret: "hec-token", placement, group, isFine });
}

const line = "LoadCredential=hec-token:/etc/wandb-audit-forwarder/credentials/hec-token";

it("are to start the service, where nothing is missing", () => {
  expect(told(`[Service]\n${line}\n`, 997)).toBe(
    "\nNext: systemctl daemon-reload && systemctl enable --now wandb-audit-forwarder\nThe other side, and a first alert: docs/splunk.md\n",
  );
});

it.each([true, false])(
  "name the group that a service needs first, whether all is fine or not (%s)",
  (isFine) => {
    expect(told(`[Service]\n${line}\n`, undefined, isFine)).toContain(
      "\nFirst: there is no group wandb-audit-forwarder yet: install the service, then chgrp wandb-audit-forwarder /etc/wandb-audit-forwarder/config.yaml && chmod 0640 ",
    );
  },
);

it("name the line that a kept drop-in lacks", () => {
  expect(told("[Service]\nLoadCredential=elastic-key:/x\n", 997)).toContain(
    `\nFirst: ${join(folder, "drop-in.conf")} was there, and is kept: add the line ${line}\n`,
  );
});

it("are to run it, or to try again, where a person does", () => {
  if (splunk === undefined) return expect.unreachable();
  const about = {
    siem: splunk,
    siemSecret: undefined,
    placement: folderPlacement("/a b/c"),
    group: undefined,
  };
  expect(nextSteps({ ...about, isFine: true })).toContain("\nNext: wandb-audit-forwarder run -c '/a b/c'\n");
  expect(nextSteps({ ...about, isFine: false })).toContain("then: wandb-audit-forwarder check -c '/a b/c'\n");
});
