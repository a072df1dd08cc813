import { networkFault } from "../../net/http/fault.ts";
import type { NetworkFault } from "../../net/http/http.ts";
import { NotReached } from "../../net/in-time.ts";
import { type Address, addressText, isAnswered, isSecured, securedScheme } from "./address.ts";
import { NotSyslog } from "./foreign.ts";
import { GivesUp, type Receiver } from "./receiver.ts";
import { NotRelp } from "./relp-frame.ts";
import { NoSession } from "./relp-open.ts";
import { RelpRefused } from "./relp-session.ts";

/**
 * What was met on the way. `deadline` says whether it was the time that ran out, whatever the socket made of
 * that. `remote` is asked whether it refused our client certificate where nothing else is known.
 */
export async function streamFault(
  error: unknown,
  remote: Pick<Receiver, "refusal">,
  address: Address,
  deadline: AbortSignal,
): Promise<NetworkFault> {
  const where = addressText(address);
  if (error instanceof NotSyslog || error instanceof RelpRefused)
    return { reason: "bad_answer", detail: `${where}: ${error.message}`, fix: error.fix, hold: true };
  if (error instanceof NoSession)
    return { reason: "timeout", detail: `${where}: ${error.message}`, fix: error.fix, hold: false };
  if (error instanceof NotRelp)
    return { reason: "bad_answer", detail: `${where}: ${error.message}`, fix: confusedFix, hold: false };
  if (error instanceof GivesUp)
    return { reason: "connection_lost", detail: `${where}: ${error.message}`, fix: error.fix, hold: false };
  const late = deadline.aborted && !(error instanceof NotReached);
  if (late) return networkFault(takesTooLong(), where);
  const fault = networkFault((await remote.refusal(error, deadline)) ?? error, where);
  if (fault.reason !== "connection_lost") return fault;
  const relpFix = isAnswered(address)
    ? ""
    : `if it is for RELP, write ${isSecured(address) ? "relp+tls" : "relp"}://; `;
  if (isSecured(address)) return { ...fault, fix: `${relpFix}${lostFix}` };
  const tlsFix = `if the port speaks TLS, write ${securedScheme(address)}:// in place of ${address.transport}://`;
  return { ...fault, fix: `${tlsFix}; ${relpFix}${lostFix}` };
}

const confusedFix =
  "the session is begun anew, and what was not answered is sent again; look at the receiver's version and at what stands between";
const lostFix =
  "look at the receiver's log (framing, size of a message, senders it takes) and at balancers between";

function takesTooLong(): Error {
  return new DOMException(
    "the receiver did not take everything in time: it hangs, or reads too slowly",
    "TimeoutError",
  );
}
