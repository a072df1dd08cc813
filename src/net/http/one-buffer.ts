import type { OnReadOpts, Socket } from "node:net";

/**
 * Has a socket read into the same `bytes` of memory again and again, as the option `onread` of a connection
 * whose bytes HTTP's parser takes: that copies what it hands out. New memory for each read is dear not by
 * itself, but by the collector that looks for it.
 */
export function oneBuffer(socket: () => Socket, bytes: number): OnReadOpts {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  return {
    buffer,
    callback(size) {
      socket().emit("data", buffer.subarray(0, size));
      return true;
    },
  };
}
