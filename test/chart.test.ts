import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import manifest from "../package.json" with { type: "json" };
import { loadConfig } from "../src/config/load.ts";

const deploy = join(import.meta.dirname, "../deploy");
const text = (path: string) => readFileSync(join(deploy, path), "utf8");
// biome-ignore lint/suspicious/noExplicitAny: files of many shapes, looked at by their paths
const yaml = (path: string): any => parse(text(path));

/** As a container finds it: every secret is there, and others may read it. */
const load = (config: string) =>
  loadConfig("/etc/wandb-audit-forwarder/config.yaml", {
    environment: { container: "oci" },
    readFile: (path) =>
      path.endsWith("config.yaml") ? { text: config, mode: 0o644 } : { text: "a-secret\n", mode: 0o440 },
  });

describe("the chart", () => {
  const chart = yaml("chart/Chart.yaml");
  const values = yaml("chart/values.yaml");
  const schema = JSON.parse(text("chart/values.schema.json"));

  it("has the version of the program", () => {
    expect([chart.version, chart.appVersion]).toEqual([manifest.version, manifest.version]);
    expect(chart.name).toBe(manifest.name);
  });

  it("says in its schema all that its values have, and nothing else", () => {
    const keysOf = (value: unknown): string[] => Object.keys(value as object).sort();
    const known = Object.keys(schema.properties).filter((key) => key !== "global");
    expect(keysOf(values)).toEqual(known.sort());
    for (const [name, part] of Object.entries<{ additionalProperties?: unknown; properties?: object }>(
      schema.properties,
    ))
      if (part.additionalProperties === false) expect(keysOf(values[name])).toEqual(keysOf(part.properties));
  });

  it("has values that each template asks for", () => {
    const asked = new Set<string>();
    for (const file of readdirSync(join(deploy, "chart/templates")))
      for (const [, path = ""] of text(`chart/templates/${file}`).matchAll(/\.Values\.([\w.]+)/g))
        asked.add(path);
    expect(asked.size).toBeGreaterThan(20);
    const missing = [...asked].filter((path) => {
      let found = values;
      // What is in the configuration is its user's.
      for (const key of path.startsWith("config.") ? ["config"] : path.split(".")) found = found?.[key];
      return found === undefined;
    });
    expect(missing).toEqual([]);
  });

  it("has a configuration that loads", () => {
    expect(load(JSON.stringify(values.config)).warnings).toEqual([]);
  });
});

describe("the compose file", () => {
  const { services, secrets } = yaml("compose.yaml");
  const { forwarder } = services;
  const config = load(text("config.yaml"));

  it("mounts a configuration that loads, and every secret that it names", () => {
    expect(config.warnings).toEqual([]);
    const named = [...text("config.yaml").matchAll(/\$\{file:\/run\/secrets\/([\w-]+)\}/g)].map(
      ([, name]) => name,
    );
    expect(named.sort()).toEqual([...forwarder.secrets].sort());
    expect(Object.keys(secrets).sort()).toEqual([...forwarder.secrets].sort());
    expect(forwarder.volumes[0].source).toBe("./config.yaml");
  });

  it("gives it ten seconds more than a stop may take", () => {
    expect(Number.parseInt(forwarder.stop_grace_period, 10) * 1000).toBe(config.shutdownTimeout + 10_000);
  });

  it("leaves it nothing that it can do without, and the port to this host", () => {
    expect(forwarder).toMatchObject({
      image: `${manifest.name}:${manifest.version}`,
      read_only: true,
      user: "65532:65532",
      cap_drop: ["ALL"],
      security_opt: ["no-new-privileges:true"],
      ports: [`127.0.0.1:${config.admin.listen?.port}:${config.admin.listen?.port}`],
    });
    expect(config.stateDir).toBe(forwarder.volumes[1].target);
  });
});
