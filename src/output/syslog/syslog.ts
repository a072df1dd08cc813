import type { AuditEvent } from "../../event/event.ts";
import type { Writer } from "../../text/writer.ts";
import type { Output, SendResult } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { isAnswered } from "./address.ts";
import type { Carrier } from "./carrier.ts";
import { datagrams } from "./datagrams.ts";
import { type Framing, messageBytes, writeFrame } from "./frame.ts";
import { type MessageOptions, syslogMessage } from "./message.ts";
import type { StreamOptions } from "./receiver.ts";
import { relp } from "./relp.ts";
import type { RelpOptions } from "./relp-open.ts";
import { stream } from "./stream.ts";

/** What a syslog output is made with. */
export interface SyslogOptions extends MessageOptions, StreamOptions, RelpOptions {
  readonly framing: Exclude<Framing, "none">;
  /** Octets of a message above which a receiver may cut it. */
  readonly maxSize: number;
}

function way(options: SyslogOptions): { readonly carrier: Carrier; readonly framing: Framing } {
  const { address, clock, framing } = options;
  if (isAnswered(address)) return { carrier: relp(options), framing: "none" };
  if (address.transport === "udp") return { carrier: datagrams(address, clock), framing: "none" };
  return { carrier: stream(options), framing };
}

/** Syslog. A payload is a whole frame; with RELP, which numbers its frames, the message in it. */
export function syslog(options: SyslogOptions): Output {
  const { maxSize } = options;
  const { carrier, framing } = way(options);
  const message = syslogMessage(options);

  function sizeWarning(batch: Payloads): string | undefined {
    let longest = 0;
    let count = 0;
    for (let at = 0; at < batch.count; at += 1) {
      // The count in front of a message is short: only what may be too long is looked at closely.
      if (batch.size(at) <= maxSize) continue;
      const size = messageBytes(batch.at(at), framing);
      if (size <= maxSize) continue;
      longest = Math.max(longest, size);
      count++;
    }
    if (count === 0) return undefined;
    return `messages longer than ${maxSize} octets: ${count}, the longest ${longest}; raise the receiver's limit, or it may cut them`;
  }

  return {
    encode: (event: AuditEvent, into: Writer) => writeFrame(into, framing, () => message(event, into)),

    async send(batch: Payloads, deadline: AbortSignal): Promise<SendResult> {
      const result = await carrier.send(batch, deadline);
      if (result.status !== "delivered") return result;
      const warnings = [result.warning, sizeWarning(batch)].filter((text) => text !== undefined);
      return warnings.length === 0 ? result : { ...result, warning: warnings.join("; ") };
    },

    probe: (deadline) => carrier.probe(deadline),
    reload: () => carrier.reload(),
    close: () => carrier.close(),
  };
}
