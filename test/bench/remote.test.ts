import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Remote, startRemote } from "../../bench/remote/remote.ts";
import { grpcClient } from "../../src/net/grpc/client.ts";
import { systemClock } from "../../src/time/clock.ts";
import { sampleEvents } from "../contract/sample-event.ts";
import { payloadsOf } from "../fake/payloads.ts";
import { kafkaOutput } from "../output/kafka/subject.ts";

const event = '{"time":1785592800.000,"event":{"action":"run:stop"}}';
/** Two log records in one scope of one resource, in protobuf; each is a field of a fixed size and one of text. */
const record = [0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x12, 2, 0x68, 0x69];
const records = [0x12, record.length, ...record, 0x12, record.length, ...record];
const otlp = Buffer.from([0x0a, records.length + 2, 0x12, records.length, ...records]);

describe.each(["cc", "no-such-compiler"])("the other side of a benchmark, made with %s", (compiler) => {
  let folder: string;
  let remote: Remote;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "remote-"));
    remote = await startRemote(folder, compiler);
  });
  afterAll(async () => {
    agent.destroy();
    await remote.child.end();
    await remote.grpc.child.end();
    rmSync(folder, { recursive: true });
  });

  async function ask(
    path: string,
    headers: Record<string, string | number> = {},
    pieces: (string | Buffer)[] = [],
  ) {
    const port = remote.httpPort;
    const method = pieces.length > 0 ? "POST" : "GET";
    const sent = request({ host: "127.0.0.1", port, path, method, agent, headers });
    for (const piece of pieces) sent.write(piece);
    sent.end();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once("response", resolve).once("error", reject);
    });
    return { status: answer.statusCode, type: answer.headers["content-type"], body: await text(answer) };
  }

  it("shows the file as the log, with its length", async () => {
    const log = join(folder, "log.ndjson");
    writeFileSync(log, "{}\n".repeat(100_000));
    await remote.serve(log);
    const { status, body } = await ask("/admin/audit_logs?numDays=1");
    expect([status, body.length]).toEqual([200, 300_000]);
    // The client has it all a moment before the server knows.
    await expect.poll(() => remote.counts()).toMatchObject({ reads: 1, readsEnded: 1, events: 0 });
  });

  it("counts events of HEC, in bodies of either framing on one connection", async () => {
    await remote.serve(join(folder, "log.ndjson"));
    const body = event.repeat(2_000);
    const success = { status: 200, type: "application/json", body: '{"text":"Success","code":0}' };
    const path = "/services/collector/event";
    expect(await ask(path, { "content-length": body.length }, [body])).toEqual(success);
    expect(await ask(path, {}, [body.slice(0, 1_003), body.slice(1_003), event])).toEqual(success);
    expect(await remote.counts()).toMatchObject({ events: 4_001, requests: 2 });
  });

  it("keeps what is in gzip and counts it when asked", async () => {
    await remote.serve(join(folder, "log.ndjson"));
    for (const count of [700, 800])
      await ask("/services/collector/event", { "content-encoding": "gzip" }, [gzipSync(event.repeat(count))]);
    expect(await remote.counts()).toMatchObject({ events: 0, requests: 2 });
    expect(await remote.zippedEvents()).toBe(1_500);
  });

  it("counts log records of OTLP and answers in its way", async () => {
    await remote.serve(join(folder, "log.ndjson"));
    const answer = await ask("/v1/logs", { "content-length": otlp.length }, [otlp]);
    expect(answer).toEqual({ status: 200, type: "application/x-protobuf", body: "" });
    expect(await remote.counts()).toMatchObject({ events: 2, bytes: otlp.length });
  });

  it("counts documents of _bulk, and answers for each", async () => {
    await remote.serve(join(folder, "log.ndjson"));
    for (const count of [1, 1_000]) {
      const body = '{"create":{"_id":"a"}}\n{"@timestamp":"b"}\n'.repeat(count);
      const answer = await ask("/logs-wandb.audit-default/_bulk?filter_path=items", {}, [body]);
      const items = Array.from({ length: count }, () => ({ create: { status: 201 } }));
      expect(JSON.parse(answer.body)).toEqual({ items });
    }
    const there = await ask("/_resolve/index/logs-wandb.audit-default");
    expect(JSON.parse(there.body)).toEqual({ data_streams: [{ name: "logs-wandb.audit-default" }] });
    expect(await remote.counts()).toMatchObject({ events: 1_001, requests: 2 });
  });

  it("counts log records of OTLP over gRPC, from when it is told to", async () => {
    const client = grpcClient({
      url: new URL(`http://127.0.0.1:${remote.grpc.port}`),
      environment: {},
      userAgent: "test",
      clock: systemClock,
    });
    const call = {
      path: "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
      headers: {},
      message: [otlp],
      encoding: undefined,
      timeoutMs: 5_000,
      deadline: AbortSignal.timeout(5_000),
    };
    const all = remote.grpc.watch();
    expect(await client.call(call)).toMatchObject({ code: 0 });
    await expect.poll(() => all().events).toBe(2);
    const later = remote.grpc.watch();
    expect(await client.call(call)).toMatchObject({ code: 0 });
    await expect.poll(() => later().events).toBe(2);
    expect(later().lastNs).toBeGreaterThan(0);
    await client.close();
  });

  it("counts syslog frames of either kind, and closes after their end", async () => {
    await remote.serve(join(folder, "log.ndjson"));
    const frame = "<109>1 - h a - - - 12 34\n5";
    for (const stream of [`${frame.length} ${frame}`.repeat(3_000), "<109>1 - h a - - - x\n".repeat(500)]) {
      const socket = connect(remote.syslogPort, "127.0.0.1");
      socket.end(stream);
      await new Promise((resolve) => socket.resume().once("close", resolve));
    }
    expect((await remote.counts()).events).toBe(3_500);
  });

  it("answers each message of RELP, however it is cut, and counts it", async () => {
    await remote.serve(join(folder, "log.ndjson"));
    const commands = ["1 open 15 commands=syslog\n"];
    for (let number = 2; number < 3_002; number++) commands.push(`${number} syslog 11 <109>1 12 3\n`);
    commands.push("3002 close 0\n");
    const bytes = Buffer.from(commands.join(""));
    const socket = connect(remote.syslogPort, "127.0.0.1");
    let said = "";
    socket.on("data", (piece: Buffer) => {
      said += piece.toString();
    });
    for (let at = 0; at < bytes.length; at += 10_007) socket.write(bytes.subarray(at, at + 10_007));
    await expect.poll(() => said.endsWith("3002 rsp 6 200 OK\n")).toBe(true);
    expect(said.match(/^\d+ rsp 6 200 OK$/gm)).toHaveLength(3_001);
    socket.destroy();
    expect((await remote.counts()).events).toBe(3_000);
  });

  it("takes records as a broker of Kafka does, and counts them", async () => {
    await remote.serve(join(folder, "log.ndjson"));
    for (const compression of ["none", "gzip"]) {
      const output = kafkaOutput({
        ...{ brokers: [`127.0.0.1:${remote.syslogPort}`], transport: "plaintext", compression },
      });
      expect(
        await output.send(payloadsOf(output, sampleEvents(1_500)), new AbortController().signal),
      ).toEqual({
        status: "delivered",
        rejected: [],
      });
      await output.close();
    }
    expect((await remote.counts()).events).toBe(3_000);
  });

  it("takes nothing while it is busy", async () => {
    await remote.serve(join(folder, "log.ndjson"));
    await remote.busy(true);
    expect((await ask("/services/collector/event", {}, [event])).status).toBe(503);
    await remote.busy(false);
    expect(await remote.counts()).toMatchObject({ events: 0, requests: 0, firstNs: 0 });
  });
});
