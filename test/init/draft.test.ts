import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../src/config/load.ts";
import { deployments } from "../../src/init/deployments.ts";
import { draft } from "../../src/init/draft.ts";
import { folderPlacement, servicePlacement } from "../../src/init/placement.ts";
import { siems } from "../../src/init/siems.ts";

const placements = [
  servicePlacement("/etc/wandb-audit-forwarder/config.yaml"),
  folderPlacement("/home/me/a folder: #1/config.yaml"),
];
const all = deployments.flatMap((deployment) =>
  siems.flatMap((siem) => placements.map((placement) => ({ deployment, siem, placement }))),
);

type Held = { readonly secret?: { readonly name: string } };
const heldBy = (...chosen: readonly Held[]) =>
  new Set(chosen.flatMap(({ secret }) => (secret === undefined ? [] : [secret.name])));

const examplesOf = (questions: readonly { readonly name: string; readonly example: string }[]) =>
  Object.fromEntries(questions.map(({ name, example }) => [name, example]));

describe("the configuration that init writes", () => {
  it.each(all)(
    "$deployment.name into $siem.name at $placement.config loads without a warning",
    ({ deployment, siem, placement }) => {
      const text = draft({
        ...{ deployment, siem, placement, held: heldBy(deployment, siem) },
        answers: { ...examplesOf(deployment.questions), ...examplesOf(siem.questions) },
        ...{ wandbCa: undefined, siemCa: undefined },
      });
      const asked: string[] = [];
      const config = loadConfig(placement.config, {
        environment: placement.environment,
        readFile(path) {
          asked.push(path);
          return path === placement.config ? { text, mode: 0o600 } : { text: "a-secret\n", mode: 0o600 };
        },
      });
      expect(config.warnings).toEqual([]);
      expect([config.sources.length, config.outputs.length]).toEqual([1, 1]);
      // Only what a person wrote beside it, and nothing of the secret's own.
      const ofLines = [deployment, siem].flatMap(({ secret }) =>
        secret?.isFile === true ? [] : [secret?.name],
      );
      const wanted = ofLines.filter((name) => name !== undefined);
      expect(asked.slice(1).sort()).toEqual(wanted.map((name) => `${placement.credentials}/${name}`).sort());
      expect(text).not.toContain("a-secret");
      const keyFiles = [...parse(text).sources, parse(text).outputs[0].auth].map((part) => part?.key_file);
      const copied = [deployment, siem].flatMap(({ secret }) =>
        secret?.isFile === true ? [secret.name] : [],
      );
      expect(keyFiles.filter((path) => path !== undefined)).toEqual(
        copied.map((name) => placement.path(name)),
      );
    },
  );

  it("takes what is usual where nothing is answered, and goes without a secret that is not wanted", () => {
    const usual = deployments.filter(({ secret }) => secret?.wanted !== undefined);
    expect(usual.map(({ name }) => name)).toEqual(["bucket-s3", "bucket-gs", "bucket-az"]);
    for (const deployment of usual) {
      const answers = Object.fromEntries(
        deployment.questions.map(({ name, example, usual = example }) => [name, usual]),
      );
      expect(deployment.secret?.wanted?.(answers), deployment.name).toBe(false);
      expect(Object.keys(deployment.source(answers, undefined)).join()).not.toMatch(/key|token|endpoint/);
    }
  });

  it("begins no further back than the other side takes events", () => {
    const siem = siems.find(({ name }) => name === "datadog") ?? expect.unreachable();
    for (const deployment of deployments) {
      const answers = { ...examplesOf(deployment.questions), ...examplesOf(siem.questions) };
      const [placement] = placements;
      if (placement === undefined) return expect.unreachable();
      const about = { deployment, siem, answers, placement, held: heldBy(deployment, siem) };
      expect(parse(draft({ ...about, wandbCa: undefined, siemCa: undefined })).sources[0].start).toBe("12h");
    }
  });

  it("has an authority of one's own, on the side that it is of", () => {
    const [deployment] = deployments;
    const [siem] = siems;
    if (deployment === undefined || siem === undefined) return expect.unreachable();
    const [placement] = placements;
    const answers = { "wandb-url": "https://w.example", "siem-address": "https://s.example", index: "i" };
    const about = {
      deployment,
      siem,
      answers,
      held: heldBy(deployment, siem),
      placement: placement as never,
    };
    expect(draft({ ...about, wandbCa: "/etc/ca.pem", siemCa: undefined })).toMatch(
      /tls:\n +ca: \/etc\/ca\.pem\noutputs/,
    );
    expect(draft({ ...about, wandbCa: undefined, siemCa: "/etc/ca.pem" })).toMatch(
      /tls:\n +ca: \/etc\/ca\.pem\n$/,
    );
  });

  it.each(["splunk", "elastic", "sentinel", "qradar"])("is for %s what its page says", (name) => {
    const siem = siems.find((one) => one.name === name);
    if (siem === undefined) return expect.unreachable();
    const page = readFileSync(new URL(`../../${siem.page}`, import.meta.url), "utf8");
    const [, block = ""] = /^```yaml\n([\s\S]*?)^```/m.exec(page) ?? [];
    const [said] = parse(block).outputs;
    const place = ["url", "urls", "address", "token", "api_key"];
    const shape = (output: object) =>
      Object.entries(output).map(([key, value]) => [key, place.includes(key) ? typeof value : value]);
    const written = siem.output(examplesOf(siem.questions), "a reference");
    expect(Object.fromEntries(shape(written))).toEqual(Object.fromEntries(shape(said)));
  });

  it("is for each service over HTTP what its sample says", () => {
    const file = new URL("../../src/output/http/sample.yaml", import.meta.url);
    const samples: Record<string, unknown>[] = parse(readFileSync(file, "utf8")).outputs;
    const own = ["url", "headers", "auth", "secret_path", "event", "envelope", "heartbeat"];
    const shape = (output: object) =>
      Object.fromEntries(
        Object.entries(output)
          .filter(([key, value]) => key !== "heartbeat" && value !== undefined)
          .map(([key, value]) => [key, own.includes(key) ? typeof value : value]),
      );
    for (const name of ["secops", "datadog", "sumo", "cribl", "panther"]) {
      const siem = siems.find((one) => one.name === name) ?? expect.unreachable();
      const said = samples.find((one) => one.name === name) ?? expect.unreachable();
      // The category is the source's own there, where it is no header.
      const expected = name === "sumo" ? { ...said, headers: undefined } : said;
      expect(shape(siem.output(examplesOf(siem.questions), "a reference")), name).toEqual(shape(expected));
    }
  });

  it("names a page that there is for every SIEM", () => {
    for (const { page } of siems)
      expect(existsSync(new URL(`../../${page}`, import.meta.url)), page).toBe(true);
  });
});
