import type { HttpOptions } from "../../../net/http/http.ts";
import { Secret } from "../../../secret/secret.ts";
import { smallFile } from "../../../small-file.ts";
import type { TokenIssuer } from "../../token.ts";
import { form, tokenRequest } from "../../token-request.ts";
import { issuerAddress } from "./issuer-address.ts";

type Environment = HttpOptions["environment"];
/** How the issuer is reached; where it is, the identity says. */
export type IssuerWay = Omit<HttpOptions, "url">;

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * The identity that a pod has by its service account (Azure Workload Identity): a token of the cluster's, in
 * a file that is renewed, is exchanged for one of Entra ID. Throws an Error that names a variable that is
 * missing.
 */
export function workloadIdentity(
  way: IssuerWay,
  { scope, clientId }: { readonly scope: string; readonly clientId: string | undefined },
): TokenIssuer {
  const { environment } = way;
  const file = required(environment, "AZURE_FEDERATED_TOKEN_FILE");
  const tenant = required(environment, "AZURE_TENANT_ID");
  const client = clientId ?? required(environment, "AZURE_CLIENT_ID");
  const host = environment.AZURE_AUTHORITY_HOST || "https://login.microsoftonline.com/";
  const base = issuerAddress(host.endsWith("/") ? host : `${host}/`, "AZURE_AUTHORITY_HOST");
  const url = new URL(`${encodeURIComponent(tenant)}/oauth2/v2.0/token`, base);
  let assertion: Secret | undefined;
  return tokenRequest({
    http: { ...way, url },
    secrets: () => (assertion === undefined ? [] : [assertion]),
    request() {
      assertion = new Secret(textOf(file));
      const body = form({
        grant_type: "client_credentials",
        client_id: client,
        scope,
        client_assertion_type: assertionType,
        client_assertion: assertion.reveal(),
      });
      return { method: "POST", path: url.pathname, ...body };
    },
    fix: "check the federated credential of the identity (issuer, subject, audience) and the annotation of the service account",
  });
}

/**
 * The identity of the machine: of App Service where its variables are set, else of the virtual machine, at
 * the address that all of them have.
 */
export function managedIdentity(
  way: IssuerWay,
  { resource, clientId }: { readonly resource: string; readonly clientId: string | undefined },
): TokenIssuer {
  const { environment } = way;
  const { IDENTITY_ENDPOINT: service, IDENTITY_HEADER: header } = environment;
  const onService = service !== undefined && service !== "" && header !== undefined && header !== "";
  // The variable is the one that Azure's own libraries take for a stand-in.
  const machine = environment.AZURE_POD_IDENTITY_AUTHORITY_HOST || "http://169.254.169.254";
  const url = onService ? new URL(service) : new URL("/metadata/identity/oauth2/token", machine);
  url.searchParams.set("api-version", onService ? "2019-08-01" : "2018-02-01");
  url.searchParams.set("resource", resource);
  if (clientId !== undefined) url.searchParams.set("client_id", clientId);
  const secret = new Secret(onService ? header : "");
  return tokenRequest({
    // It is this machine that answers, never something behind a proxy.
    http: { ...way, environment: {}, proxy: undefined, url },
    secrets: () => [secret],
    request: () => ({
      method: "GET",
      path: url.pathname + url.search,
      headers: onService ? { "x-identity-header": secret.reveal() } : { metadata: "true" },
    }),
    fix: "give this machine a managed identity (for one of several name auth.client_id), and the identity a role at the endpoint",
  });
}

function required(environment: Environment, name: string): string {
  const value = environment[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: workload identity sets it in pods whose service account has one`);
  return value;
}

function textOf(file: string): string {
  try {
    return smallFile(file).bytes.toString("utf8").trim();
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "not a file"}`);
  }
}
