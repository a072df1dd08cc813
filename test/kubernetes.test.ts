import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Config } from "../src/config/config.ts";
import { loadConfig } from "../src/config/load.ts";

const page = readFileSync(join(import.meta.dirname, "../docs/kubernetes.md"), "utf8");

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds, looked at by their paths
type Manifest = any;

/** The examples, each with its documents as kubectl reads them: YAML 1.1, where 0440 is octal. */
const documents: readonly (readonly Manifest[])[] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(
  ([, text = ""]) =>
    parseAllDocuments(text, { version: "1.1", strict: true, uniqueKeys: true }).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS();
    }),
);
/** The first are values of the chart. */
const [[chartValues] = [], ...examples] = documents;
const manifests = examples.flat();
const named = (kind: string, name: string, among: readonly Manifest[] = manifests): Manifest =>
  among.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);

/** Pods that run the forwarder, with the container that does. */
const pods = examples.flatMap((example) =>
  example
    .filter(({ kind }) => ["StatefulSet", "Deployment"].includes(kind))
    .map(({ kind, metadata, spec }) => {
      const pod = spec.template.spec;
      const all: Manifest[] = [...(pod.initContainers ?? []), ...pod.containers];
      const container = all.find(({ name }) => name === "forwarder");
      const claims: readonly Manifest[] = spec.volumeClaimTemplates ?? [];
      return { title: `${kind} ${metadata.name}`, example, spec, pod, container, all, claims };
    }),
);

/** What the container finds at its mounts, as the kubelet lays it there. */
function mountsOf({ example, pod, container, claims }: (typeof pods)[number]) {
  const files = new Map<string, { text: string; mode: number }>();
  const writable: { mountPath: string; size: string }[] = [];
  for (const { name, mountPath, readOnly } of container.volumeMounts) {
    const volume = pod.volumes.find((one: Manifest) => one.name === name);
    const claim = claims.find(({ metadata }) => metadata.name === name);
    expect(volume !== undefined || claim !== undefined, name).toBe(true);
    if (volume?.secret !== undefined)
      for (const { path } of volume.secret.items)
        files.set(posix.join(mountPath, path), { text: "a-secret\n", mode: volume.secret.defaultMode });
    else if (volume?.configMap !== undefined)
      for (const [key, text] of Object.entries(named("ConfigMap", volume.configMap.name, example).data))
        files.set(posix.join(mountPath, key), { text: text as string, mode: 0o644 });
    else
      writable.push({ mountPath, size: claim?.spec.resources.requests.storage ?? volume.emptyDir.sizeLimit });
    const mayWrite = writable.some((mount) => mount.mountPath === mountPath);
    expect([name, readOnly ?? false]).toEqual([name, !mayWrite]);
  }
  return { files, writable };
}

function load(pod: (typeof pods)[number]): Config {
  const { files } = mountsOf(pod);
  return loadConfig("/etc/wandb-audit-forwarder/config.yaml", {
    environment: { KUBERNETES_SERVICE_HOST: "10.0.0.1", container: "oci" },
    readFile(path) {
      const file = files.get(path);
      if (file === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
      return file;
    },
  });
}

describe("the manifests", () => {
  it("are a StatefulSet with a claim, a pod without a volume, and a native sidecar", () => {
    expect(pods.map(({ title }) => title)).toEqual([
      "StatefulSet wandb-audit-forwarder",
      "Deployment wandb-audit-forwarder",
      "Deployment wandb-audit-collector",
    ]);
    const [stateful, plain, sidecar] = pods;
    expect(stateful?.spec.volumeClaimTemplates).toHaveLength(1);
    expect(plain?.pod.volumes).toContainEqual({ name: "state", emptyDir: { sizeLimit: "2Gi" } });
    expect(sidecar?.pod.initContainers[0]).toBe(sidecar?.container);
    expect(sidecar?.container.restartPolicy).toBe("Always");
    for (const { apiVersion, kind, metadata } of manifests)
      expect([typeof apiVersion, typeof kind, typeof metadata?.name]).toEqual(["string", "string", "string"]);
  });

  it("come after values of the chart, which its schema knows and whose configuration loads", () => {
    const schema = JSON.parse(
      readFileSync(join(import.meta.dirname, "../deploy/chart/values.schema.json"), "utf8"),
    );
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(chartValues)));
    const config = { text: JSON.stringify(chartValues.config), mode: 0o644 };
    const readFile = (path: string) =>
      path.endsWith("config.yaml") ? config : { text: "a-secret\n", mode: 0o440 };
    expect(loadConfig("config.yaml", { environment: { container: "oci" }, readFile }).warnings).toEqual([]);
  });

  it.each(pods)("$title: its configuration loads without a warning, from what is mounted", (pod) => {
    expect(load(pod).warnings).toEqual([]);
  });

  it.each(pods)("$title: the state is a folder in a writable mount, and fits into it", (pod) => {
    const { stateDir, spool } = load(pod);
    const [mount, ...others] = mountsOf(pod).writable;
    expect(others).toEqual([]);
    expect(posix.dirname(stateDir)).toBe(mount?.mountPath);
    const [, gibibytes] = /^(\d+)Gi$/.exec(mount?.size ?? "") ?? [];
    expect(Number(gibibytes) * 2 ** 30).toBeGreaterThan(spool.maxBytes * 1.05);
  });

  it.each(pods)("$title: everything is dropped that a container can do without", ({ pod, all, spec }) => {
    expect(spec.replicas).toBe(1);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        fsGroup: 65_532,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
    });
    for (const { securityContext, resources } of all) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect({ ...pod.securityContext, ...securityContext }.runAsUser).toBeGreaterThan(0);
      expect(resources.limits.memory).toBeDefined();
    }
  });

  it.each(pods)(
    "$title: it has time to stop, and labels that its selectors find",
    ({ pod, spec, ...rest }) => {
      const { shutdownTimeout } = load({ pod, spec, ...rest });
      expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(shutdownTimeout + 10_000);
      expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
      if (spec.serviceName !== undefined)
        expect(spec.template.metadata.labels).toMatchObject(named("Service", spec.serviceName).spec.selector);
    },
  );

  it.each(pods)("$title: the liveness probe asks where something answers", (pod) => {
    const { listen, token } = load(pod).admin;
    const { livenessProbe, startupProbe, readinessProbe, ports, image } = pod.container;
    expect(startupProbe.exec ?? startupProbe.httpGet).toEqual(livenessProbe.exec ?? livenessProbe.httpGet);
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBe(900);
    expect(readinessProbe).toBeUndefined();
    expect(image).toMatch(/^registry\.example\/wandb-audit-forwarder:\d/);
    if (livenessProbe.exec !== undefined) {
      expect(livenessProbe.exec.command).toEqual([
        "node",
        "/app/bin/wandb-audit-forwarder.js",
        "healthcheck",
      ]);
      expect(livenessProbe.timeoutSeconds).toBeGreaterThan(5);
      return;
    }
    expect([listen?.host, token === undefined]).toEqual(["0.0.0.0", false]);
    const port = ports.find(({ name }: Manifest) => name === livenessProbe.httpGet.port);
    expect(port?.containerPort).toBe(listen?.port);
    expect(livenessProbe.httpGet.path).toBe("/livez");
  });

  it("let Prometheus ask by the service's port, with the token of the secret", () => {
    const { spec } = named("ServiceMonitor", "wandb-audit-forwarder");
    const service = named("Service", "wandb-audit-forwarder");
    expect(service.metadata.labels).toMatchObject(spec.selector.matchLabels);
    const [endpoint] = spec.endpoints;
    expect(service.spec.ports.map(({ name }: Manifest) => name)).toContain(endpoint.port);
    const { name, key } = endpoint.authorization.credentials;
    expect(page).toContain(`kubectl create secret generic ${name}`);
    expect(page).toContain(`--from-file=${key}=`);
  });

  it("name every secret that is mounted in the command that makes them", () => {
    const [, command = ""] = /(kubectl create secret[\s\S]*?)```/.exec(page) ?? [];
    for (const { pod } of pods)
      for (const { secret } of pod.volumes)
        for (const { key } of secret?.items ?? []) expect(command).toContain(`--from-file=${key}=`);
  });
});
