import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startEndpointReceiver } from "../../../../src/simulate/endpoint-receiver.ts";
import { sampleEvents } from "../../../contract/sample-event.ts";
import { payloadsOf } from "../../../fake/payloads.ts";
import { startTokenIssuer, type TokenIssuerStandIn } from "../../../fake/token-issuer.ts";
import { endpointOutput } from "../subject.ts";

let issuer: TokenIssuerStandIn;
let folder: string;
const closing: (() => unknown)[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "azure-"));
  issuer = await startTokenIssuer();
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await issuer.close();
  rmSync(folder, { recursive: true });
});

async function sent(auth: object, environment: Record<string, string>) {
  const receiver = await startEndpointReceiver({ authorization: () => "Bearer issued-token-0001" });
  const output = endpointOutput({ url: receiver.url, auth }, { environment });
  closing.push(receiver.close, () => output.close());
  return output.send(payloadsOf(output, sampleEvents(1)), new AbortController().signal);
}

describe("a workload identity", () => {
  const auth = { type: "azure_workload_identity", scope: "https://monitor.azure.com/.default" };
  const environment = () => ({
    AZURE_FEDERATED_TOKEN_FILE: join(folder, "token"),
    AZURE_TENANT_ID: "tenant-1",
    AZURE_CLIENT_ID: "client-1",
    AZURE_AUTHORITY_HOST: issuer.url,
  });

  it("exchanges the cluster's token, as it is now", async () => {
    writeFileSync(join(folder, "token"), "federated-1\n");
    expect(await sent(auth, environment())).toMatchObject({ status: "delivered" });
    expect(issuer.asked()[0]?.path).toBe("/tenant-1/oauth2/v2.0/token");
    expect(Object.fromEntries(issuer.asked()[0]?.form ?? [])).toEqual({
      grant_type: "client_credentials",
      client_id: "client-1",
      scope: "https://monitor.azure.com/.default",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: "federated-1",
    });
  });

  it("holds where the cluster's token is not there, and names a variable that is missing", async () => {
    expect(await sent(auth, environment())).toMatchObject({
      ...{ status: "retry", hold: true, reason: "configuration" },
      detail: expect.stringContaining("ENOENT"),
    });
    expect(() => endpointOutput({ url: "https://in.example", auth })).toThrow("AZURE_FEDERATED_TOKEN_FILE");
  });
});

describe("a managed identity", () => {
  const auth = { type: "azure_managed_identity", resource: "https://monitor.azure.com", client_id: "one" };

  it("is asked of the machine", async () => {
    const environment = { AZURE_POD_IDENTITY_AUTHORITY_HOST: issuer.url, HTTP_PROXY: "http://127.0.0.1:1" };
    expect(await sent(auth, { ...environment, NO_PROXY: "127.0.0.1" })).toMatchObject({
      status: "delivered",
    });
    expect(issuer.asked()).toMatchObject([
      {
        method: "GET",
        path: "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmonitor.azure.com&client_id=one",
        headers: { metadata: "true" },
      },
    ]);
  });

  it("is asked of App Service where there is one", async () => {
    const environment = { IDENTITY_ENDPOINT: `${issuer.url}/msi/token`, IDENTITY_HEADER: "header-secret-1" };
    expect(await sent(auth, environment)).toMatchObject({ status: "delivered" });
    expect(issuer.asked()).toMatchObject([{ headers: { "x-identity-header": "header-secret-1" } }]);
    expect(issuer.asked()[0]?.path).toContain("/msi/token?api-version=2019-08-01&");
  });
});
