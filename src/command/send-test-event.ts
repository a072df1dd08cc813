import { shapeOf } from "../deliver/shape.ts";
import { testRecord } from "../event/test-event.ts";
import type { Finding } from "../finding.ts";
import type { ConfiguredOutput } from "../output/configured.ts";
import type { Output, SendResult } from "../output/output.ts";
import { Payloads } from "../output/payloads.ts";
import type { Origin } from "../record/origin.ts";
import type { Clock } from "../time/clock.ts";

/** What a test event is sent with. */
export interface TestEventOptions {
  readonly configured: ConfiguredOutput;
  /** Made of `configured`. */
  readonly output: Output;
  /** As if the event were from this source. */
  readonly origin: Origin;
  /** Random, so that the event can be found among others of its kind. */
  readonly guid: string;
  readonly clock: Clock;
}

/**
 * Sends one marked event as the daemon sends events, in the output's format, redacted as configured, and
 * says what the answer proves. The output's filter does not keep it back. Nothing of it is kept here. Never
 * throws.
 */
export async function sendTestEvent(options: TestEventOptions, deadline: AbortSignal): Promise<Finding[]> {
  const { configured, output, origin, guid, clock } = options;
  if (output.plan !== undefined) return [kept];
  const shape = shapeOf(configured.config, [origin], (event, into) => output.encode(event, into));
  const record = testRecord(origin, guid, clock.now());
  const event = shape.decode(record);
  const payloads = new Payloads();
  payloads.add(event, shape.encode);
  const result = await output.send(payloads, deadline);
  const filtered: Finding = { level: "ok", text: passedBy(event.action) };
  return [
    ...answerFindings(record.uid, result, configured, deadline),
    ...(shape.wanted(event) ? [] : [filtered]),
  ];
}

const kept: Finding = {
  level: "ok",
  text: "no test event was sent: what is stored here stays, and is part of the evidence",
};

function passedBy(action: string): string {
  return `this output's filter would leave the test event out (its action is ${action}): it was sent all the same`;
}

function answerFindings(
  uid: string,
  result: SendResult,
  { guarantee, proves }: ConfiguredOutput,
  deadline: AbortSignal,
): Finding[] {
  if (result.status === "refused") return [refused(uid, result.detail)];
  if (result.status === "retry") {
    const fix = deadline.aborted ? "give it longer with --timeout; or: " : "";
    return [problem(`test event ${uid}: ${result.detail}`, result.fix && `${fix}${result.fix}`)];
  }
  const [rejection] = result.rejected;
  if (rejection !== undefined) return [refused(uid, rejection.detail)];
  const text = `test event ${uid}: ${proves(result.worth ?? guarantee)}. Look for the uid in the SIEM`;
  return [
    { level: "ok", text },
    ...(result.warning === undefined ? [] : [{ level: "warning", text: result.warning } as const]),
  ];
}

function refused(uid: string, detail: string): Finding {
  return problem(
    `test event ${uid}: refused: ${detail}`,
    "look at the receiver's log and at `format`: an audit event that is refused like this becomes a dead letter",
  );
}

function problem(text: string, fix: string | undefined): Finding {
  return { level: "problem", text, ...(fix !== undefined && { fix }) };
}
