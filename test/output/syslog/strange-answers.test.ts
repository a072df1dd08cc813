import type { Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { anyOutputKind } from "../../../src/output/configured.ts";
import { syslogKind } from "../../../src/output/syslog/kind.ts";
import { sampleEvents } from "../../contract/sample-event.ts";
import { outputContext } from "../../fake/output-context.ts";
import { payloadsOf } from "../../fake/payloads.ts";
import { rawServer } from "../../fake/raw-server.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

const answer = (transaction: number, text = "200 OK") =>
  `${transaction} rsp ${Buffer.byteLength(text)} ${text}\n`;
const opened = "200 OK\nrelp_version=0\nrelp_software=stand-in\ncommands=syslog";
/** The messages of the batch; the session's opening is 1. */
const messages = [2, 3, 4, 5];
const each = (say: (transaction: number) => string | Buffer) => (socket: Socket) => {
  for (const transaction of messages) socket.write(say(transaction));
};

/** What an output makes of a receiver that says this when it is opened, and that when messages have come. */
async function sent(say: (socket: Socket) => unknown, opening = answer(1, opened)) {
  const server = await rawServer((socket) => {
    socket.once("data", () => {
      socket.write(opening);
      socket.once("data", () => say(socket));
    });
  });
  undo.push(() => server.close());
  const output = anyOutputKind(syslogKind)
    .schema.parse({ name: "relay", type: "syslog", address: `relp://127.0.0.1:${server.port}` })
    .create(outputContext);
  undo.push(() => output.close());
  const result = await output.send(
    payloadsOf(output, sampleEvents(messages.length)),
    AbortSignal.timeout(400),
  );
  // Nobody agrees to the end of the session: it is not waited for.
  await server.close();
  return result;
}

describe("what a receiver says over RELP", () => {
  it("is a delivery in whatever order it comes, and with whatever the opening holds", async () => {
    const backwards = (socket: Socket) =>
      socket.write(
        messages
          .toReversed()
          .map((transaction) => answer(transaction))
          .join(""),
      );
    expect((await sent(backwards)).status).toBe("delivered");
    const long = answer(1, `${opened}\n${"a=b\n".repeat(15_000)}`);
    expect((await sent(backwards, long)).status).toBe("delivered");
  });

  it.each<[string, (socket: Socket) => unknown, string?]>([
    ["for a number that nobody gave", (socket) => socket.write(answer(77_777))],
    ["for the number 0", (socket) => socket.write(answer(0))],
    ["twice", each((transaction) => answer(transaction) + answer(transaction))],
    ["before it was asked", () => {}, [1, ...messages].map((each) => answer(each, opened)).join("")],
    ["and that it ends", (socket) => socket.write(`${answer(2)}0 serverclose 0\n${answer(3)}`)],
    ["in bytes that are none", (socket) => socket.write(Buffer.alloc(1_000, 0xff))],
    ["in a line without end", (socket) => socket.write(Buffer.alloc(10_000_000, "a"))],
    ["with a length of 10 MB", each((transaction) => answer(transaction, `200 ${"x".repeat(1e7)}`))],
    ["with a length below nothing", each((transaction) => `${transaction} rsp -5 200 OK\n`)],
    ["with a length that is wrong", each((transaction) => `${transaction} rsp 3 200 OK\n`)],
    ["without a code", each((transaction) => answer(transaction, "OK"))],
    ["without a word", each((transaction) => `${transaction} rsp 0\n`)],
    ["with a code of four digits", each((transaction) => answer(transaction, "2000 OK"))],
    ["in another command", each((transaction) => answer(transaction).replace("rsp", "syslog"))],
    [
      "in digits, one by one",
      (socket) => {
        const more = setInterval(() => socket.write("1"), 5);
        socket.on("close", () => clearInterval(more));
      },
    ],
    ["not at all", () => {}],
    ["at the opening: no", () => {}, answer(1, "500 go away")],
    ["at the opening: nothing of syslog", () => {}, answer(1, "200 OK\ncommands=syslogx,eventlog")],
    ["at the opening: something else", () => {}, "\u0000\u0001\u0002 hello\n"],
  ])("is no delivery, and ends nothing: %s", async (_, say, opening) => {
    expect((await sent(say, opening)).status).toBe("retry");
  });

  it("is a refusal with words that obey nobody", async () => {
    const result = await sent(
      each((transaction) => answer(transaction, `500 \u001b[2J ${"x".repeat(60_000)}`)),
    );
    // The second try asks for other numbers, and this receiver has nothing to say of them.
    expect(result.status).toBe("retry");
    expect(JSON.stringify(result).length).toBeLessThan(2_000);
  });
});
