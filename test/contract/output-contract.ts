import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { type ZodType, z } from "zod";
import type { AuditEvent } from "../../src/event/event.ts";
import type { AnyOutputKind } from "../../src/output/configured.ts";
import type { Output, SendResult } from "../../src/output/output.ts";
import { withLabels } from "../../src/record/origin.ts";
import { printable } from "../../src/text/printable.ts";
import { lostFile } from "../fake/lost-file.ts";
import { outputContext } from "../fake/output-context.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { sampleEvent, sampleEvents } from "./sample-event.ts";

/** What a remote can be told to do. A remote throws on what its protocol cannot say; the subject skips those points. */
export type Behaviour =
  | "accept"
  | "busy"
  | "throttle"
  | "unauthorized"
  | "wrong_destination"
  | "refuse_one"
  | "refuse_all"
  | "too_large"
  | "hang"
  | "reset"
  | "accept_then_cut"
  | "html"
  | "redirect"
  | "bomb";

export interface BehaviourDetail {
  readonly retryAfter?: string;
  readonly status?: number;
  readonly location?: string;
  readonly match?: string;
  readonly maxBytes?: number;
}

/** An event as the remote understood it. */
export interface TakenEvent {
  readonly uid: string;
  /** The project's name, undone from whatever the wire does to it. */
  readonly name?: string | undefined;
}

/** A real remote on the loopback interface. */
export interface Remote {
  behave(behaviour: Behaviour, detail?: BehaviourDetail): void;
  /** Everything taken so far, in order, resends included. */
  taken(): readonly TakenEvent[];
  /** Open connections, when the remote has any. */
  connections?(): number;
  /** Ends connections nothing is happening on. */
  closeIdle?(): void;
  close(): Promise<void>;
}

/** The points of the contract; a subject skips by these names. */
export const points = {
  in_order: "delivers every event once and in order",
  many_sends: "keeps working over 30 sends and leaves no listeners or connections behind",
  nobody_listens: "OUT-REFUSED: retries when nobody listens, and never throws",
  cut: "OUT-RST: retries when the connection is cut in mid-batch, and recovers on the next send",
  busy: "retries after the delay a busy remote asks for",
  bad_credential: "never gives up events over a bad credential",
  wrong_destination: "never gives up events over a wrong destination",
  bad_event: "gives up only the event the remote cannot take",
  refuses_all: "refuses, rather than retries, a batch the remote will never take",
  oversized: "gives up only the event that is too large",
  hanging: "OUT-HANG: resolves at once with a timeout when the deadline comes",
  hostile_text: "carries newline, quote, NUL, emoji and a megabyte unchanged, each as one event",
  no_secret: "shows its secret in no result, error or inspection",
  close_twice: "closes twice and leaves no connection behind",
  previewed: "previews an event as one line of printable text, the same each time",
  labels: "shows the labels of its configuration in every format",
  documented: "has a sample that parses and a README that names every key",
  redirect: "OUT-30x: takes a redirect for a failure and sends nothing elsewhere",
  html: "OUT-HTML200: a web page, in place of a delivery or of a refusal, waits for a person and costs no event",
  answer_bomb: "OUT-RESP-BOMB: reads little of an endless answer and shows it escaped",
  accept_cut: "OUT-ACCEPT-CUT: sends the same bytes again when the answer is lost",
  reload: "names the TLS file that is lost when it is to be read again",
  probe: "probes into the void without throwing: nobody listens, no time is left, a TLS file is lost",
  keepalive_race: "OUT-KEEPALIVE-RACE: loses nothing when the remote closes an idle connection",
} as const;
export type Point = keyof typeof points;

export interface OutputSubject {
  remote(): Promise<Remote>;
  /** An output that sends to the remote. */
  output(remote: Remote): Output;
  readonly kind: AnyOutputKind;
  /** Its folder, for README.md and sample.yaml. */
  readonly folder: URL;
  /** An output to an https or tls address of this machine where nobody listens; absent where there is no TLS. */
  readonly overTls?: (tls: { readonly ca: string }) => Output;
  /** Every secret the outputs are made with. */
  readonly secrets: readonly string[];
  /** Points this protocol cannot express, each with the reason. */
  readonly skips?: Partial<Record<Point, string>>;
}

/** Points that only whoever answers over a connection can express. `nobodyRefuses`: why no event is judged. */
export function skipsWithoutReceiver(nobodyRefuses: string): Partial<Record<Point, string>> {
  const noReceiver = "it has no receiver that could answer";
  return {
    ...{ busy: noReceiver, bad_credential: noReceiver, redirect: noReceiver, html: noReceiver },
    ...{ answer_bomb: noReceiver, accept_cut: noReceiver, keepalive_race: "it has no connection" },
    ...{ bad_event: nobodyRefuses, refuses_all: nobodyRefuses, oversized: nobodyRefuses },
    no_secret: "it has none",
  };
}

const never = new AbortController().signal;

/** Texts that end frames, forge events and obey no viewer. */
const hostileNames = [
  'a "quoted" \\ name, "action":"forged"',
  "two\nlines\r\n<134>1 - forged - - - -",
  "nul \u0000 escape \u001b[2J delete \u007f c1 \u009b",
  "separators \u2028 \u2029 bidi \u202e \u2066",
  "emoji 🦜 and ü",
  "} { ][ \t",
];

/** Holds every output to what `Output` promises, against a real remote. */
export function outputContract(name: string, subject: OutputSubject): void {
  const opened: { close(): Promise<void> }[] = [];

  async function remoteOf(): Promise<Remote> {
    const remote = await subject.remote();
    opened.push(remote);
    return remote;
  }

  function outputOf(remote: Remote): Output {
    const output = subject.output(remote);
    opened.unshift(output);
    return output;
  }

  async function pair(): Promise<{ remote: Remote; output: Output }> {
    const remote = await remoteOf();
    return { remote, output: outputOf(remote) };
  }

  function point(key: Point, test: () => Promise<void>): void {
    const reason = subject.skips?.[key];
    if (reason === undefined) it(points[key], test);
    else it.skip(`${points[key]} (not for ${name}: ${reason})`, test);
  }

  describe(`${name} keeps the output contract`, () => {
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close();
    });

    point("in_order", async () => {
      const { remote, output } = await pair();
      const events = sampleEvents(25);
      await expectDelivered(output, events.slice(0, 10));
      await expectDelivered(output, events.slice(10));
      expect(uids(remote)).toEqual(events.map((event) => event.uid));
    });

    point("many_sends", async () => {
      const { remote, output } = await pair();
      const warnings: unknown[] = [];
      const listen = (warning: unknown) => warnings.push(warning);
      process.on("warning", listen);
      const deadline = new AbortController();
      for (let round = 0; round < 30; round++)
        expect(await output.send(outgoing(output, [sampleEvent(round)]), deadline.signal)).toMatchObject({
          status: "delivered",
        });
      await new Promise(setImmediate);
      process.off("warning", listen);
      expect(warnings).toEqual([]);
      expect(remote.taken()).toHaveLength(30);
      expect(remote.connections?.() ?? 0).toBeLessThanOrEqual(2);
    });

    point("nobody_listens", async () => {
      const remote = await remoteOf();
      await remote.close();
      const output = outputOf(remote);
      expect(await send(output, sampleEvents(2))).toMatchObject({ status: "retry" });
      expect(await send(output, sampleEvents(2))).toMatchObject({ status: "retry" });
    });

    point("cut", async () => {
      const { remote, output } = await pair();
      const events = sampleEvents(3);
      remote.behave("reset");
      expect(await send(output, events)).toMatchObject({ status: "retry", reason: "connection_lost" });
      remote.behave("accept");
      await expectDelivered(output, events);
      expect(new Set(uids(remote))).toEqual(new Set(events.map((event) => event.uid)));
    });

    point("busy", async () => {
      const { remote, output } = await pair();
      for (const behaviour of ["busy", "throttle"] as const) {
        remote.behave(behaviour, { retryAfter: "7" });
        const result = await send(output, sampleEvents(2));
        expect(result).toMatchObject({ status: "retry", retryAfterMs: 7000 });
        expect(result).not.toHaveProperty("hold");
      }
      remote.behave("accept");
      await expectDelivered(output, sampleEvents(2));
    });

    point("bad_credential", async () => {
      const { remote, output } = await pair();
      remote.behave("unauthorized");
      expect(await send(output, sampleEvents(2))).toMatchObject({ status: "retry", hold: true });
      expect(remote.taken()).toEqual([]);
      remote.behave("accept");
      await expectDelivered(output, sampleEvents(2));
    });

    point("wrong_destination", async () => {
      const { remote, output } = await pair();
      remote.behave("wrong_destination");
      const result = await send(output, sampleEvents(2));
      expect(result).toMatchObject({ status: "retry", hold: true });
      expect(result).toHaveProperty("fix");
    });

    point("bad_event", async () => {
      const { remote, output } = await pair();
      const events = sampleEvents(9);
      events[4] = sampleEvent(5, "poison");
      remote.behave("refuse_one", { match: "poison" });
      expect(await deliverAll(output, events)).toEqual([events[4].uid]);
      const others = events.filter((event) => event !== events[4]).map((event) => event.uid);
      expect(new Set(uids(remote))).toEqual(new Set(others));
    });

    point("refuses_all", async () => {
      const { remote, output } = await pair();
      remote.behave("refuse_all");
      const result = await send(output, sampleEvents(2));
      if (result.status === "delivered") expect(result.rejected).toHaveLength(2);
      else expect(result.status).toBe("refused");
    });

    point("oversized", async () => {
      const { remote, output } = await pair();
      const events = sampleEvents(5);
      events[2] = sampleEvent(3, "x".repeat(100_000));
      remote.behave("too_large", { maxBytes: 50_000 });
      expect(await deliverAll(output, events)).toEqual([events[2].uid]);
      const others = events.filter((event) => event !== events[2]).map((event) => event.uid);
      expect(new Set(uids(remote))).toEqual(new Set(others));
    });

    point("hanging", async () => {
      const { remote, output } = await pair();
      remote.behave("hang");
      const deadline = new AbortController();
      const sending = output.send(outgoing(output, sampleEvents(2)), deadline.signal);
      await new Promise((resolve) => setTimeout(resolve, 60));
      const aborted = performance.now();
      deadline.abort();
      expect(await sending).toMatchObject({ status: "retry", reason: "timeout" });
      expect(performance.now() - aborted).toBeLessThan(500);
      expect(await output.send(outgoing(output, sampleEvents(2)), AbortSignal.abort())).toMatchObject({
        status: "retry",
        reason: "timeout",
      });
    });

    point("hostile_text", async () => {
      const { remote, output } = await pair();
      const names = [...hostileNames, "x".repeat(1_000_000)];
      await expectDelivered(
        output,
        names.map((text, index) => sampleEvent(index, text)),
      );
      expect(remote.taken()).toHaveLength(names.length);
      expect(remote.taken().map((event) => event.name)).toEqual(names);
    });

    point("no_secret", async () => {
      const { remote, output } = await pair();
      const shown: string[] = [inspect(output, { depth: 10 })];
      const note = (thing: unknown) => shown.push(inspect(thing, { depth: 10 }), JSON.stringify(thing));
      for (const behaviour of ["unauthorized", "busy", "refuse_all", "html", "reset", "accept"] as const) {
        try {
          remote.behave(behaviour);
        } catch {
          continue;
        }
        note(await send(output, sampleEvents(1)));
        note(await output.probe(AbortSignal.timeout(2_000)));
      }
      for (const secret of subject.secrets)
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")])
          expect(shown.filter((text) => text.includes(form))).toEqual([]);
    });

    point("close_twice", async () => {
      const { remote, output } = await pair();
      await expectDelivered(output, sampleEvents(1));
      await output.close();
      await output.close();
      await vi.waitFor(() => expect(remote.connections?.() ?? 0).toBe(0));
    });

    point("previewed", async () => {
      for (const configured of samplesOf(subject).map((sample) => subject.kind.schema.parse(sample))) {
        for (const format of subject.kind.formats) {
          const preview = configured.inFormat(format)?.preview(outputContext.agent);
          const lines = hostileNames.map((name, index) => preview?.(sampleEvent(index, name)) ?? "");
          expect(lines.filter((line) => /[\r\n]/.test(line) || printable(line) !== line)).toEqual([]);
          expect(lines).toEqual(hostileNames.map((name, index) => preview?.(sampleEvent(index, name))));
          expect(preview?.(sampleEvent(1, "a-project-of-its-own"))).toContain("a-project-of-its-own");
        }
      }
    });

    point("labels", async () => {
      const labels = { environment: "production", tenant: "a tenant of its own" };
      for (const sample of samplesOf(subject)) {
        const configured = subject.kind.schema.parse({ ...sample, labels });
        for (const format of subject.kind.formats) {
          const preview = configured.inFormat(format)?.preview(outputContext.agent);
          const event = sampleEvent(1);
          const text =
            preview?.({ ...event, origin: withLabels(event.origin, configured.config.labels) }) ?? "";
          for (const part of Object.entries(labels).flat()) expect(text).toContain(part);
          expect(preview?.(event)).not.toContain("tenant");
        }
      }
    });

    point("documented", async () => {
      const samples = samplesOf(subject);
      expect(samples.length).toBeGreaterThan(0);
      for (const one of samples) {
        expect(one.type).toBe(subject.kind.type);
        const parsed = subject.kind.schema.safeParse(one);
        expect(parsed.error?.message).toBeUndefined();
      }
      const readme = readFileSync(new URL("README.md", subject.folder), "utf8");
      expect(keysOf(subject.kind.schema).filter((key) => !readme.includes(`\`${key}\``))).toEqual([]);
    });

    point("redirect", async () => {
      const { remote, output } = await pair();
      let elsewhere = 0;
      const second = createServer((_, response) => {
        elsewhere++;
        response.end("{}");
      });
      await new Promise<void>((resolve) => second.listen(0, "127.0.0.1", resolve));
      opened.push({
        close: () =>
          new Promise((resolve) => {
            second.close(() => resolve());
            second.closeAllConnections();
          }),
      });
      const location = `http://127.0.0.1:${(second.address() as AddressInfo).port}/`;
      for (const status of [301, 302, 303, 307, 308]) {
        remote.behave("redirect", { status, location });
        expect(await send(output, sampleEvents(1))).toMatchObject({ status: "retry", hold: true });
      }
      expect(elsewhere).toBe(0);
      expect(remote.taken()).toEqual([]);
    });

    point("html", async () => {
      const { remote, output } = await pair();
      for (const status of [200, 202, 400, 422]) {
        remote.behave("html", { status });
        const result = await send(output, sampleEvents(2));
        expect(result).toMatchObject({ status: "retry", hold: true, reason: "configuration" });
        expect(result).toHaveProperty("fix");
      }
      remote.behave("html", { status: 502 });
      const passing = await send(output, sampleEvents(2));
      expect(passing).toMatchObject({ status: "retry", reason: "server_error" });
      expect(passing).not.toHaveProperty("hold");
    });

    point("answer_bomb", async () => {
      const { remote, output } = await pair();
      remote.behave("bomb");
      const result = await send(output, sampleEvents(1));
      expect(result.status).toBe("retry");
      const { detail } = result as { detail: string };
      expect(detail.length).toBeLessThanOrEqual(500);
      expect(detail).not.toMatch(/\p{Cc}/u);
    });

    point("accept_cut", async () => {
      const { remote, output } = await pair();
      const events = sampleEvents(4);
      const batch = outgoing(output, events);
      remote.behave("accept_then_cut");
      expect(await output.send(batch, never)).toMatchObject({ status: "retry" });
      remote.behave("accept");
      expect(outgoing(output, events)).toEqual(batch);
      await expectDelivered(output, events);
      expect(new Set(uids(remote))).toEqual(new Set(events.map((event) => event.uid)));
    });

    const { overTls } = subject;
    if (overTls === undefined) it.skip(`${points.reload} (not for ${name}: it has no TLS)`);
    else
      point("reload", async () => {
        const file = lostFile();
        const output = overTls({ ca: file.path });
        opened.unshift(output);
        output.reload?.();
        file.lose();
        expect(() => output.reload?.()).toThrow(file.path);
      });

    point("probe", async () => {
      const remote = await remoteOf();
      await remote.close();
      const file = lostFile();
      const outputs = [outputOf(remote), subject.overTls?.({ ca: file.path })].filter(
        (one) => one !== undefined,
      );
      opened.unshift(...outputs);
      file.lose();
      for (const output of outputs)
        for (const deadline of [never, AbortSignal.abort()])
          expect((await output.probe(deadline)).map(({ level }) => level)).not.toEqual([]);
    });

    point("keepalive_race", async () => {
      const { remote, output } = await pair();
      await expectDelivered(output, [sampleEvent(1)]);
      remote.closeIdle?.();
      const result = await send(output, [sampleEvent(2)]);
      if (result.status !== "delivered") {
        expect(result).toMatchObject({ status: "retry", reason: "connection_lost" });
        await expectDelivered(output, [sampleEvent(2)]);
      }
      expect(new Set(uids(remote))).toEqual(new Set([sampleEvent(1).uid, sampleEvent(2).uid]));
    });
  });
}

function outgoing(output: Output, events: readonly AuditEvent[]) {
  return payloadsOf(output, events);
}

function send(output: Output, events: readonly AuditEvent[]): Promise<SendResult> {
  return output.send(outgoing(output, events), never);
}

async function expectDelivered(output: Output, events: readonly AuditEvent[]): Promise<void> {
  expect(await send(output, events)).toMatchObject({ status: "delivered", rejected: [] });
}

function uids(remote: Remote): string[] {
  return remote.taken().map((event) => event.uid);
}

/** What the delivery loop does with refusals, in small: gives back the uids that were given up. */
async function deliverAll(output: Output, events: readonly AuditEvent[]): Promise<string[]> {
  if (events.length === 0) return [];
  const result = await send(output, events);
  if (result.status === "delivered") return result.rejected.map(({ index }) => events[index]?.uid ?? "");
  if (result.status !== "refused") throw new Error(`expected a refusal: ${inspect(result)}`);
  const only = events.length === 1 ? events[0] : undefined;
  if (only !== undefined) return [only.uid];
  if (result.named !== undefined && result.reason !== "too_large") {
    const guilty = new Set(result.named);
    const rest = events.filter((_, index) => !guilty.has(index));
    return [...[...guilty].map((index) => events[index]?.uid ?? ""), ...(await deliverAll(output, rest))];
  }
  const half = Math.ceil(events.length / 2);
  return [
    ...(await deliverAll(output, events.slice(0, half))),
    ...(await deliverAll(output, events.slice(half))),
  ];
}

/** The keys a person may write, the first level of them. */
function keysOf(schema: ZodType): string[] {
  const { properties } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.keys(properties ?? {});
}

/** The outputs of the kind's sample. */
function samplesOf({ folder }: OutputSubject): readonly { readonly type: string }[] {
  return parse(readFileSync(new URL("sample.yaml", folder), "utf8")).outputs;
}
