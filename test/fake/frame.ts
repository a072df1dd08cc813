import { type Framing, writeFrame } from "../../src/output/syslog/frame.ts";
import { Writer } from "../../src/text/writer.ts";

/** One message as a frame. */
export function frame(message: string, framing: Framing): Buffer {
  const into = new Writer();
  writeFrame(into, framing, () => into.text(message));
  return into.written();
}
