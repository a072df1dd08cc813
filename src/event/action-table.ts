import type { ActionRow, CimSpec, OcsfSpec } from "./action-spec.ts";
import { account, change, dataAccess, login, logout, ocsf, preauth } from "./models.ts";

/**
 * The actions that W&B documents. Two choices need knowing: API keys are a change of their user, not a
 * creation or deletion, because every stock rule reads that as an account's; and a login that only begins is
 * not a login.
 */
export const actionTable: readonly ActionRow[] = [
  artifact("artifact:create", "Artifact creation", 2, "creation", "created", ocsf.apiCreate),
  artifact("artifact:delete", "Artifact deletion", 5, "deletion", "deleted", ocsf.apiDelete),
  artifact("artifact:read", "Artifact read", 1, "access", "read", ocsf.apiRead),
  api("project:delete", "Project deletion", 6, "deletion", changed("deleted", "project"), ocsf.apiDelete),
  api("project:read", "Project read", 1, "access", dataAccess("read", "project"), ocsf.apiRead),
  api("report:read", "Report read", 1, "access", dataAccess("read", "report"), ocsf.apiRead),
  api("run:delete", "Run deletion", 4, "deletion", changed("deleted", "run"), ocsf.apiDelete),
  api("run:delete_many", "Batch run deletion", 6, "deletion", changed("deleted", "run"), ocsf.apiDelete),
  api("run:update_many", "Batch run update", 2, "change", changed("modified", "run"), ocsf.apiUpdate),
  api("run:stop", "Run stop", 3, "end", changed("stopped", "run"), ocsf.apiUpdate),
  api(
    "run:undelete_many",
    "Batch run restore",
    3,
    "change",
    changed("modified", "run", "trash_state"),
    ocsf.apiUpdate,
  ),
  api("run:update", "Run update", 1, "change", changed("modified", "run"), ocsf.apiUpdate),
  api(
    "sweep:create_agent",
    "Sweep agent creation",
    2,
    "creation",
    changed("created", "sweep_agent"),
    ocsf.apiCreate,
  ),
  member("team:invite_user", "Team user invitation", 5, ocsf.groupAddUser),
  iam(
    "team:create_service_account",
    "service_account",
    "Team service account creation",
    7,
    ["user", "creation"],
    account("created", "user", "service_account"),
    ocsf.accountCreate,
  ),
  iam(
    "team:create",
    "team",
    "Team creation",
    4,
    ["group", "creation"],
    change("AAA", "created", "group"),
    ocsf.groupCreate,
  ),
  member("team:uninvite", "Team user uninvitation", 4, ocsf.groupRemoveUser),
  iam(
    "team:delete",
    "team",
    "Team deletion",
    8,
    ["group", "deletion"],
    change("AAA", "deleted", "group"),
    ocsf.groupDelete,
  ),
  iam(
    "user:create",
    "user",
    "User creation",
    5,
    ["user", "creation"],
    account("created", "user"),
    ocsf.accountCreate,
  ),
  iam(
    "user:delete_api_key",
    "api_key",
    "API key deletion",
    4,
    ["user", "change"],
    account("modified", "user", "api_key"),
    ocsf.entityDelete,
  ),
  iam(
    "user:deactivate",
    "user",
    "User deactivation",
    6,
    ["user", "change"],
    account("modified", "user", "status"),
    ocsf.accountDisable,
  ),
  iam(
    "user:create_api_key",
    "api_key",
    "API key creation",
    6,
    ["user", "change"],
    account("modified", "user", "api_key"),
    ocsf.entityCreate,
  ),
  iam(
    "user:permanently_delete",
    "user",
    "User permanent deletion",
    8,
    ["user", "deletion"],
    account("deleted", "user"),
    ocsf.accountDelete,
  ),
  iam(
    "user:reactivate",
    "user",
    "User reactivation",
    6,
    ["user", "change"],
    account("modified", "user", "status"),
    ocsf.accountEnable,
  ),
  iam(
    "user:update",
    "user",
    "User update",
    4,
    ["user", "change"],
    account("modified", "user"),
    ocsf.entityUpdate,
  ),
  iam(
    "user:read",
    "user",
    "User profile read",
    2,
    ["user", "info"],
    change("AAA", "read", "user"),
    ocsf.entityRead,
  ),
  session("user:login", "User login", 3, ["authentication", "session"], "start", login, ocsf.logon),
  session(
    "user:initiate_login",
    "User login initiation",
    1,
    ["authentication"],
    "info",
    preauth,
    ocsf.preauth,
  ),
  session("user:logout", "User logout", 1, ["authentication", "session"], "end", logout, ocsf.logoff),
  iam(
    "organization:update_member",
    "user",
    "Organization member update",
    7,
    ["user", "change"],
    account("modified", "user", "organization_role"),
    ocsf.entityUpdate,
  ),
];

function changed(action: string, objectCategory: string, objectAttrs?: string): CimSpec {
  return change("application", action, objectCategory, objectAttrs);
}

function api(
  action: string,
  name: string,
  severity: number,
  type: string,
  cim: CimSpec,
  ocsf: OcsfSpec,
): ActionRow {
  return {
    action,
    name,
    objectType: cim.objectCategory ?? "",
    category: ["api"],
    type: [type],
    severity,
    cim,
    ocsf,
  };
}

function artifact(
  action: string,
  name: string,
  severity: number,
  type: string,
  verb: string,
  ocsf: OcsfSpec,
): ActionRow {
  const row = api(action, name, severity, type, dataAccess(verb, "artifact"), ocsf);
  return { ...row, category: ["api", "file"] };
}

function iam(
  action: string,
  objectType: string,
  name: string,
  severity: number,
  type: readonly string[],
  cim: CimSpec,
  ocsf: OcsfSpec,
): ActionRow {
  return { action, name, objectType, category: ["iam"], type, severity, cim, ocsf };
}

function member(action: string, name: string, severity: number, ocsf: OcsfSpec): ActionRow {
  return iam(
    action,
    "team",
    name,
    severity,
    ["user", "group", "change"],
    account("modified", "group", "members"),
    ocsf,
  );
}

function session(
  action: string,
  name: string,
  severity: number,
  category: readonly string[],
  type: string,
  cim: CimSpec,
  ocsf: OcsfSpec,
): ActionRow {
  return { action, name, objectType: "user", category, type: [type], severity, cim, ocsf };
}
