import type { Finding } from "../../finding.ts";
import { printable } from "../../text/printable.ts";
import { addressText } from "./address.ts";
import { certificateOf } from "./probe.ts";
import type { Receiver } from "./receiver.ts";
import { newSession, type RelpOptions } from "./relp-open.ts";
import { streamFault } from "./stream-fault.ts";

/** Opens a session and ends it. Sends no message. */
export async function probeRelp(
  remote: Receiver,
  options: RelpOptions,
  deadline: AbortSignal,
): Promise<readonly Finding[]> {
  const { address } = options;
  const where = addressText(address);
  try {
    const session = await newSession(remote, options, deadline);
    const { connection, software } = session;
    try {
      await remote.during(connection, deadline, () => session.close());
    } finally {
      connection.destroy();
    }
    const who = software === undefined ? "" : ` (${printable(software)})`;
    return [
      {
        level: "ok",
        text: `${where}: a RELP receiver${who} that takes syslog and answers each message; whether it keeps on disk what it answered is a matter of its queue (rsyslog: queue.type="Direct")`,
      },
      ...(await certificateOf(options, deadline)),
    ];
  } catch (error) {
    const { detail, fix } = await streamFault(error, remote, address, deadline);
    return [{ level: "problem", text: detail, fix }];
  }
}
