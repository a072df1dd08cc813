import { z } from "zod";
import type { Agent } from "../../agent.ts";
import { formatted } from "../../format/format.ts";
import type { Labels } from "../../record/origin.ts";
import { batch, outputBase } from "../../schema/output-base.ts";
import { duration, tls } from "../../schema/parts.ts";
import type { OutputKind } from "../output.ts";
import { addressText, isAnswered, isSecured, parseAddress, securedScheme } from "./address.ts";
import { fittedMessage } from "./fitting.ts";
import { framings } from "./frame.ts";
import { type Facility, facilities } from "./header.ts";
import { oversizes } from "./limit.ts";
import { type MessageOptions, syslogMessage } from "./message.ts";
import { documentationPen } from "./structured-data.ts";
import { syslog } from "./syslog.ts";

const formatChoices = ["cef", "ecs", "json", "ocsf"] as const;

const address = z
  .string()
  .transform((text, context) => {
    const parsed = parseAddress(text);
    if (typeof parsed !== "string") return parsed;
    context.addIssue(parsed);
    return z.NEVER;
  })
  .describe(
    "Where the receiver listens: `relp+tls://host:port` (answers each message: to be preferred), `relp://host:port`, `tls://host:port`, `tcp://host:port` or `udp://host:port`, an IPv6 address in brackets. Default ports: 6514 of `tls`, 601 of `tcp`, 514 of `udp`; RELP has none.",
  );

const schema = z
  .strictObject({
    ...outputBase,
    type: z.literal("syslog").describe("Syslog over RELP, TLS, TCP or UDP."),
    address,
    format: z
      .enum(formatChoices)
      .default("cef")
      .describe(
        "What a message holds: a CEF line, an ECS document, an OCSF event, or (`json`) the W&B record with its fields as structured data.",
      ),
    syslog: z
      .enum(["rfc5424", "rfc3164"])
      .default("rfc5424")
      .describe(
        "Which header stands in front. RFC 3164 has neither year nor time zone (UTC is written) nor structured data.",
      ),
    framing: z
      .enum(framings)
      .default("octet_counting")
      .describe(
        "How messages are told apart on TCP and TLS: by their length, or by a line feed for receivers that know only that. TLS prescribes `octet_counting` (RFC 5425). UDP and RELP have frames of their own.",
      ),
    facility: z.enum(facilities).default("log_audit").describe("Syslog facility."),
    hostname: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe("HOSTNAME of the header; by default the W&B instance."),
    app_name: z
      .string()
      .regex(/^[!-~]{1,48}$/, "use 1 to 48 printable ASCII characters without spaces")
      .default("wandb-audit")
      .describe("APP-NAME of RFC 5424; the tag of JSON messages with RFC 3164."),
    enterprise_number: z
      .int()
      .min(1)
      .max(4_294_967_295)
      .default(documentationPen)
      .describe(
        "Private enterprise number in the structured data's name. 32473 is the one for documentation (RFC 5612): set your organization's if you have one.",
      ),
    bom: z
      .boolean()
      .default(false)
      .describe(
        "Put a byte order mark before JSON, as RFC 5424 wants for UTF-8. Most parsers stumble over it. Never before CEF.",
      ),
    max_size: z
      .int()
      .min(480)
      .max(16_777_216)
      .default(8192)
      .describe(
        "Octets of a message that the receiver takes without cutting it: rsyslog 8192 unless `maxMessageSize` is raised, syslog-ng 65536; more are in the README of the output.",
      ),
    oversized: z
      .enum(oversizes)
      .default("cut")
      .describe(
        "What becomes of longer messages. `cut`: keys are left out, W&B's undocumented ones first and the largest first, until it fits; the message stays whole CEF or JSON, and says how many (`_omitted`). `dead_letter`: the event is given up, visibly. `whole`: sent as it is, with a warning.",
      ),
    device_version: z
      .string()
      .min(1)
      .max(31)
      .default("1.0")
      .describe("Device Version in the CEF header, such as the W&B server's version."),
    connection: z
      .enum(["per_batch", "persistent"])
      .default("per_batch")
      .describe(
        "`per_batch`: one TCP or TLS connection for each batch; the receiver, or the balancer in front of it, closing it confirms the batch. `persistent`: one connection stays open, for five minutes at a time, and nothing confirms what was sent.",
      ),
    close_timeout: duration({ min: "100ms", max: "1m" })
      .prefault("2s")
      .describe(
        "How long a receiver gets to close an empty connection that we ended, which is tried first. One that keeps it open is used as with `persistent`, with a warning. Longer than a balancer in between tries to connect.",
      ),
    window: z
      .int()
      .min(1)
      .max(100_000)
      .default(128)
      .describe(
        "With RELP: so many messages are on their way unanswered at most. As many may come twice when the receiver dies. More is faster where the way is long.",
      ),
    allow_loss: z
      .boolean()
      .default(false)
      .describe("Agree to UDP as the only output, although nothing tells whether a datagram arrived."),
    batch: batch({ maxEvents: 4000, maxBytes: "2MB", maxWait: "1s" }).describe(
      "What one send carries, at most. A stream has no limit of its own; larger ones only make more come again after a lost connection.",
    ),
    tls: tls.optional(),
  })
  .superRefine(({ address, ...config }, context) => {
    const issue = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: [key], message });
    if (config.tls !== undefined && !isSecured(address))
      issue(
        "tls",
        `has no meaning with ${address.transport}://: write ${securedScheme(address)}://, or remove it`,
      );
    const least = leastSize(config);
    if (config.oversized === "cut" && config.max_size < least)
      issue(
        "max_size",
        `leaves no room for what every ${config.format} message holds: at least ${least}, or oversized: dead_letter`,
      );
  });
/** What the schema makes of it. */
export type SyslogConfig = z.output<typeof schema>;

/** Syslog over RELP, TLS, TCP and UDP. */
export const syslogKind: OutputKind<SyslogConfig> = {
  type: "syslog",
  schema,
  formats: formatChoices,
  // The record itself: its fields travel in the header.
  textFormat: ({ format }) => (format === "json" ? "raw" : format),
  destination: ({ address }) => [`syslog ${address.transport}://${addressText(address)}`],
  guarantee: ({ address, connection }) => {
    if (isAnswered(address)) return "acknowledged";
    return address.transport === "udp" || connection === "persistent" ? "sent" : "received";
  },
  proves: ({ address }, worth) => {
    if (isAnswered(address))
      return 'the receiver at this address answered 200 to each message; rsyslog does so once its queue has it, which with queue.type="Direct" is when it is written, or lost to a full disk';
    if (address.transport === "udp") return "a datagram left this machine; nothing tells whether it arrived";
    return worth === "received"
      ? "the hop at this address read it to its end and closed; that a balancer passed it on, and that a receiver understood and kept it, syslog cannot tell"
      : "it was handed to the peer, and nothing confirms it: that the receiver read, understood and kept it is not proven";
  },
  losesUnnoticed: ({ address, allow_loss }) => address.transport === "udp" && !allow_loss,
  preview(config, agent) {
    const message = syslogMessage(messageOptions(config, agent));
    return formatted(config.oversized === "cut" ? fittedMessage(message, config.max_size) : message);
  },
  create: (config, { agent, clock }) =>
    syslog({
      address: config.address,
      tls: config.tls,
      connection: config.connection,
      closeTimeoutMs: config.close_timeout,
      window: config.window,
      framing: config.framing,
      maxSize: config.max_size,
      oversized: config.oversized,
      ...messageOptions(config, agent),
      clock,
    }),
  example: { formats: ["cef", "json"], config: { address: "tls://siem.example" } },
};

function messageOptions(config: SyslogConfig, agent: Agent): MessageOptions {
  return {
    format: config.format,
    header: config.syslog,
    facility: facilityCode(config.facility),
    hostname: config.hostname,
    appName: config.app_name,
    enterpriseNumber: config.enterprise_number,
    bom: config.bom,
    deviceVersion: config.device_version,
    agent,
  };
}

/** What a message takes of which everything is left out that may be, with a little to spare. */
const leastSizes = { cef: 1024, json: 1024, ocsf: 3072, ecs: 3072 } as const;

function leastSize({
  format,
  labels = [],
}: {
  format: keyof typeof leastSizes;
  labels?: Labels | undefined;
}): number {
  const bytes = labels.reduce((sum, [name, value]) => sum + 2 * Buffer.byteLength(name + value) + 40, 0);
  return leastSizes[format] + bytes;
}

function facilityCode(name: Facility): number {
  return facilities.indexOf(name);
}
