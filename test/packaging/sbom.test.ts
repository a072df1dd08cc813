import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { componentsOf, librariesOfNode, nodeComponent } from "../../packaging/contents/components.ts";
import { noticesOf } from "../../packaging/contents/notices.ts";
import { sbomOf } from "../../packaging/contents/sbom.ts";
import { bundleAll } from "../../packaging/executable/bundle.ts";

const root = join(import.meta.dirname, "../..");
const at = new Date("2026-11-27T00:00:00Z");
const bundle = await bundleAll(root);
const packages = componentsOf(bundle.packages, root);
const node = nodeComponent(root);
const contents = { version: "1.2.3", packages, node, libraries: librariesOfNode() };

describe("the bundle of the executable", () => {
  it("has every package that the program may load, and asks for nothing outside of itself and Node", () => {
    const { peerDependencies, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const names = packages.map(({ name }) => name);
    const wanted = Object.keys({ ...peerDependencies, ...dependencies });
    expect(names).toEqual(expect.arrayContaining(wanted));
    const asked = bundle.files.flatMap(({ text }) => [
      ...text.matchAll(/^(?:const|let|var) \w+ = require\("([^"]+)"\);$/gm),
    ]);
    const outside = asked.map(([, name = ""]) => name).filter((name) => !name.startsWith("./"));
    const { builtinModules } = process.getBuiltinModule("node:module");
    expect(outside.length).toBeGreaterThan(20);
    expect(
      outside.filter(
        (name) => !builtinModules.includes(name.replace("node:", "")) && !/^node:(sqlite|sea)$/.test(name),
      ),
    ).toEqual([]);
  });

  it("is in parts: a health check reads few of them", () => {
    const { text } = bundle.files.find(({ name }) => name === "main.js") ?? { text: "" };
    expect(bundle.files.length).toBeGreaterThan(50);
    expect(text.length).toBeLessThan(50_000);
  });
});

describe("the list of what is in the executable", () => {
  it("is of CycloneDX, and the same whenever it is made of the same", () => {
    const list = JSON.parse(sbomOf(contents, at));
    expect(list).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
    expect(list.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(sbomOf(contents, at)).toBe(sbomOf(contents, at));
    const other = JSON.parse(sbomOf({ ...contents, version: "1.2.4" }, at));
    expect(other.serialNumber).not.toBe(list.serialNumber);
    const refs = list.components.map((one: Record<string, string>) => one["bom-ref"]);
    expect(new Set(refs).size).toBe(refs.length);
    expect(list.dependencies[0].dependsOn).toEqual(refs);
  });

  it("names each package as npm itself does, with the hash that npm compares", () => {
    const npm = JSON.parse(
      execFileSync("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
        cwd: root,
        encoding: "utf8",
        maxBuffer: 1 << 26,
      }),
    );
    const known = new Map(npm.components.map((one: { purl: string }) => [one.purl, one]));
    const list = JSON.parse(sbomOf(contents, at));
    const ours = list.components.filter(({ purl }: { purl: string }) => purl.startsWith("pkg:npm/"));
    expect(ours.length).toBe(packages.length);
    for (const { purl, hashes, version } of ours) expect(known.get(purl)).toMatchObject({ hashes, version });
  });

  it("has Node with its libraries, by which a scanner finds their holes", () => {
    const list = JSON.parse(sbomOf(contents, at));
    const ofNode = list.components.find(({ name }: { name: string }) => name === "node");
    expect(ofNode.version).toBe(process.versions.node);
    const names = ofNode.components.map(({ name, version }: Record<string, string>) => `${name} ${version}`);
    expect(names).toContain(`openssl ${process.versions.openssl}`);
  });
});

it("the text of every licence comes along", () => {
  const notices = noticesOf([...packages, node]);
  for (const { name, version, licence, texts } of [...packages, node]) {
    expect(notices).toContain(`${name} ${version} (${licence})`);
    expect(texts.join("").length, name).toBeGreaterThan(500);
  }
  const allowed = ["0BSD", "Apache-2.0", "BSD-3-Clause", "ISC", "MIT"];
  expect(
    [...new Set(packages.map(({ licence }) => licence))].filter((licence) => !allowed.includes(licence)),
  ).toEqual([]);
});
