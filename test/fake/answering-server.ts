import { setTimeout as later } from "node:timers/promises";
import type { RawAnswer, Success } from "./answers.ts";
import { type RawServer, rawServer } from "./raw-server.ts";

/** A server that answers every request, once it is whole, with these bytes. */
export function answeringServer({ bytes, ends }: RawAnswer, success: Success): Promise<RawServer> {
  const pieces = [bytes(success)].flat();
  return rawServer((socket) => {
    let heard = Buffer.alloc(0);
    socket.on("data", async (data: Buffer) => {
      heard = Buffer.concat([heard, data]);
      const head = heard.indexOf("\r\n\r\n");
      const size = Number(/content-length: (\d+)/i.exec(heard.toString("latin1"))?.[1] ?? 0);
      if (head < 0 || heard.length < head + 4 + size) return;
      heard = Buffer.alloc(0);
      for (const piece of pieces) {
        if (piece !== pieces[0]) await later(1);
        socket.write(piece);
      }
      if (ends) socket.end();
    });
  });
}
