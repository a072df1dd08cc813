import { afterEach, describe, expect, it } from "vitest";
import { answeringServer } from "../../fake/answering-server.ts";
import {
  allowed,
  cut,
  nothing,
  type RawAnswer,
  refused,
  unaskedCodings,
  unframed,
  unknownCoding,
} from "../../fake/answers.ts";
import { failure, history, Keeper, rehearse, today } from "./reading.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const lines = history(today - 1);
const success = { type: "application/x-ndjson", body: Buffer.from(`${lines.join("\n")}\n`) };

/** What reads a server that answers everything so. */
async function reading(answer: RawAnswer, config: Record<string, unknown> = {}): Promise<Keeper> {
  const server = await answeringServer(answer, success);
  const rehearsal = await rehearse();
  closing.push(server.close, () => rehearsal.close());
  return new Keeper(rehearsal.source({ url: `http://127.0.0.1:${server.port}`, start: "2d", ...config }));
}

describe("wandb_api", () => {
  it.each(allowed)("understands: $name", async (answer) => {
    const keeper = await reading(answer);
    await keeper.read();
    expect(keeper.lines).toEqual([...lines].sort());
  });

  it("understands an answer without framing where that is agreed", async () => {
    const keeper = await reading(unframed, { read: { allow_unframed: true } });
    await keeper.read();
    expect(keeper.lines).toEqual([...lines].sort());
    expect(await failure((await reading(unframed)).read())).toMatchObject({ reason: "unframed_body" });
  });

  it.each([...unaskedCodings, unknownCoding])(
    "proves no end of what it did not ask for, and says so: $name",
    async (answer) => {
      expect(await failure((await reading(answer)).read())).toMatchObject({
        reason: "bad_encoding",
        message: expect.stringContaining("nobody asked for"),
        fix: expect.stringContaining("compression"),
      });
    },
  );

  it.each([...refused, nothing])("says of what is not allowed: $name", async (answer) => {
    const { words, fix = /./, hold = false } = answer.fault as Exclude<RawAnswer["fault"], undefined>;
    const keeper = await reading(answer);
    const error = await failure(keeper.read());
    expect(error).toMatchObject({ reason: answer === nothing ? "connect" : "bad_answer", hold });
    expect(error.message).toMatch(words);
    expect(error.fix).toMatch(fix);
    expect(keeper.kept).toEqual([]);
  });

  it.each(cut)("takes for no whole answer: $name", async (answer) => {
    const keeper = await reading(answer);
    expect((await failure(keeper.read())).reason).toMatch(/^(cut_body|connect)$/);
    expect(keeper.dones).toEqual([]);
  });

  it.each([
    ["nginx", "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>"],
    ["Go", "Client sent an HTTP request to an HTTPS server.\n"],
  ])("names the cure where plain HTTP came to a TLS port of %s", async (_, body) => {
    const bytes = () =>
      Buffer.from(`HTTP/1.1 400 Bad Request\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    expect(await failure((await reading({ name: "", bytes })).read())).toMatchObject({
      reason: "bad_answer",
      hold: true,
      fix: expect.stringContaining("https://"),
    });
  });

  it.each(["204 No Content", "304 Not Modified", "206 Partial Content"])(
    "takes %s for no log",
    async (status) => {
      const bytes = () =>
        Buffer.from(`HTTP/1.1 ${status}\r\n${status < "205" ? "" : "content-length: 0\r\n"}\r\n`);
      expect(await failure((await reading({ name: "", bytes })).read())).toMatchObject({
        reason: "not_audit_logs",
      });
    },
  );
});
