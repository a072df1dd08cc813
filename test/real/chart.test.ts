import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { loadConfig } from "../../src/config/load.ts";

const tools = join(process.env.REAL_CACHE ?? join(homedir(), ".cache", "wandb-audit-real"), "chart", "tools");
const why = existsSync(join(tools, "complete")) ? "" : "skipped: test/real/chart/build was not run";
const root = join(import.meta.dirname, "../..");
const chart = join(root, "deploy/chart");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "chart-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(tool: string, ...args: string[]) {
  // Helm keeps nothing of a person's here, and asks nobody.
  const env = { ...process.env, HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
  const { status, stdout, stderr } = spawnSync(join(tools, tool), args, {
    encoding: "utf8",
    cwd: folder,
    env,
  });
  return { status, said: `${stdout}${stderr}` };
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function rendered(...settings: readonly string[]): string {
  const { status, said } = run("helm", "template", "prod", chart, ...settings);
  expect(status, said).toBe(0);
  return said;
}

/** The schemas of the OpenAPI document, strictly; kinds of others have none. */
const byItsSchema = (path: string) =>
  run(
    ...(["kubeconform", "-strict", "-schema-location"] as const),
    join(tools, "schemas/{{.ResourceKind}}{{.KindSuffix}}.json"),
    ...["-skip", "PodMonitor,ServiceMonitor,PrometheusRule", path],
  );
/** As the API server judges before it stores it. */
const byTheServer = (path: string) => run("kubernetes-validate", path);

const sets: Readonly<Record<string, readonly string[]>> = {
  "as it is": [],
  everything: [
    ...["--set", "podMonitor.enabled=true", "--set", "podMonitor.labels.release=prometheus"],
    ...["--set-json", 'networkPolicy.scrapeFrom=[{"podSelector":{}}]'],
    ...["--set", "persistence.storageClassName=fast", "--set", "persistence.accessMode=ReadWriteOncePod"],
    ...["--set", "priorityClassName=high", "--set-json", 'imagePullSecrets=[{"name":"pull"}]'],
    ...["--set-json", 'extraEnv=[{"name":"HTTPS_PROXY","value":"http://proxy.example:3128"}]'],
    ...["--set-json", 'extraVolumes=[{"name":"ca","configMap":{"name":"ca"}}]'],
    ...["--set-json", 'extraVolumeMounts=[{"name":"ca","mountPath":"/etc/ca","readOnly":true}]'],
    ...["--set-json", 'serviceAccount.annotations={"eks.amazonaws.com/role-arn":"arn:aws:iam::1:role/r"}'],
    ...["--set-json", 'tolerations=[{"key":"soc","operator":"Exists"}]', "--set", "nodeSelector.soc=yes"],
    ...["--set-json", 'podAnnotations={"a":"b"}', "--set-json", 'podLabels={"team":"soc"}'],
  ],
  OpenShift: ["--set", "openshift=true"],
  little: [
    ...["--set", "networkPolicy.enabled=false", "--set", "serviceAccount.create=false"],
    ...["--set", "admin.metrics=token", "--set", "shutdownTimeoutSeconds=5", "--set", "persistence.size=1Gi"],
  ],
};

describe.skipIf(why !== "")(
  `the chart, judged by helm, its tests, schemas and the API server's code ${why}`,
  () => {
    it("has nothing that helm lint complains of", () => {
      const { status, said } = run("helm", "lint", "--strict", chart);
      expect(status, said).toBe(0);
    });

    it("keeps its own tests", () => {
      const { status, said } = run("helm-unittest", chart);
      expect(status, said).toBe(0);
      expect(said).toMatch(/Tests: +\d\d passed/);
    });

    it.each(Object.entries(sets))(
      "%s: objects that an API server takes, with a configuration that loads",
      (name, set) => {
        const text = rendered(...set);
        const path = written(`${name.replaceAll(" ", "-")}.yaml`, text);
        for (const judged of [byItsSchema(path), byTheServer(path)])
          expect(judged.status, judged.said).toBe(0);
        const objects = parseAllDocuments(text, { version: "1.1" }).map((document) => document.toJS());
        const config = objects.find(({ kind }) => kind === "ConfigMap").data["config.yaml"];
        const loaded = loadConfig("/etc/wandb-audit-forwarder/config.yaml", {
          environment: { container: "oci" },
          readFile: (file) => ({ text: file.endsWith(".yaml") ? config : "a-secret\n", mode: 0o440 }),
        });
        expect(loaded.warnings).toEqual([]);
        const pod = objects.find(({ kind }) => kind === "StatefulSet").spec;
        expect(pod.template.spec.terminationGracePeriodSeconds * 1000).toBe(loaded.shutdownTimeout + 10_000);
        const gibibytes = Number.parseInt(pod.volumeClaimTemplates[0].spec.resources.requests.storage, 10);
        expect(loaded.spool.maxBytes).toBeLessThan(gibibytes * 2 ** 30 * 0.81);
      },
    );

    it.each([
      ["a size without a unit", "persistence.size=much"],
      ["more than one replica", "replicas=2"],
      ["a key with a slip", "networkPolicy.scrapefrom=x"],
      ["an access mode that network file systems have", "persistence.accessMode=ReadWriteMany"],
      ["metrics for nobody", "admin.metrics=closed"],
      ["no time to stop", "shutdownTimeoutSeconds=0"],
      ["what the chart sets itself", "config.state_dir=/tmp"],
    ])("refuses %s", (_, set) => {
      const { status, said } = run("helm", "template", "prod", chart, "--set", set);
      expect(status).not.toBe(0);
      expect(said).toMatch(/additional properties|pattern|value must be|minimum|set by the chart/);
    });

    it("finds what is wrong, so that these judges say something", () => {
      const misspelt = written("misspelt.yaml", rendered().replace("clusterIP:", "clusterIp:"));
      for (const judge of [byItsSchema, byTheServer]) expect(judge(misspelt).status).not.toBe(0);
      const path = written("impossible.yaml", rendered().replace("replicas: 1", "replicas: -1"));
      expect([byItsSchema(path).status, byTheServer(path).status]).toEqual([0, 1]);
    });
  },
);

describe.skipIf(why !== "")(`the manifests of docs/kubernetes.md, judged by the same ${why}`, () => {
  const page = readFileSync(join(root, "docs/kubernetes.md"), "utf8");
  const blocks = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);
  const manifests = blocks.filter((text) => text.startsWith("apiVersion:"));

  it.each(manifests.map((text, at) => [at, text] as const))(
    "block %i is what an API server takes",
    (at, text) => {
      const path = written(`block-${at}.yaml`, text);
      for (const judged of [byItsSchema(path), byTheServer(path)]) expect(judged.status, judged.said).toBe(0);
    },
  );

  it("is installed with the values that it shows", () => {
    const values = blocks.find((text) => text.startsWith("image:")) ?? expect.unreachable();
    const path = written("values.yaml", values);
    const objects = written("of-page.yaml", rendered("-f", path));
    for (const judged of [byItsSchema(objects), byTheServer(objects)])
      expect(judged.status, judged.said).toBe(0);
  });
});

describe.skipIf(why !== "")(`the compose file, read as Docker Compose does ${why}`, () => {
  const file = readFileSync(join(root, "deploy/compose.yaml"), "utf8");

  it("is a project with one service", () => {
    const { status, said } = run("compose", written("compose.yaml", file));
    expect(status, said).toBe(0);
    const { services, volumes, secrets } = parse(said);
    expect(Object.keys(services)).toEqual(["forwarder"]);
    expect(services.forwarder.stop_grace_period).toBe("40s");
    expect(Object.keys(volumes)).toEqual(["state"]);
    expect(Object.keys(secrets)).toHaveLength(3);
  });

  it("would be refused with a slip in a key", () => {
    const slip = written("slip.yaml", file.replace("stop_grace_period", "stop_grace_periot"));
    expect(run("compose", slip).status).not.toBe(0);
  });
});
