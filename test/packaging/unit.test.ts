import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packagedUnit } from "../../packaging/package/unit.ts";

const root = join(import.meta.dirname, "../..");
const unit = readFileSync(join(root, "systemd/wandb-audit-forwarder.service"), "utf8");

it("the unit of a package starts the executable, with what its first file would start itself again for", () => {
  const packaged = packagedUnit(unit).split("\n");
  expect(packaged).toContain(
    "ExecStart=/usr/bin/wandb-audit-forwarder run -c /etc/wandb-audit-forwarder/config.yaml",
  );
  const start = readFileSync(join(root, "packaging/executable/start.cjs"), "utf8");
  const [, thrift = ""] = /thrift = \{ (.*) \}/.exec(start) ?? [];
  const variables = [...thrift.matchAll(/(\w+): "(\w+)"/g)].map(([, name, value]) => `${name}=${value}`);
  expect(variables).toHaveLength(2);
  expect(packaged).toContain(`Environment=${variables.join(" ")}`);
  const same = packaged.filter((line) => unit.split("\n").includes(line));
  // All but the two, and the remark about where Node is.
  expect(same).toHaveLength(packaged.length - 2);
  expect(packaged).toHaveLength(unit.split("\n").length - 1);
});

it("the unit of a package is refused where the one it is made of has changed", () => {
  expect(() => packagedUnit(unit.replace("ExecStart", "ExecBegin"))).toThrow("is not as");
  expect(() => packagedUnit(unit.replace("NODE_OPTIONS=", "A=1 NODE_OPTIONS="))).toThrow("is not as");
});

it("a package asks for a systemd that hands credentials over and waits for what a child tells it", () => {
  expect(unit).toMatch(/^LoadCredential=/m);
  expect(unit).toMatch(/^NotifyAccess=all$/m);
  const description = readFileSync(join(root, "packaging/nfpm.yaml"), "utf8");
  const wanted = [...description.matchAll(/^ +depends: .*"systemd ([^"]*)"/gm)].map(([, version]) => version);
  expect(wanted).toEqual(["(>= 247)", ">= 247"]);
});

it("the executable is started with the settings of the npm package", () => {
  const text = (file: string) => readFileSync(join(root, file), "utf8");
  const ofNpm = text("bin/wandb-audit-forwarder.js");
  const [, young] = /youngGeneration = "(.*)"/.exec(ofNpm) ?? [];
  expect(text("packaging/executable/executable.ts")).toContain(`"${young}"`);
  const start = text("packaging/executable/start.cjs");
  for (const setting of ["youngGenerationOfThreads = ", "thrift = "]) {
    const [line] = new RegExp(`${setting}.*`).exec(ofNpm) ?? [];
    expect(start).toContain(line);
  }
  const early = (text: string) =>
    /function hearEarlySignals[\s\S]*?;\n *\}\n/.exec(text)?.[0].replaceAll(/^ +/gm, "");
  expect(early(ofNpm)).toContain("SIGHUP");
  expect(early(start)).toBe(early(ofNpm));
});
