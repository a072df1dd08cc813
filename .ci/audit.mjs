// `node audit.mjs holes|signatures`: what the registry says about the dependencies. Ends with 1 when it names something
// wrong, or when nothing is known of what npm says; prints `skipped: why` when the registry gives no answer.
import { spawnSync } from "node:child_process";

const questions = {
  // Any, also of what the lock file has for development: the SDKs among it are in the executable and the image.
  holes: ["audit"],
  signatures: ["audit", "signatures"],
};
const args = questions[process.argv[2]];
if (args === undefined) throw new Error("which question? holes or signatures");

const { stdout, stderr } = spawnSync("npm", [...args, "--json", "--fetch-retries=0"], { encoding: "utf8" });
const said = parsed(stdout);
const wrong = holesIn(said) ?? unsignedIn(said);
if (wrong !== undefined) {
  console.log(wrong.length === 0 ? "nothing wrong" : wrong.join("\n"));
  process.exitCode = wrong.length === 0 ? 0 : 1;
} else {
  const silence = silenceOf(said);
  console.log(silence === undefined ? `not understood: ${stdout}${stderr}` : `skipped: ${silence}`);
  process.exitCode = silence === undefined ? 1 : 0;
}

function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function holesIn({ auditReportVersion, vulnerabilities }) {
  if (auditReportVersion === undefined || vulnerabilities === undefined) return undefined;
  return Object.values(vulnerabilities).map(({ name, severity, range }) => `${severity}: ${name} ${range}`);
}

function unsignedIn({ invalid, missing }) {
  if (invalid === undefined || missing === undefined) return undefined;
  const named = (list, what) => list.map(({ name, version }) => `${what} signature: ${name} ${version}`);
  return [...named(invalid, "invalid"), ...named(missing, "missing")];
}

/** Why there was no answer; undefined when npm failed for a reason that is ours. */
function silenceOf({ statusCode, message = "", error }) {
  const { code = "", summary = "" } = error ?? {};
  const status = statusCode ?? /^E(\d{3})$/.exec(code)?.[1];
  if (status !== undefined) return `the registry answers such a question with ${status}`;
  const network =
    /\b(ENOTFOUND|EAI_AGAIN|ECONN[A-Z]+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;
  const [, reason] = network.exec(`${code} ${message}`) ?? [];
  if (reason !== undefined) return `who has the answer cannot be reached (${reason})`;
  if (/installed from a supported registry/.test(summary)) return "the registry signs nothing";
  return undefined;
}
