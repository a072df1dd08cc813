import { type Framing, frameWriter } from "../../src/output/syslog/frame.ts";
import { Writer } from "../../src/text/writer.ts";

/** One message as a frame. */
export function frame(message: string, framing: Framing): Buffer {
  const into = new Writer();
  frameWriter(framing)(into, () => into.text(message));
  return into.written();
}
