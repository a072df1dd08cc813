import type { AuditEvent } from "../../event/event.ts";
import type { Writer } from "../../text/writer.ts";
import type { Output, SendResult } from "../output.ts";
import type { Payloads } from "../payloads.ts";
import { isAnswered } from "./address.ts";
import type { Carrier } from "./carrier.ts";
import { datagrams } from "./datagrams.ts";
import { fittingEvent } from "./fitting.ts";
import { type Framing, frameWriter } from "./frame.ts";
import {
  CutMessages,
  lengthWarning,
  type MessageLimit,
  type TooLong,
  tooLong,
  tooLongToSend,
} from "./limit.ts";
import { type MessageOptions, syslogMessage } from "./message.ts";
import { messageFindings } from "./message-findings.ts";
import type { StreamOptions } from "./receiver.ts";
import { relp } from "./relp.ts";
import type { RelpOptions } from "./relp-open.ts";
import { stream } from "./stream.ts";

/** What a syslog output is made with. */
export interface SyslogOptions extends MessageOptions, MessageLimit, StreamOptions, RelpOptions {
  readonly framing: Exclude<Framing, "none">;
}

function way(options: SyslogOptions): { readonly carrier: Carrier; readonly framing: Framing } {
  const { address, clock, framing } = options;
  if (isAnswered(address)) return { carrier: relp(options), framing: "none" };
  if (address.transport === "udp") return { carrier: datagrams(address, clock), framing: "none" };
  return { carrier: stream(options), framing };
}

/** Syslog. A payload is a whole frame; with RELP, which numbers its frames, the message in it. */
export function syslog(options: SyslogOptions): Output {
  const { maxSize, oversized } = options;
  const { carrier, framing } = way(options);
  const message = syslogMessage(options);
  const write = frameWriter(framing, oversized === "cut" ? maxSize : undefined);
  const writeAnyway = frameWriter(framing);
  const fitting = fittingEvent(message, maxSize);
  const cut = new CutMessages();

  /** What is too long all the same is not sent, unless that is wanted. */
  async function sendFitting(batch: Payloads, long: TooLong, deadline: AbortSignal): Promise<SendResult> {
    if (oversized === "whole" || long.indexes.length === 0) return carrier.send(batch, deadline);
    const rejected = tooLongToSend(long, options);
    const left = new Set(long.indexes);
    const sent = Array.from({ length: batch.count }, (_, index) => index).filter((index) => !left.has(index));
    if (sent.length === 0) return { status: "delivered", rejected };
    const result = await carrier.send(batch.only(sent), deadline);
    const original = (index: number) => sent[index] as number;
    if (result.status === "delivered") {
      const others = result.rejected.map((each) => ({ ...each, index: original(each.index) }));
      return { ...result, rejected: [...rejected, ...others].sort((a, b) => a.index - b.index) };
    }
    if (result.status !== "refused" || result.named === undefined) return result;
    return { ...result, named: result.named.map(original) };
  }

  return {
    encode(event: AuditEvent, into: Writer) {
      const { size } = into;
      if (!write(into, () => message(event, into))) {
        const shorter = fitting(event);
        writeAnyway(into, () => message(shorter, into));
      }
      cut.see(into.written(size));
    },

    async send(batch: Payloads, deadline: AbortSignal): Promise<SendResult> {
      const long = tooLong(batch, framing, maxSize);
      const result = await sendFitting(batch, long, deadline);
      if (result.status !== "delivered") return result;
      const warnings = [result.warning, lengthWarning(cut.count(batch), long, options)].filter(
        (text) => text !== undefined,
      );
      return warnings.length === 0 ? result : { ...result, warning: warnings.join("; ") };
    },

    async probe(deadline) {
      const found = await carrier.probe(deadline);
      // Where nobody can be reached, that is what matters.
      return found.some(({ level }) => level === "problem") ? found : [...found, ...messageFindings(options)];
    },
    reload: () => carrier.reload(),
    close: () => carrier.close(),
  };
}
