import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nextSteps } from "../../src/init/next-steps.ts";
import { folderPlacement, servicePlacement } from "../../src/init/placement.ts";
import { siems } from "../../src/init/siems.ts";
import { unitLines } from "../../src/init/unit-lines.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "init-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const [splunk] = siems;

function told(dropInText: string, group: number | undefined, isFine = true, lines = [line]): string {
  if (splunk === undefined) return expect.unreachable();
  writeFileSync(join(folder, "drop-in.conf"), dropInText);
  const placement = servicePlacement("/etc/wandb-audit-forwarder/config.yaml", join(folder, "drop-in.conf"));
  return nextSteps({
    siem: splunk,
    answers: {},
    unitLines: lines,
    placement,
    group,
    closed: undefined,
    isFine,
  });
}

/** A file that is there. */
const line = `LoadCredential=hec-token:${import.meta.filename}`;

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

it.each([`# ${line}`, `${line}.old`])(
  "a line of a kept drop-in that is no more than like it is none: %s",
  (like) => {
    expect(told(`[Service]\n${like}\n`, 997)).toContain(`add the line ${line}\n`);
  },
);

it("name the line that a kept drop-in lacks", () => {
  expect(told("[Service]\nLoadCredential=elastic-key:/x\n", 997)).toContain(
    `\nFirst: ${join(folder, "drop-in.conf")} was there, and is kept: add the line ${line}\n`,
  );
});

it("say where the line stands that takes W&B's key out of the unit: behind others it would take those too", () => {
  expect(told(`[Service]\n${line}\n`, 997, true, ["LoadCredential=", line])).toContain(
    "and is kept: add the line LoadCredential= before all others of this kind\n",
  );
});

it("name what a kept drop-in hands over that is gone, without which the service does not start", () => {
  const gone = "/etc/wandb-audit-forwarder/credentials/of-another-siem";
  const steps = told(
    `[Service]\n${line}\n  LoadCredential=of-another-siem:${gone} \n#LoadCredential=x:/no\n`,
    997,
  );
  expect(steps.match(/First: .*/g)).toEqual([
    expect.stringContaining(`hands over ${gone}, which is not there`),
  ]);
});

it("make the folder that an output writes into where systemd does not, and leave one that is there", () => {
  const siem = siems.find(({ name }) => name === "file") ?? expect.unreachable();
  const first = (path: string) => {
    const dropIn = join(folder, "drop-in.conf");
    const answers = { "siem-address": path };
    const placement = servicePlacement("/etc/wandb-audit-forwarder/config.yaml", dropIn);
    const lines = unitLines({ placement, siem, answers, held: new Set(["wandb-api-key"]) });
    writeFileSync(dropIn, lines.join("\n"));
    const steps = nextSteps({
      siem,
      answers,
      unitLines: lines,
      placement,
      group: 997,
      closed: undefined,
      isFine: true,
    });
    return /\nFirst: (.*)\n/.exec(steps)?.[1];
  };
  expect(first(`${folder}/a b/audit.ndjson`)).toBe(
    `install -d -m 0750 -o wandb-audit-forwarder -g wandb-audit-forwarder '${folder}/a b'`,
  );
  expect(first(`${folder}/audit.ndjson`)).toContain(`setfacl -m u:wandb-audit-forwarder:rwx ${folder}`);
  expect(first("/var/log/wandb/audit.ndjson")).toBeUndefined();
});

it("are to run it, or to try again, where a person does", () => {
  if (splunk === undefined) return expect.unreachable();
  const about = {
    siem: splunk,
    unitLines: [],
    answers: {},
    placement: folderPlacement("/a b/c"),
    group: undefined,
    closed: undefined,
  };
  expect(nextSteps({ ...about, isFine: true })).toContain("\nNext: wandb-audit-forwarder run -c '/a b/c'\n");
  const mended = nextSteps({ ...about, isFine: false });
  expect(mended).toContain(
    "then: wandb-audit-forwarder check -c '/a b/c'\nNext: wandb-audit-forwarder run -c '/a b/c'\n",
  );
});

it("let the service read a log that lies where it may not", () => {
  if (splunk === undefined) return expect.unreachable();
  const about = {
    siem: splunk,
    answers: {},
    unitLines: [],
    group: 997,
    closed: "/srv/wandb logs",
    isFine: true,
  };
  const placement = servicePlacement("/etc/wandb-audit-forwarder/config.yaml", join(folder, "none.conf"));
  expect(nextSteps({ ...about, placement })).toContain(
    "\nFirst: let the service's user read the log, such as by setfacl -m u:wandb-audit-forwarder:rX '/srv/wandb logs', unless",
  );
  const own = nextSteps({ ...about, placement: folderPlacement("/srv/config.yaml") });
  expect(own).not.toContain("First:");
});
