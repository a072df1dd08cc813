import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Child, startChild } from "../children.ts";
import type { Written } from "../written.ts";

/** An OTLP receiver over gRPC in a process of its own. */
export interface GrpcReceiver {
  readonly port: number;
  readonly child: Child;
  /** Counts from now on. */
  watch(): () => Written;
}

/** HTTP/2 is nothing that the other side in C speaks, so this one is Node's own. */
export async function startGrpcReceiver(): Promise<GrpcReceiver> {
  const child = startChild(process.execPath, [join(import.meta.dirname, "grpc-server.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const { stdout } = child.process;
  if (stdout === null) throw new Error("no output");
  let heard: Written = { events: 0, lastNs: 0 };
  const port = await new Promise<number>((resolve, reject) => {
    child.process.once("exit", () => reject(new Error("the gRPC receiver did not start")));
    createInterface(stdout).on("line", (line) => {
      const [first = "", at] = line.split(" ");
      if (at === undefined) resolve(Number(first));
      else heard = { events: Number(first), lastNs: Number(at) };
    });
  });
  return {
    port,
    child,
    watch() {
      const { events: before } = heard;
      return () => ({ events: heard.events - before, lastNs: heard.lastNs });
    },
  };
}
