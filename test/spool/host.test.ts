import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { thisHost } from "../../src/spool/host.ts";

const folder = mkdtempSync(join(tmpdir(), "host-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("is known by its name and its machine id together, and names neither in its id", () => {
  const ids = ["3f1d", "77ab"].map((machineId) => {
    const file = join(folder, machineId);
    writeFileSync(file, `${machineId}\n`);
    return file;
  });
  const hosts = [...ids, join(folder, "none")].flatMap((file) =>
    ["siem-1", "siem-2"].map((name) => thisHost(name, file)),
  );
  expect(new Set(hosts.map(({ id }) => id)).size).toBe(6);
  for (const { id } of hosts) expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect(thisHost("siem-1", ids[0])).toEqual(hosts[0]);
  expect(thisHost()).toEqual(thisHost());
});

it("has a name that fits a line of the marker, whatever it is called", () => {
  expect(thisHost("a b\nc\u00e9", folder).name).toBe("a?b?c?");
  expect(thisHost("", folder).name).toBe("?");
  expect(thisHost("x".repeat(300), folder).name).toHaveLength(64);
});
