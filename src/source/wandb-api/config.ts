import { z } from "zod";
import { isLoopback } from "../../net/loopback.ts";
import { secretHeaders } from "../../schema/headers.ts";
import { byteSize, duration, httpUrl, proxy, proxyTls, secret, tls } from "../../schema/parts.ts";
import { instanceName, organization, sourceBase } from "../../schema/source-base.ts";
import { start } from "../../schema/start.ts";
import { dayMs } from "../../time/clock.ts";

const read = z
  .strictObject({
    timeout: duration({ min: "1s", max: "1d" })
      .prefault("30m")
      .describe(
        "How long one read may take as a whole. Nothing else limits how long an answer takes to begin.",
      ),
    min_rate: byteSize()
      .prefault("1KiB")
      .describe(
        "Bytes a second, over a minute of waiting once the answer has begun; a slower one, or one that falls silent, is given up. 0 allows any.",
      ),
    max_line: byteSize({ min: "1KiB" })
      .prefault("1MiB")
      .describe("A longer record is cut, kept and delivered as an unparseable event."),
    allow_unframed: z
      .boolean()
      .default(false)
      .describe(
        "Accept answers whose end is only the end of the connection. A cut one cannot be told from a whole one.",
      ),
    accept_malformed: z
      .array(z.iso.date().transform((text) => Date.parse(text) / dayMs))
      .default([])
      .describe(
        "UTC days such as 2026-08-15 whose records are taken however many are malformed: each is kept and delivered as an unparseable event. Otherwise such an answer is not believed and its days stay unread.",
      ),
  })
  .prefault({})
  .describe("Limits of one read.");

/** What a source of this kind takes in the configuration. */
export const wandbApiSchema = z
  .strictObject({
    ...sourceBase,
    type: z.literal("wandb_api").describe("The audit log of a W&B server, read over its API."),
    url: httpUrl()
      .refine(
        ({ hostname, pathname }) => !/^(www\.)?wandb\.ai$/.test(hostname) || pathname.endsWith("/audit_logs"),
        "is W&B's web site: the audit log of Multi-tenant Cloud is at https://api.wandb.ai",
      )
      .describe(
        "Base URL of the W&B server: https://acme.wandb.io, or https://api.wandb.ai for Multi-tenant Cloud. A URL whose path ends in /audit_logs is taken as the endpoint itself.",
      ),
    instance: instanceName
      .optional()
      .describe(
        "Name of the W&B server in events and event ids. Default: the host name in `url`, without the port. Keep it when the URL changes: every event uid is made with it.",
      ),
    api_key: secret().describe("API key of an admin or, better, of an organization's service account."),
    username: z
      .string()
      .regex(/^[^:\p{Cc}]*$/u, "must not contain a colon or control characters")
      .default("")
      .describe("User name of the key's owner; empty for a service account."),
    headers: secretHeaders({
      authorization: "give the key as api_key",
      accept: "it says what the log is read from",
      "accept-encoding": "answers are packed with gzip where the server can",
      "user-agent": "it names this program",
    }).describe(
      "Headers of every request, such as the service token of an access proxy in front of W&B (`CF-Access-Client-Id`, `Proxy-Authorization`); each value is a secret.",
    ),
    start,
    lookback: duration({ max: "7d" })
      .prefault("26h")
      .describe(
        "How far behind now is read again, for records that W&B shows late: with every poll, or once an hour where the server answers for hours of a day.",
      ),
    anonymize: z
      .boolean()
      .default(false)
      .describe("Ask W&B to leave out e-mail addresses and names, and drop them here where it does not."),
    organization: organization.optional(),
    tls: tls.optional(),
    proxy: proxy.optional(),
    proxy_tls: proxyTls.optional(),
    read,
    allow_plaintext: z
      .boolean()
      .default(false)
      .describe(
        "Send the API key and `headers` over http:// to another machine, readable for whoever is in between.",
      ),
  })
  .superRefine((config, context) => {
    if (config.url.protocol === "http:" && !isLoopback(config.url.hostname) && !config.allow_plaintext)
      context.addIssue({
        code: "custom",
        path: ["url"],
        message: "http:// would send the API key unprotected: use https://, or set allow_plaintext: true",
      });
  });

/** What the schema makes of it. */
export type WandbApiConfig = z.output<typeof wandbApiSchema>;
