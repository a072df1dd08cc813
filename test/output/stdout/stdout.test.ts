import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { anyOutputKind } from "../../../src/output/configured.ts";
import { stdoutKind } from "../../../src/output/stdout/kind.ts";
import { outputContract, type Remote, skipsWithoutReceiver } from "../../contract/output-contract.ts";
import { sampleEvent, sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";

const never = new AbortController().signal;

function outputTo(stream: Writable | undefined, format = "json") {
  const config = stdoutKind.schema.parse({ name: "console", type: "stdout", format });
  return stdoutKind.create(config, { ...outputContext, ...(stream && { stdout: stream }) });
}

function outgoing(output: ReturnType<typeof outputTo>, count = 2) {
  return payloadsOf(output, sampleEvents(count));
}

/** A pipe whose reader can read, stop reading, or go away. */
function pipe() {
  let text = "";
  let mode: "accept" | "hang" | "reset" = "accept";
  let waiting: (() => void) | undefined;
  const stream = new Writable({
    decodeStrings: false,
    write(piece: string, _encoding, done) {
      const take = () => {
        text += piece;
        done();
      };
      if (mode === "reset") done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      else if (mode === "hang") waiting = take;
      else take();
    },
  });
  return {
    stream,
    text: () => text,
    become(next: typeof mode) {
      mode = next;
      if (next === "accept") waiting?.();
    },
  };
}

outputContract("stdout", {
  kind: anyOutputKind(stdoutKind),
  folder: new URL("../../../src/output/stdout/", import.meta.url),
  secrets: [],
  skips: {
    ...skipsWithoutReceiver("nobody judges what is written"),
    nobody_listens: "the stream is there from the start",
    cut: "a closed pipe stays closed until the program starts again",
    wrong_destination: "it has no receiver that could answer",
  },
  remote: async () => {
    const end = pipe();
    return {
      stream: end.stream,
      behave: (behaviour) => end.become(behaviour as "accept"),
      taken: () =>
        end
          .text()
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line))
          .map(({ uid, project_name }) => ({ uid, name: project_name })),
      close: async () => {},
    } as Remote;
  },
  output: (remote) => outputTo((remote as unknown as { stream: Writable }).stream),
});

describe("stdout", () => {
  it.each(stdoutKind.formats)("writes %s, one event a line", async (format) => {
    const end = pipe();
    const output = outputTo(end.stream, format);
    const event = sampleEvent(1, "two\nlines\r\u2028and more");
    await output.send(payloadsOf(output, [event]), never);
    expect(end.text().split(/[\n\r\u2028]/)).toHaveLength(2);
  });

  it("holds when the reader has gone, and the process goes on", async () => {
    const end = pipe();
    end.become("reset");
    const output = outputTo(end.stream);
    expect(await output.send(outgoing(output), never)).toMatchObject({
      status: "retry",
      hold: true,
      detail: "standard output: write EPIPE",
    });
    expect(await output.send(outgoing(output), never)).toMatchObject({ status: "retry", hold: true });
    expect((await output.probe(never))[0]?.level).toBe("problem");
  });

  it("waits for a reader that stopped, and writes nothing twice meanwhile", async () => {
    const end = pipe();
    end.become("hang");
    const output = outputTo(end.stream);
    for (let round = 0; round < 3; round++)
      expect(await output.send(outgoing(output), AbortSignal.timeout(10))).toMatchObject({
        reason: "timeout",
      });
    end.become("accept");
    expect(await output.send(outgoing(output), never)).toMatchObject({ status: "delivered" });
    expect(end.text().split("\n")).toHaveLength(3);
  });

  it("holds when there is no standard output", async () => {
    const output = outputTo(undefined);
    expect(await output.send(outgoing(output), never)).toMatchObject({ status: "retry", hold: true });
  });

  it("leaves the stream open, without listeners of its own", async () => {
    const end = pipe();
    const output = outputTo(end.stream);
    await output.send(outgoing(output), never);
    await output.close();
    await output.close();
    expect(end.stream.writableEnded).toBe(false);
    expect(end.stream.listenerCount("error")).toBe(0);
  });
});

it.each(["ENOSPC", "EDQUOT", "EFBIG"])(
  "%s is about the file that takes no more, and no reader",
  async (code) => {
    const stream = new Writable({
      write: (_piece, _encoding, done) => done(Object.assign(new Error(`${code}: it is full`), { code })),
    });
    const output = outputTo(stream);
    expect(await output.send(outgoing(output), never)).toMatchObject({
      hold: true,
      reason: "disk_full",
      fix: expect.stringContaining("make room"),
    });
  },
);
