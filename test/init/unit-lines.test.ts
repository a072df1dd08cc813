import { expect, it } from "vitest";
import { servicePlacement } from "../../src/init/placement.ts";
import { siems } from "../../src/init/siems.ts";
import { unitLines } from "../../src/init/unit-lines.ts";

const placement = servicePlacement("/etc/wandb-audit-forwarder/config.yaml");
const lines = (name: string, siemSecret: string | undefined, address: string, ofSource?: string) => {
  const siem = siems.find((each) => each.name === name) ?? expect.unreachable();
  const held = new Set([ofSource ?? "wandb-api-key", ...(siemSecret === undefined ? [] : [siemSecret])]);
  return unitLines({ placement, siem, held, answers: { "siem-address": address } });
};

it("hand over the SIEM's secret, and nothing where there is none", () => {
  expect(lines("splunk", "hec-token", "https://splunk.example")).toEqual([
    "LoadCredential=hec-token:/etc/wandb-audit-forwarder/credentials/hec-token",
  ]);
  expect(lines("qradar", undefined, "tls://qradar.example:6514")).toEqual([]);
});

it("let the service write the folder of its file, which sees a read-only system", () => {
  expect(lines("file", undefined, "/var/log/wandb/audit.ndjson")).toEqual([
    "LogsDirectory=wandb",
    "LogsDirectoryMode=0750",
  ]);
  for (const folder of ["/srv/siem", "/var/log/wandb/deep", "/var/log"])
    expect(lines("file", undefined, `${folder}/audit.ndjson`)).toEqual([`ReadWritePaths=-${folder}`]);
  expect(lines("file", undefined, '/srv/a "b" 100%/x')).toEqual(['ReadWritePaths="-/srv/a \\"b\\" 100%%"']);
});

it("let the service write the directory of its archive", () => {
  expect(lines("archive", undefined, "/srv/wandb-archive")).toEqual(["ReadWritePaths=-/srv/wandb-archive"]);
});

it("forget W&B's key where there is none, without which the service would not start", () => {
  const folder = "/etc/wandb-audit-forwarder/credentials";
  expect(lines("splunk", "hec-token", "https://splunk.example", "bucket-secret-key")).toEqual([
    "LoadCredential=",
    `LoadCredential=bucket-secret-key:${folder}/bucket-secret-key`,
    `LoadCredential=hec-token:${folder}/hec-token`,
  ]);
  const none = { placement, siem: { writes: undefined as never }, answers: {}, held: new Set<string>() };
  expect(unitLines(none)).toEqual(["LoadCredential="]);
});
