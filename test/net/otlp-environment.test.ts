import { describe, expect, it } from "vitest";
import { otlpEnvironment } from "../../src/net/otlp-environment.ts";
import { otlpKind } from "../../src/output/otlp/kind.ts";
import { otlpOutput } from "../output/otlp/subject.ts";

const endpoint = (environment: Record<string, string>) => otlpEnvironment(environment).endpoint.href;

describe("the OTEL_EXPORTER_OTLP_ variables", () => {
  it("give the endpoint: the one for logs as it is, the general one with the path of logs", () => {
    expect(endpoint({})).toBe("http://localhost:4318/v1/logs");
    expect(endpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel.example:4318" })).toBe(
      "https://otel.example:4318/v1/logs",
    );
    expect(endpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel.example/base/" })).toBe(
      "https://otel.example/base/v1/logs",
    );
    expect(
      endpoint({
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "https://otel.example",
        OTEL_EXPORTER_OTLP_ENDPOINT: "https://other",
      }),
    ).toBe("https://otel.example/");
    expect(endpoint({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "https://otel.example/in?tenant=1" })).toBe(
      "https://otel.example/in?tenant=1",
    );
    expect(endpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: "" })).toBe("http://localhost:4318/v1/logs");
  });

  it("give the endpoint for gRPC without a path, and by OTEL_EXPORTER_OTLP_INSECURE where it has no scheme", () => {
    const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
    expect(endpoint(grpc)).toBe("http://localhost:4317/");
    expect(endpoint({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel:4317" })).toBe(
      "https://otel:4317/",
    );
    expect(endpoint({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: "otel:4317" })).toBe("https://otel:4317/");
    expect(
      endpoint({ ...grpc, OTEL_EXPORTER_OTLP_ENDPOINT: "otel:4317", OTEL_EXPORTER_OTLP_INSECURE: "true" }),
    ).toBe("http://otel:4317/");
    expect(() => otlpEnvironment(grpc, "traces")).toThrow("OTEL_EXPORTER_OTLP_PROTOCOL");
  });

  it("give headers, decoded; those for logs later", () => {
    const { headers } = otlpEnvironment({
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b%3D, x-tenant = acme ,",
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: "api-key=other==",
    });
    expect(headers).toEqual([
      ["api-key", "a b="],
      ["x-tenant", "acme"],
      ["api-key", "other=="],
    ]);
  });

  it("give protocol, compression, timeout and TLS files; the variant for logs wins", () => {
    expect(
      otlpEnvironment({
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_COMPRESSION: "none",
        OTEL_EXPORTER_OTLP_TIMEOUT: "9000",
        OTEL_EXPORTER_OTLP_CERTIFICATE: "/ca.pem",
        OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: "/key.pem",
        OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/cert.pem",
      }),
    ).toMatchObject({
      protocol: "http/json",
      compression: "none",
      timeoutMs: 9000,
      tls: { ca: "/ca.pem", key: "/key.pem", cert: "/cert.pem" },
    });
    expect(otlpEnvironment({ OTEL_EXPORTER_OTLP_TIMEOUT: "soon" })).not.toHaveProperty("timeoutMs");
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "s3cr3t" }, "OTEL_EXPORTER_OTLP_ENDPOINT"],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "ftp://s3cr3t" }, "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "https://user:s3cr3t@otel" }, "OTEL_EXPORTER_OTLP_ENDPOINT"],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "api-key=s3cr3t%0d%0ax" }, "OTEL_EXPORTER_OTLP_HEADERS"],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "s3cr3t" }, "OTEL_EXPORTER_OTLP_HEADERS"],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "s3cr3t" }, "OTEL_EXPORTER_OTLP_PROTOCOL"],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: "https://otel/s3cr3t" },
      "OTEL_EXPORTER_OTLP_ENDPOINT: gRPC has no path",
    ],
    [{ OTEL_EXPORTER_OTLP_COMPRESSION: "s3cr3t" }, "OTEL_EXPORTER_OTLP_COMPRESSION"],
  ])("are named, never shown, when they cannot be used: %j", (environment, name) => {
    let message = "";
    try {
      otlpEnvironment(environment as unknown as Record<string, string>);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(name);
    expect(message).not.toContain("s3cr3t");
  });
});

describe("the otlp kind", () => {
  function complaints(written: Record<string, unknown>): string[] {
    const parsed = otlpKind.schema.safeParse({ name: "c", type: "otlp", ...written });
    return parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  }

  it("needs nothing but a name", () => {
    expect(complaints({})).toEqual([]);
  });

  it("names what is wrong, and shows no header's value", () => {
    expect(complaints({ protocol: "thrift" })[0]).toMatch(/^protocol: /);
    expect(complaints({ protocol: "grpc", endpoint: "https://otel:4317/v1/logs" })).toEqual([
      "endpoint: gRPC has no path: write scheme, host and port alone",
    ]);
    expect(complaints({ protocol: "grpc", endpoint: "https://otel:4317" })).toEqual([]);
    expect(complaints({ headers: { Authorization: "s3cr3t €" } })).toEqual([
      "headers.Authorization: holds characters that a header cannot carry, such as letters beyond Latin-1",
    ]);
    expect(complaints({ headers: { "content-type": "x" }, endpoint: "https://otel" })).toEqual([
      "headers.content-type: is not the name of a header that can be set",
    ]);
    expect(complaints({ endpoint: "http://localhost", tls: {} })[0]).toMatch(/^tls: has no meaning/);
  });

  it("refuses credentials in the clear, unless they stay on this machine or somebody agreed", () => {
    const headers = { Authorization: "s3cr3t" };
    expect(complaints({ headers, endpoint: "http://otel.example:4318" })[0]).toMatch(
      /^endpoint: would send the headers unencrypted/,
    );
    expect(complaints({ endpoint: "http://otel.example:4318" })).toEqual([]);
    expect(complaints({ headers, endpoint: "http://127.0.0.1:4318" })).toEqual([]);
    expect(complaints({ headers, endpoint: "http://otel.example:4318", allow_plaintext: true })).toEqual([]);
    const environment = { OTEL_EXPORTER_OTLP_HEADERS: "api-key=s3cr3t" };
    expect(() => otlpOutput({ endpoint: "http://otel.example:4318" }, environment)).toThrow("unencrypted");
  });

  it("takes the configuration before the environment", () => {
    const environment = { OTEL_EXPORTER_OTLP_PROTOCOL: "thrift" };
    expect(() => otlpOutput({ protocol: "http/json" }, environment)).not.toThrow();
    expect(() => otlpOutput({}, environment)).toThrow("OTEL_EXPORTER_OTLP_PROTOCOL");
  });

  it("calls what is reached over gRPC another place than over HTTP", () => {
    const place = (written: Record<string, unknown>, environment = {}) =>
      otlpKind.destination(otlpKind.schema.parse({ name: "c", type: "otlp", ...written }), environment);
    expect(place({ endpoint: "https://otel:4317", protocol: "grpc" })).toEqual([
      "otlp grpc https://otel:4317",
    ]);
    expect(place({ endpoint: "https://otel:4317" })).toEqual(["otlp https://otel:4317/v1/logs"]);
    expect(place({}, { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toEqual(["otlp grpc http://localhost:4317"]);
  });
});
