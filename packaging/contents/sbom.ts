import { createHash } from "node:crypto";
import type { Component } from "./components.ts";

/** What is listed: the program, the packages in it, and Node with its libraries. */
export interface Contents {
  readonly version: string;
  readonly packages: readonly Component[];
  readonly node: Component;
  readonly libraries: readonly (readonly [name: string, version: string])[];
}

/**
 * What is in the executable, as CycloneDX 1.6. Not by `npm sbom`: that lists what is installed, and knows neither which
 * packages the bundle has nor Node. The same contents at the same time give the same bytes.
 */
export function sbomOf({ version, packages, node, libraries }: Contents, builtAt: Date): string {
  const program = `pkg:npm/wandb-audit-forwarder@${version}`;
  const components = [
    ...packages.map(packageEntry),
    {
      ...entry("application", node, `pkg:generic/node@${node.version}`),
      cpe: `cpe:2.3:a:nodejs:node.js:${node.version}:*:*:*:-:*:*:*`,
      components: libraries.map(([name, of]) => library(name, of)),
    },
  ];
  const listed = {
    metadata: {
      timestamp: builtAt.toISOString(),
      component: {
        type: "application",
        "bom-ref": program,
        name: "wandb-audit-forwarder",
        version,
        licenses: [{ expression: "Apache-2.0" }],
        purl: program,
      },
    },
    components,
    dependencies: [
      { ref: program, dependsOn: components.map((one) => one["bom-ref"]) },
      ...components.map((one) => ({ ref: one["bom-ref"] })),
    ],
  };
  const head = { bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: numberOf(listed), version: 1 };
  return `${JSON.stringify({ ...head, ...listed }, null, 2)}\n`;
}

function packageEntry(component: Component) {
  const [algorithm, hash = ""] = component.integrity.split(/-(.*)/s);
  if (algorithm !== "sha512") throw new Error(`${component.name} has no hash of npm's kind`);
  const purl = `pkg:npm/${component.name.replace("@", "%40")}@${component.version}`;
  const content = Buffer.from(hash, "base64").toString("hex");
  return { ...entry("library", component, purl), hashes: [{ alg: "SHA-512", content }] };
}

function entry(type: string, { name, version, licence }: Component, purl: string) {
  return { type, "bom-ref": purl, name, version, licenses: [{ expression: licence }], purl };
}

function library(name: string, version: string) {
  const purl = `pkg:generic/${name}@${encodeURIComponent(version)}`;
  return { type: "library", "bom-ref": purl, name, version, purl };
}

/** A number that is this list's alone, and the same whenever it is made. */
function numberOf(listed: object): string {
  const hash = createHash("sha256").update(JSON.stringify(listed)).digest("hex");
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`, `8${hash.slice(17, 20)}`];
  return `urn:uuid:${[...parts, hash.slice(20, 32)].join("-")}`;
}
