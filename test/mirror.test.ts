import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * Every file of src/ has a test of its name, `src/time/backoff.ts` in `test/time/backoff.test.ts` or in
 * `backoff.property.test.ts`. These have none, because something else tests them, or there is nothing to test.
 * The list only gets shorter: who writes the test takes the file out.
 */
const testedElsewhere: Readonly<Record<string, string>> = {
  "`test/ingest/identity.test.ts` and `test/archive/line-digest.test.ts`, which say what is the same.": `
    record/canonical-entry`,
  "`test/init/gather.test.ts`, `draft.test.ts` and `lay-down.test.ts`, which ask everything and write it.": `
    command/definitions/init init/account-id init/choices init/deployments init/endpoints init/interview init/placement init/question init/siems init/stored-logs`,
  "`test/command/verify.test.ts`, which runs the command.": `
    command/verified-day`,
  "`test/evidence/month-page.test.ts` and `test/command/report.test.ts`, which make the page.": `
    command/definitions/report evidence/month-check evidence/month-style`,
  "`test/archive/packing.test.ts`, which packs and unpacks.": `
    archive/parquet archive/parquet-columns`,
  "`test/archive/chain.test.ts` and `test/archive/attesting.test.ts`, which change chains and go on with them.": `
    archive/archive-view archive/chain-end archive/chain-fault archive/chain-links`,
  "`test/command/simulate-attack.test.ts`, which rehearses detections.": `
    simulate/attack`,
  "`test/output/archive/archive-output.test.ts` and `once.property.test.ts`, which store batches.": `
    output/archive/archive-failure output/archive/plan`,
  "`test/command/archive.test.ts`, which runs the command over a directory.": `
    archive/attested-files archive/line-event archive/open-archive archive/records command/archive-target command/archive-text command/definitions/archive`,
  "`test/source/archive/archive-shelf.test.ts` and `test/command/archive.test.ts`, which read what was stored.": `
    source/archive/archive-source source/archive/config source/archive/kind`,
  "`test/status/status.test.ts` and `test/admin/page/charts.test.ts`, which make the page.": `
    admin/page/card admin/page/figure admin/page/frame admin/page/output-card admin/page/source-card status/past-status status/without-events`,
  "`test/admin/page/operate.test.ts`, which follows every link.": `
    admin/page/reason`,
  "`test/admin/tap.test.ts`, which makes the page.": `
    admin/page/tap`,
  "`test/command/tap.test.ts`, which runs the command.": `
    command/definitions/tap daemon/taps`,
  "`test/daemon/observation.test.ts` and `test/admin/server.test.ts`, which ask for every view.": `
    daemon/views`,
  "`test/status/history.test.ts` and `trend.test.ts`, which are told all of it.": `
    status/new-records status/tier`,
  "`test/spool/sqlite/tenure.test.ts`, which puts older and other states in its place.": `
    spool/sqlite/older-state`,
  "`test/spool/sqlite/trend-desk.test.ts`, which writes and reads them.": `
    spool/sqlite/trend-tables`,
  "`test/main.test.ts` and `test/system/whole/replaced.test.ts`, where a part of the program is gone.": `
    other-version`,
  "`test/loaded.test.ts`, which looks at V8's settings when a process ends.": `
    thread/heap-growth`,
  "`test/net/http/receive.test.ts` and `test/net/grpc/client.test.ts`, which answer too early.": `
    net/grpc/send-message net/http/early-answer`,
  "`test/layout/learnt.test.ts`, over everything that writes events.": `
    layout/draft layout/steps text/depends text/part-of`,
  "`test/format/ocsf.test.ts`, which holds every event against the schema.": `
    format/ocsf-constants format/ocsf-homes format/ocsf-subjects format/ocsf-unmapped`,
  "`test/record/parse-entry.test.ts` and `entry.test.ts`, which read all kinds of entries.": `
    record/span-block`,
  "Types, constants and lists alone: the compiler looks after them.": `
    admin/page/style agent archive/archive-store archive/sha256 record/stored-file spool/archives command/definitions/all command/definitions/definition config/config
    daemon/created daemon/hops daemon/remote/orders event/event event/models finding format/format net/http/http net/grpc/grpc net/limits output/all
    ingest/day-task ingest/decided ingest/intake-options ingest/past-days-options ingest/shown-day-options ingest/sightings output/output output/syslog/carrier output/otlp/sender output/otlp/options output/kafka/error-table own/own-origin record/origin record/passage record/reading record/record report/report
    simulate/http-behaviour simulate/kafka-behavior simulate/wandb-behaviour source/all source/source
    source/wandb-api/round/progress spool/backfill spool/migrations/all spool/remote/question spool/replays spool/spool-error spool/spool-state spool/closed-day spool/scratch spool/trends spool/witnessed spool/spool
    spool/sqlite/own-rows spool/sqlite/state spool/sqlite/tables spool/store status/runtime-view status/status-report
    telemetry/options text/notes`,
  "`test/spool/remote/remote-spool.test.ts` and `test/daemon/remote/remote-delivery.test.ts`, which have both ends of a line.": `
    daemon/remote/ordered-signals daemon/remote/serve-delivery
    spool/remote/serve-spool`,
  "The stand-ins: every test of an output or a source relies on them, and on what they say they took.": `
    simulate/archive-receiver simulate/elasticsearch-admin simulate/elasticsearch-cluster simulate/elasticsearch-receiver simulate/endpoint-receiver simulate/file-receiver simulate/grpc-answer simulate/grpc-receiver simulate/hec-channels simulate/hec-events simulate/hec-receiver simulate/http-receiver
    simulate/loopback-server simulate/otlp-decode simulate/otlp-receiver simulate/rehearsal simulate/rehearsal-config
    simulate/kafka-answers simulate/kafka-log simulate/kafka-receiver simulate/kafka-records simulate/kafka-wire
    simulate/relp-behavior simulate/relp-frames simulate/relp-receiver
    simulate/seeded-random simulate/split-objects simulate/syslog-frames simulate/syslog-receiver
    simulate/azure-server simulate/gcs-server simulate/object-store simulate/s3-server
    simulate/wandb-answer simulate/wandb-body simulate/wandb-dialect simulate/wandb-entry
    simulate/wandb-fault simulate/wandb-hours simulate/wandb-log simulate/wandb-server`,
  "`test/contract/archives-contract.ts` and `test/daemon/attestations.test.ts`.": `
    spool/sqlite/archive-books spool/sqlite/archive-desk`,
  "`test/contract/spool-contract.ts`, and `damage`, `books` and `state-directory` in `test/spool`, which look at the whole.": `
    spool/full-spool spool/migrations/001-tables spool/spool-of-store
    spool/sqlite/damages spool/sqlite/dead-letters
    spool/sqlite/failure spool/sqlite/lock spool/sqlite/migrate
    spool/lost-state spool/sqlite/outputs spool/sqlite/repair/quarantine
    spool/sqlite/repair/rows-in-reach spool/sqlite/repair/salvage spool/sqlite/repair/swap
    spool/migrations/002-side-queue spool/migrations/003-places spool/migrations/004-known spool/migrations/006-own-events
    spool/sqlite/repair/consequences spool/sqlite/known-pieces spool/sqlite/destinations
    spool/sqlite/begin spool/sqlite/new-state spool/sqlite/tell-due
    spool/sqlite/register-sources spool/sqlite/settle
    spool/sqlite/rename-output spool/sqlite/store-options spool/sqlite/letter-moves spool/sqlite/record-columns
    spool/sqlite/waiting spool/sqlite/sealed-table`,
  "`test/spool/segment/segments.test.ts`, which asks the same of all segments.": `
    spool/segment/segment-memory`,
  "`test/contract/output-contract.ts` against every output, and the test of the output.": `
    output/elasticsearch/already-there output/elasticsearch/credential output/elasticsearch/document output/elasticsearch/kind
    output/elasticsearch/lifecycle output/elasticsearch/privileges output/elasticsearch/product output/elasticsearch/request-answer
    output/elasticsearch/stream output/elasticsearch/stream-readiness output/elasticsearch/template
    output/file/file-result output/file/kind output/file/open-file output/file/probe
    output/otlp/kind output/otlp/exported output/otlp/grpc-sender output/otlp/http-sender output/otlp/preview output/otlp/probe output/otlp/record
    output/kafka/client output/kafka/messages
    output/kafka/probe output/kafka/reach output/kafka/sasl-config output/kafka/topic-facts
    output/http-keys output/http/kind output/http/probe output/http/body output/http/oldest output/http/auth/authorization output/http/auth/issued-bearer output/token
    output/client-credentials output/http/auth/config format/quoted-text
    format/otlp-request format/protobuf-reader output/splunk-hec/confirmation
    output/splunk-hec/request output/stdout/kind output/syslog/address output/syslog/header
    output/syslog/probe output/syslog/relp-open output/syslog/relp-probe`,
  "The tests of `client`, `receive` and `dial` in `test/net`, which meet what they say.": `
    net/http/bad-answer net/http/proxy-fault net/http/route net/http/unanswered net/in-time`,
  "`test/contract/source-contract.ts`, and the tests of `wandb-api`, which read from a server.": `
    source/wandb-api/begin-read source/wandb-api/config source/wandb-api/end-read
    source/wandb-api/newest/after-window source/wandb-api/origin
    source/wandb-api/read source/wandb-api/round/after-day source/wandb-api/round/after-days
    source/wandb-api/round/after-refusal source/wandb-api/round/step`,
  "`test/source/stored-log/shelf-reader.test.ts`, `test/contract/source-contract.ts` and the tests of `file`, which read whole volumes.": `
    source/stored-log/content source/stored-log/listing source/stored-log/read-volume source/stored-log/rows
    source/stored-log/stored-keys source/stored-log/volume
    source/file/kind`,
  "`test/archive/bucket/bucket-archive.test.ts`, which stores in a stand-in of each store, and `test/real/archive-stores.test.ts`.": `
    archive/bucket/archive-bucket archive/bucket/asked-bucket archive/bucket/azure archive/bucket/bucket-findings
    archive/bucket/gcs archive/bucket/s3 simulate/object-writes`,
  "`test/source/bucket/bucket-shelf.test.ts` and the contract of a source in `bucket.test.ts`, against a stand-in of each store.": `
    bucket/azure-client bucket/bucket-keys bucket/gcs-client bucket/s3-client
    source/bucket/azure source/bucket/gcs source/bucket/kind source/bucket/s3 source/bucket/store-client
    source/bucket/store-faults`,
  "The golden cases, `test/format/vectors.test.ts`, and the test of each format.": `
    event/action-spec event/action-table event/fallback event/rewrite format/additional format/cef-text
    format/json-members format/otlp-attributes format/otlp-value event/entry-event event/as-written
    format/values format/cim-constants format/ecs-constants format/ecs-subjects format/otlp-protobuf format/otlp-text`,
  "`test/config/load.test.ts`, which loads whole texts, and `schema.test.ts` of the commands.": `
    config/assemble config/json-schema config/parse-parts config/read-text config/schema-at config/settings
    config/file-text config/look config/typed-references config/whereabouts config/yaml-complaint config/yaml-values schema/output-base
    schema/parts schema/source-base`,
  "The tests of `program`, `run`, `check`, `map` and `status`, which give arguments and look at the output.": `
    command/command command/definitions/check command/definitions/dead-letters command/definitions/demo
    command/definitions/healthcheck command/definitions/map command/definitions/pseudonym command/definitions/places command/definitions/reload command/definitions/run
    command/definitions/schema command/definitions/setup command/definitions/simulate command/definitions/status command/healthcheck command/command-line command/described command/config-path command/letter-access command/state-access
    command/line-mapper command/machine command/mapping command/run-once command/simulate`,
  "`test/main.test.ts`, `test/loaded.test.ts`, `test/command/run.test.ts`, and `test/system/whole`, with the program as it is.": `
    builtin daemon/daemon daemon/delivery-side daemon/ingest-side
    daemon/running-daemon daemon/start-delivery daemon/stopping daemon/watch daemon/wire-outputs`,
  "`test/telemetry/telemetry.test.ts`, with a collector.": `
    telemetry/collector telemetry/exporter telemetry/metric-producer telemetry/pipelines telemetry/settings
    telemetry/spans`,
  "The tests of `server` and `status` render and ask for them.": `
    admin/ask admin/guard admin/letters admin/listen-error admin/places admin/page/books admin/page/flow admin/page/page
    admin/page/script admin/routes status/condition status/conditions status/counting status/metric-table
    status/process-metrics`,
  "`test/report/log.test.ts` has every report as a line.": `
    report/line-of report/output-line report/source-line`,
  "`test/deliver/deliver.test.ts`, `beside-the-run.test.ts` and `test/ingest`, which run the loops.": `
    deliver/deliver-options deliver/failures deliver/holds deliver/run-lane deliver/sent deliver/settler
    deliver/side-lane ingest/window-reader`,
};

const root = join(import.meta.dirname, "..");
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.replaceAll("\\", "/").slice(0, -".ts".length))
  .sort();
const listed = Object.values(testedElsewhere).flatMap((files) => files.trim().split(/\s+/));
const hasTest = (file: string) =>
  ["test", "property.test"].some((kind) => existsSync(join(root, "test", `${file}.${kind}.ts`)));

describe("tests mirror src", () => {
  it("with a test of its own name for every file that is not listed with a reason", () => {
    expect(sources.filter((file) => !hasTest(file) && !listed.includes(file))).toEqual([]);
  });

  it("and list no file that has a test, is gone, or is listed already", () => {
    const wrong = listed.filter(
      (file, index) => hasTest(file) || !sources.includes(file) || listed.indexOf(file) !== index,
    );
    expect(wrong).toEqual([]);
  });
});
