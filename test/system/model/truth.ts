/** What a remote thinks of an event, and whether an operator wants it. */
export type Nature = "plain" | "bad" | "large" | "unwanted";

/** One thing that really happened; two that are alike are two. */
export interface TrueEvent {
  /** What never changes; equal for true twins, and for those alone. */
  readonly stable: string;
  /** The server files it here, epoch milliseconds. */
  readonly at: number;
  /** As the server shows it while a project bears `name`. */
  render(name: string): string;
}

export function dated(at: number, actor: number, nature: Nature): TrueEvent {
  const timestamp = `${new Date(at).toISOString().slice(0, 19)}Z`;
  return entry(at, `"timestamp":"${timestamp}","action":"run:update","actor_user_id":${actor}`, nature);
}

/** Somebody who guesses names: attempts of one second and address, told apart by the name alone. */
export function attempt(at: number, name: string): TrueEvent {
  const timestamp = `${new Date(at).toISOString().slice(0, 17)}00Z`;
  const stable = `{"timestamp":"${timestamp}","action":"user:initiate_login","actor_ip":"192.0.2.7","user_email":"${name}@example.com"}`;
  return { stable, at, render: () => stable };
}

export function undated(at: number, actor: number): TrueEvent {
  return entry(at, `"action":"run:update","actor_user_id":${actor}`, "plain");
}

export function garbage(at: number, text: string): TrueEvent {
  return { stable: text, at, render: () => text };
}

function entry(at: number, facts: string, nature: Nature): TrueEvent {
  const stable = `${facts},"nature":"${nature}"`;
  return { stable, at, render: (name) => `{${stable},"project_name":${JSON.stringify(name)}}` };
}

export function stableOf(text: string): string {
  return text.replace(/^\{(.*),"project_name":"(?:[^"\\]|\\.)*"\}$/, "$1");
}

export function natureOf(text: string): Nature {
  return (/"nature":"(\w+)"/.exec(text)?.[1] ?? "plain") as Nature;
}

export function counted(texts: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
