import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { syslogKind } from "../../../src/output/syslog/kind.ts";
import { type RelpFrame, relpFrames } from "../../../src/output/syslog/relp-frame.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { expectUnpolluted, type Target } from "./fuzz.ts";
import { below, pick, type Random } from "./mutate.ts";

const opened = "1 rsp 44 200 OK\nrelp_version=0\ncommands=syslog,close\n\n";
const events = 3;

function frame(random: Random): string {
  const number = pick(random, ["1", "2", "3", "4", "5", "0", "01", "999999999", "1000000000", "-1", "x"]);
  const command = pick(random, ["rsp", "rsp", "rsp", "serverclose", "syslog", "RSP", "r".repeat(40), ""]);
  const words = pick(random, ["200 OK", "500 no", "200", "OK", "200 OK\nx=y", "999 \u202e", "200 \u0000"]);
  const length =
    random() < 0.8 ? String(words.length) : pick(random, ["0", "65537", "-1", "9999999999", "1"]);
  return `${number} ${command} ${length} ${words}${random() < 0.9 ? "\n" : ""}`;
}

/** Frames of RELP, taken apart in whatever pieces they come: each is within its limits, or the peer speaks none. */
export const relpFrame: Target = {
  name: "relp-frames",
  inputs: 50_000,
  slowMs: 1_000,
  seeds: () =>
    [opened, "2 rsp 6 200 OK\n", "0 serverclose 0\n", "2 rsp 0 \n"].map((text) => Buffer.from(text)),
  invent: (random) =>
    Buffer.from(Array.from({ length: 1 + below(random, 4) }, () => frame(random)).join(""), "latin1"),
  open: () => ({
    run(bytes) {
      const whole = parsed([bytes]);
      const single = parsed(Array.from(bytes, (byte) => Buffer.of(byte)));
      if (JSON.stringify(whole) !== JSON.stringify(single)) throw new Error("pieces make other frames");
      for (const { transaction, data } of whole.frames)
        if (transaction > 999_999_999 || data.length > 65_536) throw new Error("a frame beyond its limits");
      expectUnpolluted();
    },
  }),
};

function parsed(pieces: readonly Buffer[]): {
  readonly frames: readonly RelpFrame[];
  readonly fault: string;
} {
  const frames: RelpFrame[] = [];
  const reader = relpFrames((each) => frames.push(each));
  try {
    for (const piece of pieces) reader.push(piece);
    return { frames, fault: "" };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NotRelp") throw error;
    return { frames, fault: error.message };
  }
}

/** What a RELP receiver answers, on a connection: a send ends, with a result that blames nobody outside of the batch. */
export const relpAnswers: Target = {
  name: "relp-answers",
  inputs: 3_000,
  slowMs: 5_000,
  waits: true,
  seeds: () =>
    [
      `${opened}2 rsp 6 200 OK\n3 rsp 6 200 OK\n4 rsp 6 200 OK\n`,
      `${opened}0 serverclose 0\n`,
      "220 mail\r\n",
    ].map((text) => Buffer.from(text)),
  invent: (random) =>
    Buffer.from(
      (random() < 0.8 ? opened : "") + Array.from({ length: below(random, 6) }, () => frame(random)).join(""),
      "latin1",
    ),
  async open() {
    let input = Buffer.alloc(0) as Buffer;
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      // Ends behind its answers, so that nothing is waited for.
      socket.once("data", () => socket.end(input)).resume();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `relp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = syslogKind.schema.parse({ name: "soc", type: "syslog", address });
    return {
      async run(bytes) {
        input = bytes;
        const output = syslogKind.create(config, outputContext);
        const result = await output.send(
          payloadsOf(output, sampleEvents(events)),
          AbortSignal.timeout(4_000),
        );
        await output.close();
        const blamed =
          result.status === "delivered"
            ? result.rejected.map(({ index }) => index)
            : result.status === "refused"
              ? (result.named ?? [])
              : [];
        if (blamed.some((index) => index < 0 || index >= events))
          throw new Error("an index outside the batch");
        const words = result.status === "delivered" ? (result.warning ?? "") : result.detail;
        if (words.length > 1_000 || /[\p{Cc}\u2028\u2029\u202e\u2066]/u.test(words))
          throw new Error(`not one harmless line: ${words}`);
        expectUnpolluted();
      },
      async close() {
        for (const socket of sockets) socket.destroy();
        server.close();
        await once(server, "close");
      },
    };
  },
};
