import type { Writable } from "node:stream";
import { type LogStyle, reportLog } from "../report/log.ts";
import { counted } from "../text/amounts.ts";
import type { Clock } from "../time/clock.ts";

/** What may wait for who reads the log, bytes. */
const mostWaiting = 8 * 1024 * 1024;

/**
 * Takes the lines of a log. Whoever stops reading it costs lines and not memory; how many, the log says when
 * it is read again.
 */
export function boundedLog(stream: Writable, style: LogStyle, clock: Clock): (line: string) => void {
  let leftOut = 0;
  const write = (line: string) => void stream.write(line);
  function tellLeftOut(): void {
    const text = `${counted(leftOut, "line")} of the log left out: nobody read it`;
    leftOut = 0;
    reportLog({ ...style, clock, scrub: (same) => same, write })({ type: "service_trouble", text });
  }
  return (line) => {
    if (stream.writableLength > mostWaiting) {
      leftOut++;
      return;
    }
    if (leftOut > 0) tellLeftOut();
    write(line);
  };
}
