import { actionTable } from "../../src/event/action-table.ts";
import { actionSpec } from "../../src/event/actions.ts";
import { ecsCategory, ecsType, severityOf } from "../../src/event/derive.ts";
import { isIdKey, knownKeys } from "../../src/record/known-keys.ts";

/** W&B's keys by the keys of CEF that they are in. */
const keysOfCef: Readonly<Record<string, string>> = {
  ...{
    act: "action",
    suid: "actor_user_id",
    suser: "actor_email",
    src: "actor_ip",
    c6a2: "actor_ip",
    cn1: "response_code",
  },
  ...{
    duid: "user_asset",
    duser: "user_email",
    cs4: "entity_asset",
    cs1: "entity_name",
    cs5: "project_asset",
  },
  ...{
    cs2: "project_name",
    cs3: "report_name",
    fileId: "artifact_asset",
    flexString2: "artifact_sequence_asset",
  },
  ...{ fileHash: "artifact_digest", filePath: "artifact_qualified_name", flexString1: "run_asset" },
};

const outcomes = { success: 200, failure: 500, denied: 403 } as const;

/** What the format `ecs` says of an action, by how it ended. */
function traits(action: string) {
  const spec = actionSpec(action);
  return Object.fromEntries(
    Object.entries(outcomes).map(([outcome, code]) => [
      outcome,
      {
        category: ecsCategory({ code }, spec),
        type: ecsType({ code }, spec),
        severity: severityOf({ code }, spec),
      },
    ]),
  );
}

/** What of a value that a record may have is none: as the formats take it (docs/mapping.md, N3 to N8). */
const functions = `
String plain(String text) {
  StringBuilder made = new StringBuilder();
  for (int at = 0; at < text.length(); at++) {
    char here = text.charAt(at);
    if (here == (char)'\\\\' && at + 1 < text.length()) {
      at++;
      here = text.charAt(at);
      if (here == (char)'n') { here = (char)10; } else if (here == (char)'r') { here = (char)13; }
    }
    made.append(here);
  }
  return made.toString().trim();
}
String textOf(def value, boolean isId) {
  if (value == null || value instanceof Map || value instanceof List || value instanceof Boolean) { return null; }
  String text = value.toString();
  return text == "" || (isId && value instanceof Number && text == "0") ? null : text;
}
Integer codeOf(String text) {
  String digits = text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  if (digits.length() != 3) { return null; }
  try {
    int code = Integer.parseInt(digits);
    if (code >= 100 && code < 600) { return code; }
  } catch (NumberFormatException e) { return null; }
  return null;
}
String timeOf(String text) {
  String iso = text.replace(" ", "T").replace(",", ".");
  try { return ZonedDateTime.parse(iso).toInstant().toString(); } catch (Exception e) {}
  try { return ZonedDateTime.parse(iso + "Z").toInstant().toString(); } catch (Exception e) { return null; }
}
String addressOf(String list) {
  int comma = list.indexOf(",");
  String text = (comma < 0 ? list : list.substring(0, comma)).replace("\\"", "").trim();
  int end = text.indexOf("]");
  int colon = text.indexOf(":");
  if (text.startsWith("[") && end > 0) { text = text.substring(1, end); }
  else if (text.contains(".") && colon >= 0 && colon == text.lastIndexOf(":")) { text = text.substring(0, colon); }
  int zone = text.indexOf("%");
  if (zone >= 0) { text = text.substring(0, zone); }
  return text.toLowerCase().startsWith("::ffff:") && text.contains(".") ? text.substring(7) : text;
}
`.trim();

const script = `
${functions}
Map record = new TreeMap();
if (ctx.wandb_tmp.record != null) { record.putAll(ctx.wandb_tmp.record); }
if (ctx.wandb_tmp.cef != null) {
  for (entry in ctx.wandb_tmp.cef.entrySet()) {
    String value = plain(entry.getValue().toString());
    if (params.keys.containsKey(entry.getKey())) { record.put(params.keys.get(entry.getKey()), value); }
    else if (entry.getKey() == "requestClientApplication" && value.startsWith("wandb-python/")) { record.put("cli_version", value.substring(13)); }
    else if (entry.getKey() == "externalId") { ctx.event.id = value; }
    else if (entry.getKey() == "msg") { ctx.message = value; }
    else if (entry.getKey() == "dvchost") { ctx.observer.hostname = value; }
    else if (entry.getKey() == "deviceExternalId") { ctx.observer.name = value; }
    else if (entry.getKey() == "cn2" || entry.getKey() == "wandb_rehearsal") {
      if (ctx.labels == null) { ctx.labels = new HashMap(); }
      ctx.labels.put(entry.getKey() == "cn2" ? "replay_id" : "wandb_rehearsal", value);
    }
    else if (entry.getKey() == "rt") { ctx['@timestamp'] = Instant.ofEpochMilli(Long.parseLong(value)).toString(); }
  }
}
if (ctx.wandb_tmp.rest != null) { for (entry in ctx.wandb_tmp.rest.entrySet()) { if (params.known.contains(entry.getKey())) { record.put(entry.getKey(), entry.getValue()); } } }
if (ctx.wandb_tmp.record != null && ctx.wandb_tmp.record.get("labels") instanceof Map) {
  def rehearsal = ctx.wandb_tmp.record.get("labels").get("wandb_rehearsal");
  if (rehearsal instanceof String) { ctx.labels = new HashMap(); ctx.labels.put("wandb_rehearsal", rehearsal); }
}
Map audit = new TreeMap();
for (key in params.known) {
  String text = textOf(record.get(key), params.ids.contains(key));
  if (text == null) { continue; }
  if (key != "response_code") { audit.put(key, key == "action" ? text.trim() : text); continue; }
  Integer code = codeOf(text);
  if (code != null) { audit.put(key, code); }
}
ctx.wandb = new HashMap();
ctx.wandb.audit = audit;
String action = audit.containsKey("action") ? audit.get("action") : "unknown";
def code = audit.get("response_code");
String outcome = code == null || code < 200 ? "unknown" : (code < 400 ? "success" : "failure");
String how = outcome != "failure" ? "success" : (code == 401 || code == 403 ? "denied" : "failure");
def traits = params.actions.containsKey(action.toLowerCase()) ? params.actions.get(action.toLowerCase()).get(how) : params.other.get(how);
ctx.event.kind = "event"; ctx.event.category = traits.category; ctx.event.type = traits.type; ctx.event.severity = traits.severity;
ctx.event.outcome = outcome; ctx.event.action = action; ctx.event.module = "wandb"; ctx.event.provider = "wandb";
if (outcome == "failure") { ctx.event.reason = "HTTP " + code; }
boolean own = action.startsWith("wandb-audit-forwarder:");
ctx.event.dataset = own ? "wandb_audit_forwarder.event" : "wandb.audit";
// What ships a record says when it read it: that is no event's time.
String time = audit.containsKey("timestamp") ? timeOf(audit.get("timestamp")) : null;
if (time != null) { ctx['@timestamp'] = time; }
if (ctx['@timestamp'] == null) { ctx['@timestamp'] = ctx.event.ingested; }
if (code != null) { ctx.http = new HashMap(); ctx.http.response = new HashMap(); ctx.http.response.status_code = code; }
if (audit.get("actor_user_id") != null || audit.get("actor_email") != null || audit.get("user_asset") != null || audit.get("user_email") != null) { ctx.user = new HashMap(); }
if (audit.get("actor_user_id") != null) { ctx.user.id = audit.get("actor_user_id"); }
if (audit.get("actor_email") != null) {
  String email = audit.get("actor_email");
  ctx.user.email = email; ctx.user.name = email;
}
if (audit.get("actor_ip") != null) {
  ctx.source = new HashMap(); ctx.source.address = audit.get("actor_ip");
  ctx.wandb_address = addressOf(audit.get("actor_ip"));
}
if (audit.get("artifact_qualified_name") != null) { ctx.file = new HashMap(); ctx.file.path = audit.get("artifact_qualified_name"); }
if (audit.get("cli_version") != null) { ctx.user_agent = new HashMap(); ctx.user_agent.name = "wandb-python"; ctx.user_agent.version = audit.get("cli_version"); }
if (audit.get("audit_log_error") != null) { ctx.error = new HashMap(); ctx.error.message = audit.get("audit_log_error"); }
if (ctx.event.id == null) { ctx.event.id = ctx.message.sha256().substring(0, 32); }
ctx.remove("wandb_tmp");
`.trim();

/** A pipeline that makes documents of CEF lines and of W&B's own records, as far as they have what the format `ecs` has. */
export const ingestPipeline = {
  description:
    "W&B audit log: CEF lines and raw records in `message` become the documents that wandb-audit-forwarder's format ecs has.",
  processors: [
    { set: { field: "event.original", value: "{{{message}}}", override: false } },
    { set: { field: "event.ingested", value: "{{{_ingest.timestamp}}}" } },
    {
      set: {
        field: "observer",
        value: { vendor: "Weights & Biases", product: "W&B", type: "application" },
        override: false,
      },
    },
    { set: { field: "wandb_tmp", value: {} } },
    {
      grok: {
        field: "message",
        // A record in which somebody has named something CEF: is none.
        if: "!ctx.message.startsWith('{') && ctx.message.contains('CEF:')",
        patterns: [
          "CEF:%{INT}\\|(?:[^|\\\\]|\\\\.)*\\|(?:[^|\\\\]|\\\\.)*\\|(?:[^|\\\\]|\\\\.)*\\|(?:[^|\\\\]|\\\\.)*\\|(?:[^|\\\\]|\\\\.)*\\|%{INT}\\|%{GREEDYDATA:wandb_tmp.extension}",
        ],
      },
    },
    {
      kv: {
        field: "wandb_tmp.extension",
        target_field: "wandb_tmp.cef",
        field_split: " (?=\\w+=)",
        value_split: "(?<!\\\\)=",
        if: "ctx.wandb_tmp.extension != null",
      },
    },
    // What has no key of its own in CEF is JSON.
    {
      script: {
        source:
          "ctx.wandb_tmp.rest_text = ctx.wandb_tmp.cef.cs6.replace('\\\\=', '=').replace('\\\\\\\\', '\\\\');",
        if: "ctx.wandb_tmp.cef?.cs6 != null",
      },
    },
    {
      json: {
        field: "wandb_tmp.rest_text",
        target_field: "wandb_tmp.rest",
        if: "ctx.wandb_tmp.rest_text != null",
        ignore_failure: true,
      },
    },
    { json: { field: "message", target_field: "wandb_tmp.record", if: "ctx.message.startsWith('{')" } },
    {
      script: {
        source: script,
        params: {
          keys: keysOfCef,
          known: knownKeys,
          ids: knownKeys.filter(isIdKey),
          actions: Object.fromEntries(actionTable.map(({ action }) => [action, traits(action)])),
          other: traits("unknown:action"),
        },
      },
    },
    {
      convert: {
        field: "wandb_address",
        target_field: "source.ip",
        type: "ip",
        ignore_missing: true,
        ignore_failure: true,
      },
    },
    { remove: { field: "wandb_address", ignore_missing: true } },
  ],
  on_failure: [{ set: { field: "error.message", value: "{{{_ingest.on_failure_message}}}" } }],
};
