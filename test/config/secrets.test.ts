import { expect, it } from "vitest";
import { credentialsAround } from "../../src/config/secrets.ts";

it("counts passwords in proxy addresses and headers in the environment among the secrets, as written and as meant", () => {
  const parts = [
    { config: { name: "soc", proxy: "http://me:p%40ss%2Fword@proxy:3128" } },
    { config: { name: "other" } },
  ];
  const environment = {
    HTTPS_PROXY: "http://proxy:3128",
    http_proxy: "http://me:plain-one@proxy",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc,x=y=z",
  };
  const found = credentialsAround(parts, environment).map(({ owner, secret }) => [owner, secret.reveal()]);
  expect(found).toEqual([
    ["soc", "p%40ss%2Fword"],
    ["soc", "p@ss/word"],
    ["environment", "plain-one"],
    ["environment", "plain-one"],
    ["environment", "Bearer%20abc"],
    ["environment", "Bearer abc"],
    ["environment", "y=z"],
    ["environment", "y=z"],
  ]);
});
