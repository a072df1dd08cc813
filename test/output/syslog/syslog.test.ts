import { anyOutputKind } from "../../../src/output/configured.ts";
import { syslogKind } from "../../../src/output/syslog/kind.ts";
import { type SyslogBehavior, startSyslogReceiver } from "../../../src/simulate/syslog-receiver.ts";
import { type Behaviour, outputContract, type Remote } from "../../contract/output-contract.ts";
import { parameter, parse5424, syslogOutput } from "./subject.ts";

const behaviors: Partial<Record<Behaviour, SyslogBehavior>> = {
  accept: "accept",
  hang: "hang",
  reset: "reset",
  accept_then_cut: "cut",
};

interface SyslogRemote extends Remote {
  readonly url: string;
}

async function remote(transport: "tcp" | "udp"): Promise<SyslogRemote> {
  const receiver = await startSyslogReceiver({ transport });
  let closing: Promise<void> | undefined;
  return {
    url: receiver.url,
    behave(behaviour) {
      const behavior = behaviors[behaviour];
      if (behavior === undefined) throw new Error(`syslog cannot do this: ${behaviour}`);
      receiver.behave(behavior);
    },
    taken: () =>
      receiver.taken().map((message) => {
        const parsed = parse5424(message);
        const name = parsed && (JSON.parse(parsed.text) as { project_name: string }).project_name;
        return { uid: parameter(parsed?.structuredData ?? "", "uid") ?? "", name };
      }),
    connections: () => receiver.open(),
    closeIdle: () => receiver.cut(),
    close() {
      closing ??= receiver.close();
      return closing;
    },
  };
}

const silent = "syslog has no answers";
const common = {
  kind: anyOutputKind(syslogKind),
  folder: new URL("../../../src/output/syslog/", import.meta.url),
  secrets: [],
  skips: {
    busy: silent,
    bad_credential: silent,
    wrong_destination: silent,
    bad_event: silent,
    refuses_all: silent,
    oversized: silent,
    redirect: silent,
    html: silent,
    answer_bomb: silent,
  },
};
const output = (settings: Record<string, unknown>) => (to: Remote) =>
  syslogOutput({ address: (to as SyslogRemote).url, format: "json", oversized: "whole", ...settings });

outputContract("syslog over TCP", {
  ...common,
  remote: () => remote("tcp"),
  output: output({}),
  overTls: (tls) => syslogOutput({ address: "tls://127.0.0.1:1", tls }),
});
const elsewhere = "looked at above";
outputContract("syslog over TCP with newlines", {
  ...common,
  remote: () => remote("tcp"),
  output: output({ framing: "newline" }),
  skips: { ...common.skips, documented: elsewhere },
});
outputContract("syslog over one TCP connection", {
  ...common,
  remote: () => remote("tcp"),
  output: output({ connection: "persistent" }),
  skips: {
    ...common.skips,
    documented: elsewhere,
    in_order: "it is not known when what was sent arrives",
    many_sends: "it is not known when what was sent arrives",
    hanging: "the operating system takes a small batch even when the receiver does not read",
    hostile_text: "it is not known when what was sent arrives",
    accept_cut: "nothing confirms a batch, so nothing can be missing",
    keepalive_race: "it is not known when what was sent arrives",
    cut: "it is not known when what was sent arrives",
  },
});
outputContract("syslog over UDP", {
  ...common,
  remote: () => remote("udp"),
  output: output({}),
  skips: {
    ...common.skips,
    documented: elsewhere,
    cut: "there is no connection",
    hanging: "nothing is waited for",
    hostile_text: "a datagram holds less than a megabyte",
    accept_cut: "there is no connection",
    keepalive_race: "there is no connection",
  },
});
