import type { Agent } from "../../agent.ts";
import { ecs } from "../../format/ecs.ts";
import type { Format } from "../../format/format.ts";
import { writeUid } from "../../format/values.ts";
import { constant } from "../../text/writer.ts";
import type { Payloads } from "../payloads.ts";

/** The dataset that the data stream has in its name. */
const dataset = "wandb.audit";

/** The data stream of a namespace. */
export function streamName(namespace: string): string {
  return `logs-${dataset}-${namespace}`;
}

const actionText = '{"create":{"_id":"';
const action = constant(actionText);
const actionEnd = constant('"}}\n');
const newline = 0x0a;
/** Stands before the lines of what is sent again by a replay, and is not sent itself. */
const again = 0x20;

/**
 * An event as `_bulk` takes it: the action with the uid as `_id`, and the document. Whether it tells of W&B
 * or of this program, it is for the same data stream, and says so.
 */
export function documentLines(namespace: string, agent: Agent): Format {
  const format = ecs(agent, { dataset, namespace });
  return (event, into) => {
    if (event.replayId !== undefined) into.byte(again);
    into.constant(action);
    writeUid(into, event);
    into.constant(actionEnd);
    format(event, into);
    into.byte(newline);
  };
}

/** Whether a replay sends the batch: it is of a replay as a whole, or not at all. */
export function isAgain(batch: Payloads): boolean {
  return batch.count > 0 && batch.at(0)[0] === again;
}

/** The uid of one of them. */
export function documentUid(batch: Payloads, index: number): string {
  const lines = batch.at(index);
  const start = lines.indexOf(actionText) + actionText.length;
  return lines.toString("latin1", start, lines.indexOf('"', start));
}

/** The lines of some of them, as they are sent. */
export function bulkBody(batch: Payloads, indexes: readonly number[]): Buffer {
  if (!isAgain(batch)) return batch.bytesOf(indexes);
  return Buffer.concat(indexes.map((index) => batch.at(index).subarray(1)));
}
