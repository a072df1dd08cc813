import { expect, test } from "vitest";
import { around, good, loadText, problemsIn } from "./load-text.ts";

const readable = { "/run/secrets/token": { text: "t", mode: 0o644 } };
const inside = (variables: Record<string, string>) => ({
  files: readable,
  environment: { ...around.environment, ...variables },
});

test("a secret that others may read is a problem, also where the part has other problems", () => {
  expect(problemsIn(`${good}    port: 0\n`, { ...around, files: readable })).toEqual([
    "11:12: outputs[0].token: too many may read the secret in /run/secrets/token (mode 0644) (chmod 0640 or less. In a container this is a warning only: set the variable `container` there, to anything, if neither the image nor the orchestrator does)",
    "12:11: outputs[0].port: must be at least 1",
  ]);
  for (const mode of [0o640, 0o440, 0o400, 0o600]) {
    const config = loadText(good, { ...around, files: { "/run/secrets/token": { text: "t", mode } } });
    expect(config.warnings).toEqual([]);
  }
});

test("in a container it is a warning: Podman, our image and the kubelet say that this is one", () => {
  for (const variables of [{ container: "oci" }, { KUBERNETES_SERVICE_HOST: "10.0.0.1" }])
    expect(loadText(good, inside(variables)).warnings).toEqual([
      {
        path: "outputs[0].token",
        line: 11,
        column: 12,
        message: "everybody in this container may read the secret in /run/secrets/token (mode 0644)",
        hint: expect.stringContaining("defaultMode: 0440"),
      },
    ]);
  expect(problemsIn(good, inside({ container: "", KUBERNETES_SERVICE_HOST: "" }))).toHaveLength(1);
  expect(problemsIn(good, inside({ CONTAINER_NAME: "build-7" }))).toHaveLength(1);
});

test("the warning hides no other problem", () => {
  expect(problemsIn(`${good}    port: 0\n`, inside({ container: "oci" }))).toEqual([
    "12:11: outputs[0].port: must be at least 1",
  ]);
});
