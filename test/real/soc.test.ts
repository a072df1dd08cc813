import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mappedFields } from "../content/mapped-fields.ts";

// What Sigma's own tools make of our rules, and what the parsers of each language say of that.
const root = join(import.meta.dirname, "../..");
const cache = process.env.REAL_CACHE ?? join(homedir(), ".cache/wandb-audit-real");
const bin = join(cache, "soc-content/bin");
const isThere = spawnSync(join(bin, "sigma"), ["version"]).status === 0;
const hasEsql = isThere && spawnSync(join(bin, "esql"), []).status === 0;
if (!isThere) process.stderr.write("skipped: sigma-cli is not built: test/real/soc/build\n");
else if (!hasEsql) process.stderr.write("skipped: ES|QL is not parsed: it needs Python 3.12\n");

const sigma = join(root, "content/sigma");
const converted = join(sigma, "converted");
const work = mkdtempSync(join(tmpdir(), "soc-"));
afterAll(() => rmSync(work, { recursive: true }));

function run(command: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return { status, said: stdout + stderr };
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).map((file) => join(folder, file));
}

const column = (type: string) => (name: string) => `${name}:${type}`;
const words = (text: string) => text.trim().split(/\s+/);
const tables = [
  `WandbAudit_CL (TimeGenerated:datetime, ResponseCode:long, Severity:long, ${words(`Uid Instance Source Outcome Message
    ReplayId Action ActorUserId ActorEmail ActorIp UserAsset UserEmail EntityAsset EntityName ProjectAsset ProjectName
    ReportAsset ReportName ArtifactAsset ArtifactSequenceAsset ArtifactDigest ArtifactQualifiedName RunAsset CliVersion
    AuditLogError`)
    .map(column("string"))
    .join(", ")})`,
  `CommonSecurityLog (TimeGenerated:datetime, FieldDeviceCustomNumber1:long, DeviceCustomNumber1:int, ${words(`DeviceVendor
    DeviceProduct DeviceAction EventOutcome DeviceName DeviceExternalID ExtID SourceUserID SourceUserName SourceIP
    DeviceCustomIPv6Address2 DestinationUserID DestinationUserName DeviceCustomNumber2Label RequestClientApplication
    DeviceCustomString1 DeviceCustomString2 DeviceCustomString3 DeviceCustomString4 DeviceCustomString5 FlexString1
    FlexString2 FileID FileHash FilePath`)
    .map(column("string"))
    .join(", ")})`,
];

describe.runIf(isThere)("the Sigma rules", { timeout: 300_000 }, () => {
  it("have no issue", () => {
    const rules = filesIn(sigma).filter((file) => file.endsWith(".yml"));
    const { status, said } = run(join(bin, "sigma"), "check", "--fail-on-issues", ...rules);
    expect(status, said).toBe(0);
  });

  it("are converted to what is committed", () => {
    const { status, said } = run(join(root, "test/real/soc/convert"), work);
    expect(status, said).toBe(0);
    const files = (folder: string) =>
      Object.fromEntries(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => {
            const file = join(parentPath, name);
            return [file.slice(folder.length), readFileSync(file, "utf8")];
          }),
      );
    expect(files(work)).toEqual(files(converted));
  });

  it("are refused by Lucene and KQL where they correlate or compare fields, and nowhere else", () => {
    const refused = readFileSync(join(converted, "refused.txt"), "utf8").trim().split("\n");
    const expected = readdirSync(sigma)
      .filter((file) => file.endsWith(".yml"))
      .filter((file) => /^correlation:|\|fieldref:/m.test(readFileSync(join(sigma, file), "utf8")))
      .flatMap((file) =>
        ["kusto", "kusto-cef", "lucene"].map((folder) => `${folder}/${file.replace(".yml", "")}`),
      );
    expect(refused.map((line) => line.split(":")[0]).sort()).toEqual(expected.sort());
    for (const line of refused) expect(line).toMatch(/correlation rules|[Ff]ield reference/);
  });

  it("become KQL that the Kusto language service takes", () => {
    const options = tables.flatMap((table) => ["--table", table]);
    for (const folder of ["kusto", "kusto-cef"]) {
      const { status, said } = run(join(bin, "kql"), ...options, ...filesIn(join(converted, folder)));
      expect(status, said).toBe(0);
      expect(said).not.toMatch(/Error|Warning/);
    }
  });

  it("become KQL that never asks whether a text is null, which no text is", () => {
    for (const folder of ["kusto", "kusto-cef"])
      for (const file of filesIn(join(converted, folder)))
        expect(readFileSync(file, "utf8"), file).not.toContain("isnull(");
  });

  it("become Lucene that parses", () => {
    const { status, said } = run(join(bin, "lucene"), ...filesIn(join(converted, "lucene")));
    expect(status, said).toBe(0);
  });

  it.runIf(hasEsql)("become ES|QL over fields that our template maps", () => {
    const fields = [...mappedFields(), "_id", "_index", "_version"].join(",");
    const { status, said } = run(join(bin, "esql"), "--fields", fields, ...filesIn(join(converted, "esql")));
    expect(status, said).toBe(0);
  });
});
