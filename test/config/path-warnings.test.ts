import { expect, it } from "vitest";
import { pathWarnings } from "../../src/config/path-warnings.ts";
import { pathText } from "../../src/config/position.ts";
import { Secret } from "../../src/secret/secret.ts";

const warned = (type: "sources" | "outputs", config: unknown) =>
  pathWarnings([{ at: [type, 2], config }], (path, message, hint) => ({
    ...{ path: pathText(path), message, hint },
    ...{ line: 1, column: 1 },
  })).map(({ path }) => path);

it("warns of paths that count from where the program is started, wherever a file may be named", () => {
  const tls = { ca: "certs/ca.pem", cert: "./client.pem", key: "client.key", server_name: "acme.example" };
  expect(warned("sources", { path: "exports/*.ndjson", tls, proxy_tls: { ca: "../ca.pem" } })).toEqual([
    "sources[2].path",
    "sources[2].tls.ca",
    "sources[2].tls.cert",
    "sources[2].tls.key",
    "sources[2].proxy_tls.ca",
  ]);
  const auth = { type: "google_service_account", key_file: "key.json", tls: { ca: "ca.pem" } };
  const sasl = { mechanism: "OAUTHBEARER", token_file: "token" };
  expect(warned("outputs", { auth, sasl, prove_key_file: "trial.json" })).toEqual([
    "outputs[2].auth.key_file",
    "outputs[2].auth.tls.ca",
    "outputs[2].sasl.token_file",
    "outputs[2].prove_key_file",
  ]);
});

it("says nothing of absolute ones, of standard input, and of what is no path", () => {
  const tls = { ca: "/etc/ca.pem" };
  expect(warned("sources", { path: "-", tls })).toEqual([]);
  expect(warned("sources", { path: "/srv/{a,b}/*.ndjson", key: "uid", start: "now" })).toEqual([]);
  const secret = new Secret("not/a/path");
  expect(
    warned("outputs", { labels: { path: "a/b", ca: "x" }, token: secret, redact: { key: secret } }),
  ).toEqual([]);
});
