import type { SendResult } from "../output.ts";

/** Brings a request to the receiver, over HTTP or gRPC. The promises of `Output` hold. */
export interface Sender {
  /** `request`: the parts of an ExportLogsServiceRequest of so many records. */
  send(request: readonly Buffer[], events: number, deadline: AbortSignal): Promise<SendResult>;
  reload(): boolean;
  close(): Promise<void>;
}
