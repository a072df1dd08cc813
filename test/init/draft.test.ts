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

const examplesOf = (questions: readonly { readonly name: string; readonly example: string }[]) =>
  Object.fromEntries(questions.map(({ name, example }) => [name, example]));

describe("the configuration that init writes", () => {
  it.each(all)(
    "$deployment.name into $siem.name at $placement.config loads without a warning",
    ({ deployment, siem, placement }) => {
      const text = draft({
        ...{ deployment, siem, placement, siemSecret: siem.secret?.name },
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
      const wanted = [deployment.secret.name, ...(siem.secret === undefined ? [] : [siem.secret.name])];
      expect(asked.slice(1).sort()).toEqual(wanted.map((name) => `${placement.credentials}/${name}`).sort());
      expect(text).not.toContain("a-secret");
    },
  );

  it("has an authority of one's own, on the side that it is of", () => {
    const [deployment] = deployments;
    const [siem] = siems;
    if (deployment === undefined || siem === undefined) return expect.unreachable();
    const [placement] = placements;
    const answers = { "wandb-url": "https://w.example", "siem-address": "https://s.example", index: "i" };
    const about = { deployment, siem, answers, siemSecret: "hec-token", placement: placement as never };
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

  it("names a page that there is for every SIEM", () => {
    for (const { page } of siems)
      expect(existsSync(new URL(`../../${page}`, import.meta.url)), page).toBe(true);
  });
});
