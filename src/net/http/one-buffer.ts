import type { OnReadOpts, Socket } from "node:net";

/** What a socket reads at once, at most. */
const bytes = 64 * 1024;

/**
 * Has a socket read into the same memory again and again, as the option `onread` of a connection whose
 * bytes HTTP's parser takes: that copies what it hands out. New memory for each read is dear not by itself,
 * but by the collector that looks for it.
 */
export function oneBuffer(socket: () => Socket): OnReadOpts {
  const buffer = Buffer.allocUnsafeSlow(bytes);
  return {
    buffer,
    callback(size) {
      socket().emit("data", buffer.subarray(0, size));
      return true;
    },
  };
}
