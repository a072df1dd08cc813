import { says } from "./hec-events.ts";
import type { ReceivedRequest, ReceiverReply } from "./http-behaviour.ts";

/** What the acknowledgement endpoint does. */
export type Acknowledging = "at_once" | "second_time" | "never" | "down" | "disabled";

interface Channel {
  next: number;
  /** Batches not reported as indexed yet: how often they were asked for. */
  readonly pending: Map<number, number>;
}

/** Indexer acknowledgement: what was taken on which channel, and what is said about it. */
export interface HecChannels {
  /** The id under which a batch that was taken can be asked for; undefined when acknowledging is disabled. */
  taken(channel: string): number | undefined;
  /** Answers what a request asks about. */
  answer(request: ReceivedRequest): ReceiverReply;
  acknowledge(how: Acknowledging): void;
  /** Forgets the channels; ids begin at 0 again. */
  restart(): void;
  /** Channels that were used, in order. */
  used(): readonly string[];
}

/** Begins with `at_once`. */
export function hecChannels(): HecChannels {
  let acknowledging: Acknowledging = "at_once";
  let channels = new Map<string, Channel>();
  const used = new Set<string>();
  return {
    taken(id) {
      if (acknowledging === "disabled") return undefined;
      used.add(id);
      const channel = channels.get(id) ?? { next: 0, pending: new Map() };
      channels.set(id, channel);
      channel.pending.set(channel.next, 0);
      return channel.next++;
    },
    answer(request) {
      if (acknowledging === "disabled") return says(400, 14, "ACK is disabled");
      if (acknowledging === "down") return says(500, 8, "Internal server error");
      const channel = channels.get(request.headers["x-splunk-request-channel"] ?? "");
      const asked = JSON.parse(request.body.toString("utf8")) as { acks: number[] };
      const acks = Object.fromEntries(asked.acks.map((id) => [id, reported(channel, id, acknowledging)]));
      return { status: 200, body: JSON.stringify({ acks }) };
    },
    acknowledge(how) {
      acknowledging = how;
    },
    restart() {
      channels = new Map();
    },
    used: () => [...used],
  };
}

/** A `true` is told once; later the id is as unknown as any other. */
function reported(channel: Channel | undefined, id: number, how: Acknowledging): boolean {
  const polls = channel?.pending.get(id);
  if (channel === undefined || polls === undefined) return false;
  const indexed = how === "at_once" || (how === "second_time" && polls > 0);
  if (indexed) channel.pending.delete(id);
  else channel.pending.set(id, polls + 1);
  return indexed;
}
