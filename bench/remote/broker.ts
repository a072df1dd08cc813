// What kafka.h is, where there is no C compiler.
import type { Socket } from "node:net";

/** The versions that are spoken, one of each. */
const spoken = [
  [0, 8, 8],
  [3, 8, 8],
  [18, 0, 3],
  [22, 1, 1],
];

class Reply {
  #pieces: Buffer[] = [];

  put(value: number, bytes: number): this {
    const piece = Buffer.alloc(bytes);
    if (bytes === 8) piece.writeBigInt64BE(BigInt(value));
    else piece.writeIntBE(value, 0, bytes);
    this.#pieces.push(piece);
    return this;
  }

  text(bytes: Buffer): this {
    this.put(bytes.length, 2);
    this.#pieces.push(bytes);
    return this;
  }

  whole(): Buffer {
    const body = Buffer.concat(this.#pieces);
    const size = Buffer.alloc(4);
    size.writeInt32BE(body.length);
    return Buffer.concat([size, body]);
  }
}

/** Reads requests; `came` is told records and bytes. */
export function readKafka(
  socket: Socket,
  first: Buffer,
  came: (records: number, bytes: number) => void,
): void {
  let held: Buffer = Buffer.alloc(0);
  const hear = (piece: Buffer) => {
    held = held.length === 0 ? piece : Buffer.concat([held, piece]);
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE()) {
      const end = 4 + held.readInt32BE();
      const request = held.subarray(4, end);
      held = held.subarray(end);
      const reply = new Reply().put(request.readInt32BE(4), 4);
      const records = answer(reply, request, socket.localPort ?? 0);
      if (records === undefined) return void socket.destroy();
      if (records > 0) came(records, end);
      socket.write(reply.whole());
    }
  };
  socket.on("data", hear);
  hear(first);
}

/** How many records came; undefined: what nobody asks here. */
function answer(reply: Reply, request: Buffer, port: number): number | undefined {
  const [key, version] = [request.readInt16BE(0), request.readInt16BE(2)];
  const body = request.subarray(10 + Math.max(request.readInt16BE(8), 0));
  if (key === 18) versions(reply, version);
  else if (key === 3) metadata(reply, body, port);
  else if (key === 22) reply.put(0, 4).put(0, 2).put(1, 8).put(0, 2);
  else if (key === 0) return produced(reply, body);
  else return undefined;
  return 0;
}

function versions(reply: Reply, version: number): void {
  reply.put(0, 2).put(version < 3 ? 4 : 5, version < 3 ? 4 : 1);
  for (const parts of spoken) {
    for (const part of parts) reply.put(part, 2);
    if (version >= 3) reply.put(0, 1);
  }
  if (version >= 1) reply.put(0, 4);
  if (version >= 3) reply.put(0, 1);
}

function metadata(reply: Reply, body: Buffer, port: number): void {
  const some = body.readInt32BE() > 0;
  reply.put(0, 4).put(1, 4).put(1, 4).text(Buffer.from("127.0.0.1")).put(port, 4).put(-1, 2);
  reply
    .text(Buffer.from("bench"))
    .put(1, 4)
    .put(some ? 1 : 0, 4);
  if (some) {
    reply
      .put(0, 2)
      .text(body.subarray(6, 6 + body.readInt16BE(4)))
      .put(0, 1)
      .put(1, 4);
    reply.put(0, 2).put(0, 4).put(1, 4).put(0, 4);
    reply.put(1, 4).put(1, 4).put(1, 4).put(1, 4).put(0, 4).put(-1, 4);
  }
  reply.put(-1, 4);
}

/** One topic with one partition. */
function produced(reply: Reply, body: Buffer): number {
  const topic = body.subarray(14, 14 + body.readInt16BE(12));
  const batch = body.subarray(14 + topic.length + 12);
  reply.put(1, 4).text(topic).put(1, 4).put(0, 4).put(0, 2);
  reply.put(0, 8).put(-1, 8).put(0, 8).put(0, 4).put(-1, 2).put(0, 4);
  return batch.readInt32BE(57);
}
