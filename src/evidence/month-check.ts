import { manifestName } from "../archive/manifest.ts";
import { type Html, html } from "../text/html.ts";
import type { MonthFacts } from "./month.ts";

/** How an auditor checks a report, with this program and without it. */
export function howToCheck({ archive, sources, days }: MonthFacts): Html {
  const day = days.find(({ closed }) => closed !== null) ?? days[0];
  const source = quoted(day?.source ?? sources[0]?.name ?? "SOURCE");
  const verify = `wandb-audit-forwarder verify --source ${source} --day ${day?.day ?? "DAY"}`;
  const where = quoted(archive?.where ?? "/srv/audit");
  return html`<h2>How to check this</h2>
<ol>
<li>The archive, offline, without the forwarder's state: give as KEY the fingerprint that was noted when the archive was set up, and as HEAD the field <code>hash</code> of the newest event <code>wandb-audit-forwarder:archive_attested</code> in the SIEM. Whoever holds the archive and the key alone cannot change both.
<pre>wandb-audit-forwarder archive verify ${where} --key KEY --head HEAD</pre></li>
${archive?.chain?.newest && byHand(archive.manifests.at(-1)?.number ?? archive.chain.newest.number)}
<li>A day at W&amp;B, as long as it shows that day, against the ledger and the digest, and against the archive:
<pre>${verify}
${verify} --against archive</pre></li>
<li>A day in the SIEM: the search that counts it there, and its uids against those of the day:
<pre>${verify} --query splunk
${verify} --siem-uids export.csv</pre></li>
<li>This page: made again it says the same of every closed day, but for what has come since.</li>
</ol>`;
}

/** With the tools of any system, in the folder of the archive or of a copy. */
function byHand(number: number): Html {
  const file = manifestName({ number });
  const member = (name: string) => `sed -n 's/.*"${name}":"\\([^"]*\\)".*/\\1/p'`;
  return html`<li>A manifest by hand, in the folder of the archive or of a copy of it, with openssl and sha256sum alone. Its first line, without the line feed, is what is signed (Ed25519); the second has the public key and the signature.
<pre>sed -n 2p ${file} | ${member("public_key")} | base64 -d &gt; public.der
sed -n 2p ${file} | ${member("signature")} | base64 -d &gt; signature
head -n 1 ${file} | tr -d '\\n' &gt; signed
sha256sum public.der          # the fingerprint
openssl pkeyutl -verify -pubin -keyform DER -inkey public.der -rawin -in signed -sigfile signature
sha256sum manifests/*.json    # the hashes; each is the "previous" of the next one:
grep -o '"previous":[^,]*' manifests/*.json
grep -o '"name":"[^"]*","size":[0-9]*,"sha256":"[0-9a-f]*"' ${file} | sed 's/"name":"\\(.*\\)","size":[0-9]*,"sha256":"\\(.*\\)"/\\2  \\1/' | sha256sum -c</pre></li>`;
}

/** For a shell, as one word. */
function quoted(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What the page's words mean, and what it is no proof of. */
export const whatItMeans = html`<h2>What the words mean</h2>
<dl>
<dt>closed</dt><dd>The day was over, all of it was read once more, and nothing more is expected. Records, identities and digest are what the source showed in that read. A later record opens the day again; the next closing supersedes this one.</dd>
<dt>settling, open</dt><dd>More of the day may come; or something came after it was closed. The day is not over.</dd>
<dt>never read</dt><dd>The source was not there yet, was to begin later, or has files or objects and none that is as old: then nobody can tell whether there was anything.</dd>
<dt>gap</dt><dd>The source cannot show the day, or not all of it, for the reason given.</dd>
<dt>records, identities</dt><dd>What was shown, identical entries counted each, and how many different ones there were.</dd>
<dt>kept</dt><dd>Records of the day that this source was the first to show. Another source of the same instance may have shown the others.</dd>
<dt>late</dt><dd>Of these, the ones that came after a complete read which should have held them.</dd>
<dt>digest</dt><dd>SHA-256 over a line for each identity, in ascending order: uid, a space, how many, a line feed.</dd>
<dt>manifest</dt><dd>The number of the newest one that names the day, where it says of it what stands here.</dd>
<dt>delivered, filtered</dt><dd>The output has confirmed the record, as far as its protocol can. Its configuration leaves the record out.</dd>
<dt>dead letters</dt><dd>Given up for one output, kept with the reason, and waiting for a person.</dd>
<dt>dropped, skipped, lost, pending</dt><dd>A dead letter that a person dropped. Removed before this output was there, or while it was not configured; or a person let it begin with what comes. Damaged on disk before it was delivered. Not delivered yet.</dd>
</dl>
<p>For each output, kept is the sum of delivered, filtered, dead letters, dropped, skipped, lost and pending. Entries are shown by W&amp;B again and again; how often is no number of records and stands nowhere on this page. What the forwarder tells of itself is not counted here. An entry without a time is kept on the day it was first seen; one that is dated where no entry can be is on no day.</p>
<h2>What it does not prove</h2>
<p>That W&amp;B logs everything. Multi-tenant Cloud never logs some actions, anonymised logs and copies in buckets have no names, and what W&amp;B had forgotten before the first read was never seen. The state of the forwarder can be changed by whoever holds its host: signed manifests whose hashes another system was told are what stands against that. That an output has confirmed a record does not say that it is still there.</p>`;
