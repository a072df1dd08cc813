import type { AuditEvent } from "../src/event/event.ts";
import { exampleEvent } from "./example-events.ts";
import { type ExampleFormat, fieldsOf } from "./payload-fields.ts";

/** Where a format has what a rule asks for: a field and the value that it has in the example. */
interface Place {
  readonly field: string;
  readonly value: string;
  /** What is told of it beside the field's name. */
  readonly note?: string;
}

/** What a rule asks for, and an event that shows it. */
interface Question {
  readonly about: string;
  readonly event: AuditEvent;
  readonly places: Readonly<Partial<Record<ExampleFormat, readonly Place[]>>>;
}

const columns: readonly (readonly [ExampleFormat, string])[] = [
  ["ecs", "ECS"],
  ["cim", "CIM, Splunk"],
  ["cef", "CEF"],
  ["json", "`json`"],
  ["otlp", "OTLP attribute"],
  ["ocsf", "OCSF"],
];

const invited =
  '{"timestamp":"2026-08-01T13:12:14Z","action":"team:invite_user","actor_user_id":1042,"response_code":403,"actor_ip":"203.0.113.24","cli_version":"0.21.0","actor_email":"admin@example.com","user_asset":2077,"user_email":"new.hire@Partner.example","entity_asset":77,"entity_name":"vision-team","project_asset":5311,"project_name":"defect-detector"}';
const read =
  '{"timestamp":"2026-08-01T13:12:24Z","action":"artifact:read","actor_user_id":1042,"response_code":200,"artifact_asset":90211,"artifact_sequence_asset":4410,"artifact_qualified_name":"vision-team/defect-detector/train-set:v12"}';
const deleted =
  '{"timestamp":"2026-08-01T13:12:34Z","action":"run:delete","actor_user_id":1042,"run_asset":771020,"project_asset":5311}';
const report =
  '{"timestamp":"2026-08-01T13:12:44Z","action":"report:read","actor_user_id":1042,"report_asset":3301}';
const strange =
  '{"timestamp":"2026-08-01T13:12:54Z","action":"registry:frobnicate","actor_user_id":1042,"actor_ip":"internal","user_agent":"W&B SDK 0.22.3"}';
const behindProxies =
  '{"timestamp":"2026-08-01T13:13:04Z","action":"project:read","actor_ip":"203.0.113.24, 10.0.0.3"}';

const denied = exampleEvent(invited);
const artifact = exampleEvent(read);
const unknown = exampleEvent(strange);
const again = Object.assign(exampleEvent(invited), { replayId: "20260801120000" });

const questions: readonly Question[] = [
  question("which action", denied, {
    ecs: at("event.action", "team:invite_user"),
    cim: both(at("wandb_action", "team:invite_user", "indexed"), at("signature_id", "team:invite_user")),
    cef: both(at("class id", "team:invite_user", "header"), at("act", "team:invite_user")),
    json: at("action", "team:invite_user"),
    otlp: at("wandb.audit.action", "team:invite_user"),
    ocsf: at("metadata.event_code", "team:invite_user"),
  }),
  question("how it ended", denied, {
    ecs: at("event.outcome", "failure"),
    cim: both(at("outcome", "failure", "indexed"), at("status", "failure")),
    cef: at("outcome", "failure"),
    json: at("outcome", "failure"),
    otlp: at("wandb.audit.outcome", "failure"),
    ocsf: at("status", "Failure"),
  }),
  question("response code: 401 and 403 are denied", denied, {
    ecs: at("http.response.status_code", "403"),
    cim: at("result_id", "403"),
    cef: at("cn1", "403", "`responseCode`"),
    json: at("response_code", "403"),
    otlp: at("http.response.status_code", "403"),
    ocsf: at("http_response.code", "403"),
  }),
  question("how grave: 0 to 10", denied, {
    ecs: at("event.severity", "7"),
    cim: both(at("wandb_severity", "7", "indexed"), at("severity_id", "7"), at("severity", "high", "a word")),
    cef: at("severity", "7", "header"),
    json: at("severity", "7"),
    otlp: at("severityNumber", "14", "member, [its scale](mapping.md#2-derived-values)"),
    ocsf: both(at("severity_id", "4", "1 to 5"), at("severity", "High")),
  }),
  question("who did it: e-mail address", denied, {
    ecs: at("user.email", "admin@example.com"),
    cim: at("src_user", "admin@example.com", "else `user` ¹"),
    cef: at("suser", "admin@example.com"),
    json: at("actor_email", "admin@example.com"),
    otlp: at("user.email", "admin@example.com"),
    ocsf: at("actor.user.email_addr", "admin@example.com"),
  }),
  question("who did it: id", denied, {
    ecs: at("user.id", "1042"),
    cim: at("src_user_id", "1042", "else `user_id` ¹"),
    cef: at("suid", "1042"),
    json: at("actor_user_id", "1042"),
    otlp: at("user.id", "1042"),
    ocsf: at("actor.user.uid", "1042"),
  }),
  question("who did it: domain", denied, {
    ecs: at("user.domain", "example.com"),
    cim: at("src_user_domain", "example.com", "else `user_domain` ¹"),
    ocsf: at("actor.user.domain", "example.com"),
  }),
  question("to whom: e-mail address", denied, {
    ecs: at("user.target.email", "new.hire@Partner.example"),
    cim: at("user", "new.hire@Partner.example", "else `object` ¹"),
    cef: at("duser", "new.hire@Partner.example"),
    json: at("user_email", "new.hire@Partner.example"),
    otlp: at("wandb.audit.user_email", "new.hire@Partner.example"),
    ocsf: at("user.email_addr", "new.hire@Partner.example", "by class"),
  }),
  question("to whom: id", denied, {
    ecs: at("user.target.id", "2077"),
    cim: at("user_id", "2077", "else `object_id` ¹"),
    cef: at("duid", "2077"),
    json: at("user_asset", "2077"),
    otlp: at("wandb.audit.user_asset", "2077"),
    ocsf: at("user.uid", "2077", "by class"),
  }),
  question("to whom: domain", denied, {
    ecs: at("user.target.domain", "partner.example"),
    cim: at("user_domain", "partner.example", "else none ¹"),
    ocsf: at("user.domain", "partner.example", "by class"),
  }),
  question("from which address", denied, {
    ecs: at("source.ip", "203.0.113.24"),
    cim: both(at("src_ip", "203.0.113.24"), at("src", "203.0.113.24")),
    cef: at("src", "203.0.113.24", "IPv6: `c6a2`"),
    json: at("actor_ip", "203.0.113.24", "as it was sent"),
    otlp: at("client.address", "203.0.113.24"),
    ocsf: at("src_endpoint.ip", "203.0.113.24"),
  }),
  question("what is no address", unknown, {
    ecs: at("source.address", "internal"),
    cim: at("src", "internal"),
    cef: at("cs6", '{"actor_ip":"internal","user_agent":"W&B SDK 0.22.3"}', "in JSON"),
    json: at("actor_ip", "internal"),
    otlp: at("wandb.audit.actor_ip", "internal"),
    ocsf: at("unmapped.actor_ip", "internal"),
  }),
  question("version of the SDK", denied, {
    ecs: at("user_agent.version", "0.21.0"),
    cim: at("user_agent", "wandb-python/0.21.0"),
    cef: at("requestClientApplication", "wandb-python/0.21.0"),
    json: at("cli_version", "0.21.0"),
    otlp: at("user_agent.version", "0.21.0"),
    ocsf: at("http_request.user_agent", "wandb-python/0.21.0"),
  }),
  question("client in its own words, if ever sent", unknown, {
    ecs: at("user_agent.original", "W&B SDK 0.22.3"),
    cim: at("user_agent", "W&B SDK 0.22.3"),
    cef: at("requestClientApplication", "W&B SDK 0.22.3"),
    json: at("unmapped.user_agent", "W&B SDK 0.22.3"),
    otlp: at("user_agent.original", "W&B SDK 0.22.3"),
    ocsf: at("http_request.user_agent", "W&B SDK 0.22.3"),
  }),
  question("team or personal entity: id", denied, {
    ecs: at("wandb.audit.entity_asset", "77"),
    cim: at("wandb.entity_asset", "77"),
    cef: at("cs4", "77", "`entityId`"),
    json: at("entity_asset", "77"),
    otlp: at("wandb.audit.entity_asset", "77"),
    ocsf: at("group.uid", "77", "by class"),
  }),
  question("project: id", denied, {
    ecs: at("wandb.audit.project_asset", "5311"),
    cim: at("wandb.project_asset", "5311"),
    cef: at("cs5", "5311", "`projectId`"),
    json: at("project_asset", "5311"),
    otlp: at("wandb.audit.project_asset", "5311"),
    ocsf: at("unmapped.project_asset", "5311", "by class"),
  }),
  question("artifact: id", artifact, {
    ecs: at("wandb.audit.artifact_asset", "90211"),
    cim: at("object_id", "90211"),
    cef: at("fileId", "90211"),
    json: at("artifact_asset", "90211"),
    otlp: at("wandb.audit.artifact_asset", "90211"),
    ocsf: at("resources.uid", "90211"),
  }),
  question("artifact: name", artifact, {
    ecs: at("file.path", "vision-team/defect-detector/train-set:v12"),
    cim: at("object", "vision-team/defect-detector/train-set:v12"),
    cef: at("filePath", "vision-team/defect-detector/train-set:v12"),
    json: at("artifact_qualified_name", "vision-team/defect-detector/train-set:v12"),
    otlp: at("wandb.audit.artifact_qualified_name", "vision-team/defect-detector/train-set:v12"),
    ocsf: at("resources.name", "vision-team/defect-detector/train-set:v12"),
  }),
  question("run: id, where W&B gives one", exampleEvent(deleted), {
    ecs: at("wandb.audit.run_asset", "771020"),
    cim: at("object_id", "771020"),
    cef: at("flexString1", "771020", "`runId`"),
    json: at("run_asset", "771020"),
    otlp: at("wandb.audit.run_asset", "771020"),
    ocsf: at("resources.uid", "771020"),
  }),
  question("report: id", exampleEvent(report), {
    ecs: at("wandb.audit.report_asset", "3301"),
    cim: at("object_id", "3301"),
    cef: at("cs6", '{"report_asset":3301}', "in JSON"),
    json: at("report_asset", "3301"),
    otlp: at("wandb.audit.report_asset", "3301"),
    ocsf: at("resources.uid", "3301"),
  }),
  question("Splunk's data model", unknown, { cim: at("cim_dataset", "All_Changes") }),
  tagged("an action nobody knows", "wandb_unknown_action", unknown),
  tagged("several addresses, perhaps forged", "wandb_ip_list", exampleEvent(behindProxies)),
  tagged("found late", "wandb_late", exampleEvent(invited, true)),
  tagged("sent again by a person", "wandb_replay", again),
  question("by which replay", again, {
    ecs: at("labels.replay_id", "20260801120000"),
    cim: at("replay_id", "20260801120000", "indexed"),
    cef: at("cn2", "20260801120000", "`replayId`"),
    json: at("replay_id", "20260801120000"),
    otlp: at("wandb.replay_id", "20260801120000"),
    ocsf: at("metadata.tags.value", "20260801120000", "name `replay_id`"),
  }),
  question("the same event again", denied, {
    ecs: at("event.id", denied.uid),
    cim: at("event_uid", denied.uid, "indexed"),
    cef: at("externalId", denied.uid),
    json: at("uid", denied.uid),
    otlp: at("log.record.uid", denied.uid),
    ocsf: at("metadata.uid", denied.uid),
  }),
  question("when it happened", denied, {
    ecs: at("@timestamp", "2026-08-01T13:12:14.000Z"),
    cim: at("_time", "1785589934"),
    cef: at("rt", "1785589934000"),
    json: at("time", "2026-08-01T13:12:14.000000000Z"),
    otlp: at("timeUnixNano", "1785589934000000000", "member"),
    ocsf: at("time", "1785589934000"),
  }),
  question("when the forwarder saw it first ²", denied, {
    ecs: at("event.created", "2026-08-01T13:24:14.000Z"),
    json: at("observed", "2026-08-01T13:24:14.000000000Z"),
    otlp: at("observedTimeUnixNano", "1785590654000000000", "member"),
    ocsf: at("metadata.logged_time", "1785590654000"),
  }),
  question("which W&B server", denied, {
    ecs: at("observer.hostname", "mycompany.wandb.io"),
    cim: both(at("dvc", "mycompany.wandb.io"), at("dest", "mycompany.wandb.io")),
    cef: at("dvchost", "mycompany.wandb.io"),
    json: at("instance", "mycompany.wandb.io"),
    otlp: at("server.address", "mycompany.wandb.io"),
  }),
];

function question(about: string, event: AuditEvent, places: Question["places"]): Question {
  return { about, event, places };
}

function at(field: string, value: string, note?: string): readonly Place[] {
  return [note === undefined ? { field, value } : { field, value, note }];
}

function both(...places: readonly (readonly Place[])[]): readonly Place[] {
  return places.flat();
}

function tagged(about: string, tag: string, event: AuditEvent): Question {
  return question(`${about}: \`${tag}\``, event, {
    ecs: at("tags", tag),
    cim: at("tags{}", tag),
    cef: at("tags", tag, "separated by commas"),
    json: at("tags", tag),
    otlp: at("wandb.tags", tag),
    ocsf: at("metadata.labels", tag),
  });
}

/**
 * The table of what rules ask for. Each field was looked up in a payload that the program made: where it is
 * not there, or does not say that, this throws.
 */
export function detectionTable(): string {
  const head = ["for detection", ...columns.map(([, title]) => title)];
  const rows = questions.map(({ about, event, places }) => [
    about,
    ...columns.map(([format]) => cellOf(format, event, places[format] ?? [], about)),
  ]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function cellOf(format: ExampleFormat, event: AuditEvent, places: readonly Place[], about: string): string {
  const fields = fieldsOf(format, event);
  return places
    .map(({ field, value, note }) => {
      const found = fields.get(field) ?? [];
      if (!found.some((each) => each === value || each.split(",").includes(value)))
        throw new Error(`${about}: ${format} has ${JSON.stringify(found)} in ${field}, not ${value}`);
      return note === undefined ? `\`${field}\`` : `\`${field}\` (${note})`;
    })
    .join(", ");
}
