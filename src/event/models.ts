import type { CimSpec, OcsfSpec } from "./action-spec.ts";

/** Requests for a user's login, as Splunk's Authentication model sees them. */
export const login: CimSpec = { dataset: "Authentication", userIsTarget: false, authentication: "login" };
/** A 302 to the identity provider: nobody has logged in yet. */
export const preauth: CimSpec = { dataset: "Authentication", userIsTarget: false, authentication: "preauth" };
/** Not Authentication: a success there counts as a login. */
export const logout: CimSpec = change("AAA", "logoff", "user");

/** Splunk's Data Access model: somebody read an object of this category. */
export function dataAccess(action: string, objectCategory: string): CimSpec {
  return { dataset: "Data_Access", action, objectCategory, userIsTarget: false };
}

/** Splunk's Change model, which is All_Changes in CIM. */
export function change(
  changeType: string,
  action: string,
  objectCategory: string,
  objectAttrs?: string,
): CimSpec {
  const attrs = objectAttrs === undefined ? {} : { objectAttrs };
  return { dataset: "All_Changes", action, changeType, objectCategory, ...attrs, userIsTarget: false };
}

/** Splunk's Account Management: a change whose `user` is the affected one. */
export function account(action: string, objectCategory: string, objectAttrs?: string): CimSpec {
  return {
    ...change("AAA", action, objectCategory, objectAttrs),
    dataset: "Account_Management",
    userIsTarget: true,
  };
}

/** OCSF classes and activities (1.8.0). */
export const ocsf = {
  accountCreate: { classUid: 3001, activityId: 1 },
  accountEnable: { classUid: 3001, activityId: 2 },
  accountDisable: { classUid: 3001, activityId: 5 },
  accountDelete: { classUid: 3001, activityId: 6 },
  logon: { classUid: 3002, activityId: 1 },
  logoff: { classUid: 3002, activityId: 2 },
  preauth: { classUid: 3002, activityId: 6 },
  entityCreate: { classUid: 3004, activityId: 1 },
  entityRead: { classUid: 3004, activityId: 2 },
  entityUpdate: { classUid: 3004, activityId: 3 },
  entityDelete: { classUid: 3004, activityId: 4 },
  entityOther: { classUid: 3004, activityId: 99 },
  groupAddUser: { classUid: 3006, activityId: 3 },
  groupRemoveUser: { classUid: 3006, activityId: 4 },
  groupDelete: { classUid: 3006, activityId: 5 },
  groupCreate: { classUid: 3006, activityId: 6 },
  apiCreate: { classUid: 6003, activityId: 1 },
  apiRead: { classUid: 6003, activityId: 2 },
  apiUpdate: { classUid: 6003, activityId: 3 },
  apiDelete: { classUid: 6003, activityId: 4 },
  apiOther: { classUid: 6003, activityId: 99 },
} as const satisfies Record<string, OcsfSpec>;
