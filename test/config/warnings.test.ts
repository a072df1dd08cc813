// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what users write in their files
import { describe, expect, test } from "vitest";
import { allKinds } from "../../src/config/load.ts";
import { around, good, loadText } from "./load-text.ts";

describe("warnings", () => {
  test.each([
    "localhost:8080",
    "127.0.0.1",
    "[::1]:8080",
    "wandb",
    "wandb.prod.svc",
    "wandb.internal",
    "w.svc.cluster.local",
  ])("are about an instance that is taken from %s", (host) => {
    const text = good.replace(/url: \S+/, `url: http://${host}`);
    expect(loadText(text, around).warnings.map(({ path }) => path)).toContain("sources[0].url");
    const named = text.replace(/url: http\S+/, (url) => `${url}\n    instance: wandb.example.com`);
    expect(
      loadText(named, around)
        .warnings.map(({ hint }) => hint)
        .join(),
    ).not.toContain("uid");
  });

  test("are about names of hosts that no client asks by", () => {
    const named = (names: readonly string[]) =>
      loadText(`${good}\nadmin: { allowed_hosts: ${JSON.stringify(names)} }\n`, around).warnings.map(
        ({ path }) => path,
      );
    const wrong = ["forwarder:9464", "https://forwarder.example", "[fe80::1]", "*.example", "two words"];
    const about = wrong.map((_, at) => `admin.allowed_hosts[${at}]`);
    expect(named(wrong)).toEqual(expect.arrayContaining(about));
    const right = named(["forwarder.example", "forwarder", "fe80::1", "10.0.0.7", "under_score"]);
    expect(right.join()).not.toContain("allowed_hosts");
  });

  test("are about a filter that hardly means what it says, and a secret that no variable brings", () => {
    const text = `sources: [{ name: prod, type: wandb_api, url: "https://acme.example", api_key: $KEY }]
outputs: [{ name: console, type: stdout, filter: { actions: ["user:logn"] } }]`;
    expect(
      loadText(text, { ...around, kinds: allKinds }).warnings.map(({ path, hint }) => [path, hint]),
    ).toEqual([
      ["sources[0].api_key", "write ${NAME}, with the braces"],
      ["outputs[0].filter.actions[0]", "write user:login, if that is meant"],
    ]);
  });

  test.each([
    ["lookback: 9m", "ten minutes"],
    ["lookback: 20m, poll_interval: 1h", "poll_interval"],
    ["lookback: 20m, poll_interval: 5m", undefined],
    ["poll_interval: 1d", undefined],
  ])("are about %s where it does not fit", (keys, said) => {
    const text = `sources: [{ name: prod, type: wandb_api, url: "https://acme.example", api_key: x, ${keys} }]
outputs: [{ name: console, type: stdout }]`;
    const found = loadText(text, { ...around, kinds: allKinds }).warnings.filter(
      ({ path }) => path === "sources[0].lookback",
    );
    expect(found.map(({ message }) => message)).toEqual(
      said === undefined ? [] : [expect.stringContaining(said)],
    );
  });

  test("are about secrets in the file itself, certificates nobody verifies and credentials in plain text", () => {
    const config = loadText(
      good.replace(
        "${file:/run/secrets/token}",
        "in-the-file\n    url: http://siem.example\n    tls: { insecure_skip_verify: true }\n    headers: { Authorization: literal }",
      ),
      around,
    );
    expect(config.warnings.map(({ path, line }) => [path, line])).toEqual([
      ["outputs[0].token", 11],
      ["outputs[0].url", 12],
      ["outputs[0].tls.insecure_skip_verify", 13],
      ["outputs[0].headers.Authorization", 14],
    ]);
    expect(JSON.stringify(config.warnings)).not.toMatch(/in-the-file|literal/);
  });
});
