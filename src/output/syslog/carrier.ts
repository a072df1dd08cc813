import type { Finding } from "../../finding.ts";
import type { SendResult } from "../output.ts";
import type { Payloads } from "../payloads.ts";

/** Brings frames to the receiver, over connections or as datagrams. The promises of `Output` hold. */
export interface Carrier {
  send(frames: Payloads, deadline: AbortSignal): Promise<SendResult>;
  probe(deadline: AbortSignal): Promise<readonly Finding[]>;
  reload(): boolean;
  close(): Promise<void>;
}
