import { z } from "zod";
import type { HttpOptions } from "../../net/http/http.ts";
import { httpUrl, secret, tls } from "../../schema/parts.ts";
import { clientCredentials } from "../client-credentials.ts";
import { addressIssues } from "../http-keys.ts";
import type { OutputContext } from "../output.ts";
import { heldToken } from "../token.ts";
import { type Login, passwordLogin, tokenFileLogin, tokenLogin } from "./login.ts";

const username = z.string().min(1).describe("User name.");
const password = secret().describe("Its password.");
const oauth2 = z
  .strictObject({
    token_url: httpUrl().describe("Where tokens are issued."),
    client_id: z.string().min(1).describe("The identity."),
    client_secret: secret().describe("Its secret."),
    scope: z
      .string()
      .min(1)
      .optional()
      .describe("What the token is for, as the cluster's documentation names it."),
    audience: z.string().min(1).optional().describe("For issuers that ask for one."),
    tls: tls.optional().describe("TLS settings for the way to who issues tokens."),
  })
  .describe("OAuth 2 client credentials (RFC 6749 §4.4): tokens are asked for and renewed before their end.");

/** The `sasl` of the brokers. */
export const sasl = z
  .discriminatedUnion("mechanism", [
    z.strictObject({
      mechanism: z
        .literal("PLAIN")
        .describe("User name and password as they are; API keys of most services."),
      username,
      password,
    }),
    z.strictObject({
      mechanism: z
        .enum(["SCRAM-SHA-256", "SCRAM-SHA-512"])
        .describe("User name and a password that is not sent."),
      username,
      password,
    }),
    z
      .strictObject({
        mechanism: z.literal("OAUTHBEARER").describe("A token: from a file, or one that is asked for."),
        token_file: z
          .string()
          .min(1)
          .optional()
          .describe("File with the token that somebody else renews. Read again for each connection."),
        oauth2: oauth2.optional(),
        extensions: z
          .record(
            z.string().regex(/^[A-Za-z]+$/, "use letters"),
            z.string().regex(/^[\x20-\x7e\t]*$/, "use printable ASCII"),
          )
          .default({})
          .describe("What some services want beside the token, such as `logicalCluster`."),
      })
      .refine((value) => (value.token_file === undefined) !== (value.oauth2 === undefined), {
        path: ["mechanism"],
        message: "OAUTHBEARER needs either token_file or oauth2",
      }),
  ])
  .describe(
    "What lets this client in; without it the brokers ask for nothing, or for a certificate (`tls`).",
  );
/** What the schema makes of it. */
export type SaslConfig = z.output<typeof sasl>;

/** What is wrong with where tokens are issued, for `superRefine`. */
export function issuerIssues(config: SaslConfig | undefined, plaintext: boolean): readonly string[] {
  if (config?.mechanism !== "OAUTHBEARER" || config.oauth2 === undefined) return [];
  return addressIssues("sasl", config.oauth2.token_url, {
    allow_plaintext: plaintext,
    tls: config.oauth2.tls,
  }).map(({ message }) => `token_url ${message}`);
}

/** What a person configured. Throws an Error that names what cannot be used, never its value. */
export function loginOf(
  config: SaslConfig | undefined,
  { agent, environment, clock }: OutputContext,
): Login | undefined {
  if (config === undefined) return undefined;
  if (config.mechanism !== "OAUTHBEARER")
    return passwordLogin(config.mechanism, config.username, config.password);
  if (config.oauth2 === undefined) return tokenFileLogin(config.token_file as string, config.extensions);
  const { token_url: url, client_id: clientId, client_secret: clientSecret, scope, audience } = config.oauth2;
  const http: HttpOptions = {
    ...{ url, environment, clock, proxy: undefined, userAgent: `${agent.name}/${agent.version}` },
    ...(config.oauth2.tls !== undefined && { tls: config.oauth2.tls }),
  };
  const issuer = clientCredentials(http, { clientId, clientSecret, scope, audience });
  return tokenLogin(heldToken(issuer, clock), config.extensions, clock);
}
