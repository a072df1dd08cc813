import type { Terminal } from "./command.ts";

/** How often it is looked how far it is, milliseconds. */
const lookEveryMs = 500;

/** What takes its time, and shows how far it is while it runs. */
export interface Followed<Status> {
  now(): Promise<Status>;
}

/** Where it is shown. */
export interface Show<Status> {
  progress(status: Status): void;
  end(): void;
}

/** Shows how far it is until it runs no more, or until a signal; resolves with how far it is then. */
export async function followed<Status extends { readonly state: string }>(
  underway: Followed<Status>,
  show: Show<Status>,
  terminal: Pick<Terminal, "clock" | "onSignal">,
): Promise<Status> {
  const left = new AbortController();
  const forget = (["SIGTERM", "SIGINT"] as const).map((signal) =>
    terminal.onSignal(signal, () => left.abort()),
  );
  let status = await underway.now();
  try {
    for (; status.state === "running" && !left.signal.aborted; status = await underway.now()) {
      show.progress(status);
      await terminal.clock.sleep(lookEveryMs, left.signal);
    }
  } finally {
    show.end();
    for (const off of forget) off();
  }
  return status;
}
