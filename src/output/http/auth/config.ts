import { z } from "zod";
import type { HttpOptions } from "../../../net/http/http.ts";
import { httpUrl, secret, tls } from "../../../schema/parts.ts";
import { clientCredentials } from "../../client-credentials.ts";
import type { OutputContext } from "../../output.ts";
import { type Authorization, fixedHeader, openDoor } from "./authorization.ts";
import { type IssuerWay, managedIdentity, workloadIdentity } from "./azure.ts";
import { serviceAccount } from "./google.ts";
import { issuedBearer } from "./issued-bearer.ts";

const scope = z.string().min(1).describe("What the token is for, as the endpoint's documentation names it.");
const clientId = z.string().min(1).describe("The identity.");
const issuerTls = tls.optional().describe("TLS settings for the way to who issues tokens.");

/** The `auth` of an endpoint. */
export const auth = z
  .discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("bearer").describe("A token that does not change by itself."),
      token: secret().describe("Sent as `Authorization: Bearer`."),
    }),
    z.strictObject({
      type: z.literal("basic").describe("User name and password."),
      username: z.string().min(1).describe("User name."),
      password: secret().describe("Password."),
    }),
    z.strictObject({
      type: z.literal("oauth2").describe("OAuth 2 client credentials (RFC 6749 §4.4)."),
      token_url: httpUrl().describe("Where tokens are issued."),
      client_id: clientId,
      client_secret: secret().describe("Its secret."),
      scope: scope.optional(),
      audience: z.string().min(1).optional().describe("For issuers that ask for one."),
      tls: issuerTls,
    }),
    z.strictObject({
      type: z.literal("azure_workload_identity").describe("The identity of a pod's service account in AKS."),
      scope,
      client_id: clientId.optional(),
      tls: issuerTls,
    }),
    z.strictObject({
      type: z.literal("azure_managed_identity").describe("The identity of an Azure machine or App Service."),
      resource: z.string().min(1).describe("What the token is for, such as https://monitor.azure.com."),
      client_id: clientId.optional(),
    }),
    z.strictObject({
      type: z.literal("google_service_account").describe("The key file of a Google service account."),
      key_file: z
        .string()
        .min(1)
        .describe("The key as Google hands it out, JSON. Read again for each token."),
      scope,
      tls: issuerTls,
    }),
  ])
  .describe("What lets requests in; tokens are renewed before their end, and when the endpoint refuses one.");
/** What the schema makes of it. */
export type AuthConfig = z.output<typeof auth>;

/** What a person configured. Throws an Error that names what cannot be used, never its value. */
export function authorizationOf(
  config: AuthConfig | undefined,
  proxy: string | undefined,
  { agent, environment, clock }: OutputContext,
): Authorization {
  if (config === undefined) return openDoor;
  const way = (settings?: HttpOptions["tls"]): IssuerWay => ({
    ...{ environment, clock, proxy, userAgent: `${agent.name}/${agent.version}` },
    ...(settings !== undefined && { tls: settings }),
  });
  switch (config.type) {
    case "bearer":
      return fixedHeader(() => `Bearer ${config.token.reveal()}`, [config.token]);
    case "basic": {
      const { username, password } = config;
      const pair = () => Buffer.from(`${username}:${password.reveal()}`).toString("base64");
      return fixedHeader(() => `Basic ${pair()}`, [password]);
    }
    case "oauth2":
      return issuedBearer(
        clientCredentials(
          { ...way(config.tls), url: config.token_url },
          {
            clientId: config.client_id,
            clientSecret: config.client_secret,
            scope: config.scope,
            audience: config.audience,
          },
        ),
        clock,
      );
    case "azure_workload_identity":
      return issuedBearer(
        workloadIdentity(way(config.tls), { scope: config.scope, clientId: config.client_id }),
        clock,
      );
    case "azure_managed_identity":
      return issuedBearer(
        managedIdentity(way(), { resource: config.resource, clientId: config.client_id }),
        clock,
      );
    case "google_service_account":
      return issuedBearer(
        serviceAccount(way(config.tls), { keyFile: config.key_file, scope: config.scope }),
        clock,
      );
  }
}
