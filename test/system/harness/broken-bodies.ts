import { createServer, type Socket } from "node:net";
import { constants, gzipSync } from "node:zlib";
import { wandbEntry } from "../../../src/simulate/wandb-entry.ts";
import type { HarnessSource, SourceSetting, TrueEntry } from "./source.ts";

/** A source whose answers are cut exactly after a line, in a way that a careless reader takes for the whole. */
export function cutSource(how: "gzip" | "unframed") {
  return async ({ random }: SourceSetting): Promise<HarnessSource> => {
    const truth: TrueEntry[] = [];
    let cut = true;
    let asked = 0;
    for (let count = 0; count < 20; count++)
      truth.push({ line: wandbEntry(random, Date.now() - 60_000 * count), insertedAt: Date.now() });
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      socket.on("data", () => {
        asked++;
        socket.end(answer(truth.map(({ line }) => `${line}\n`)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };

    function answer(lines: readonly string[]): Buffer {
      const part = lines.slice(0, cut ? lines.length / 2 : lines.length).join("");
      const head = "HTTP/1.1 200 OK\r\nconnection: close\r\n";
      if (how === "unframed" && cut) return Buffer.from(`${head}\r\n${part}`);
      // A flush ends on the line; the end of the stream with its checksum is missing.
      const body = gzipSync(part, cut ? { finishFlush: constants.Z_SYNC_FLUSH } : {});
      const framed = `${head}content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`;
      return Buffer.concat([Buffer.from(framed), body]);
    }

    const nothing = () => {};
    return {
      instance: "cut.example",
      settings: [
        "type: wandb_api",
        `url: http://127.0.0.1:${port}`,
        "instance: cut.example",
        `api_key: "\${WANDB_KEY}"`,
        "start: 1d",
        "poll_interval: 1s",
      ],
      environment: { WANDB_KEY: "some-key-of-the-cut-source" },
      truth: () => truth,
      grow: nothing,
      growOldDays: nothing,
      growLate: nothing,
      fresh: () => "",
      misbehave: () => {
        cut = true;
      },
      behave: () => {
        cut = false;
      },
      advance: nothing,
      rename: nothing,
      asked: () => asked,
      close: () =>
        new Promise((resolve) => {
          for (const socket of sockets) socket.destroy();
          server.close(() => resolve());
        }),
    };
  };
}
