import { describe, expect, it } from "vitest";
import { unitLines, wrongWith } from "../../src/init/unit-lines.ts";

const lines = unitLines({ credentials: "/etc/waf/credentials", names: ["hec-token"], folder: "/srv/audit" });
const there = () => true;

it("hands credentials over, and lets the service write where an output does", () => {
  expect(lines).toEqual([
    "LoadCredential=hec-token:/etc/waf/credentials/hec-token",
    "ReadWritePaths=-/srv/audit",
  ]);
  expect(unitLines({ credentials: "/c", names: [], folder: undefined })).toEqual([]);
});

describe("a drop-in that is there already", () => {
  it.each([
    ["the lines themselves", lines],
    ["another file", ["LoadCredential=hec-token:/run/other", "ReadWritePaths=/srv/audit"]],
    ["an encrypted one", ["  LoadCredentialEncrypted=hec-token:/x", "ReadWritePaths=-/srv/audit"]],
    ["the text itself", ["SetCredential=hec-token:abc", "ReadWritePaths=-/srv/audit"]],
  ])("does with %s", (_what, given) => {
    expect(wrongWith(["[Service]", ...given].join("\n"), lines, there)).toBeUndefined();
  });

  it("is wrong where it does not give the credential, or hides the folder", () => {
    const other = "[Service]\nLoadCredential=hec-token-of-old:/etc/x\nReadWritePaths=-/srv/audit\n";
    expect(wrongWith(other, lines, there)).toBe(`it lacks the line ${lines[0]}`);
    expect(wrongWith(`[Service]\n#${lines[0]}\n`, lines, there)).toBe(`it lacks the line ${lines[0]}`);
    expect(wrongWith(`[Service]\n${lines[0]}\n`, lines, there)).toBe(`it lacks the line ${lines[1]}`);
  });

  it("is wrong where it hands over a file that is gone: the unit would not start", () => {
    const stale = ["[Service]", "LoadCredential=elastic-key:/etc/waf/credentials/elastic-key", ...lines];
    const isThere = (file: string) => !file.endsWith("elastic-key");
    expect(wrongWith(stale.join("\n"), lines, isThere)).toContain(
      "it hands over /etc/waf/credentials/elastic-key, which is not there",
    );
    expect(wrongWith(stale.join("\n"), lines, there)).toBeUndefined();
  });
});
