import type { AuditEvent } from "../../event/event.ts";
import type { TlsConfig } from "../../schema/parts.ts";
import type { Outgoing, Output, SendResult } from "../output.ts";
import type { Address } from "./address.ts";
import { datagrams } from "./datagrams.ts";
import { type Framing, frame, messageBytes } from "./frame.ts";
import { type MessageOptions, syslogMessage } from "./message.ts";
import type { StreamOptions } from "./receiver.ts";
import { stream } from "./stream.ts";

/** What a syslog output is made with. */
export interface SyslogOptions extends MessageOptions, StreamOptions {
  readonly address: Address;
  readonly tls: TlsConfig | undefined;
  readonly framing: Exclude<Framing, "datagram">;
  /** Octets of a message above which a receiver may cut it. */
  readonly maxSize: number;
}

/** Syslog. The payload is the whole frame. */
export function syslog(options: SyslogOptions): Output<Buffer> {
  const { address, maxSize } = options;
  const udp = address.transport === "udp";
  const framing = udp ? "datagram" : options.framing;
  const carrier = udp ? datagrams(address, options.clock) : stream(options);
  const message = syslogMessage(options);

  function sizeWarning(frames: readonly Buffer[]): string | undefined {
    let longest = 0;
    let count = 0;
    for (const bytes of frames) {
      // The count in front of a message is short: only what may be too long is looked at closely.
      if (bytes.length <= maxSize) continue;
      const size = messageBytes(bytes, framing);
      if (size <= maxSize) continue;
      longest = Math.max(longest, size);
      count++;
    }
    if (count === 0) return undefined;
    return `messages longer than ${maxSize} octets: ${count}, the longest ${longest}; raise the receiver's limit, or it may cut them`;
  }

  return {
    encode: (event: AuditEvent) => frame(message(event), framing),

    async send(batch: readonly Outgoing<Buffer>[], deadline: AbortSignal): Promise<SendResult> {
      const frames = batch.map(({ payload }) => payload);
      const result = await carrier.send(frames, deadline);
      if (result.status !== "delivered") return result;
      const warnings = [result.warning, sizeWarning(frames)].filter((text) => text !== undefined);
      return warnings.length === 0 ? result : { ...result, warning: warnings.join("; ") };
    },

    probe: (deadline) => carrier.probe(deadline),
    reload: () => carrier.reload(),
    close: () => carrier.close(),
  };
}
