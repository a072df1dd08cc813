import type { ActionRow, CimSpec, OcsfSpec } from "./action-spec.ts";
import { account, change, dataAccess, login, logout, ocsf, preauth } from "./models.ts";

/**
 * A guess at an action that W&B does not document, from its words. It errs on the side of calling something a
 * mere change: a rule that watches for new accounts must not be set off by a new token.
 */
export function fallbackRow(action: string): ActionRow {
  const colon = action.indexOf(":");
  const noun = colon === -1 ? "unknown" : action.slice(0, colon);
  const tokens = action.slice(colon + 1).split(/[_:.\-/ ]/);
  const nounClass = nounClassOf(noun);
  const { verbClass, token } = verbClassOf(tokens);
  const subject = subjectOf(nounClass, verbClass, token, tokens);
  return {
    action,
    name: "Unrecognized W&B action",
    objectType: subject.nounClass === "resource" ? noun : subject.nounClass === "group" ? "team" : "user",
    severity: guessedSeverity(nounClass, verbClass),
    ...traitsOf(subject, noun),
  };
}

type NounClass = "user" | "group" | "resource";
type VerbClass = keyof typeof severities | "member_add" | "member_remove";
interface Subject {
  readonly nounClass: NounClass;
  readonly verbClass: VerbClass;
}

const severities = {
  preauth: 1,
  login: 3,
  logout: 1,
  restore: 4,
  delete: 6,
  create: 4,
  read: 2,
  stop: 4,
  disable: 5,
  update: 4,
  other: 3,
} as const;

const userNouns = words("user users account service_account serviceaccount member admin");
const groupNouns = words("team teams group org organization entity role scim");
const loginTokens = words("login signin sso authenticate");
const beginningTokens = words("initiate start begin challenge");
/** The first list that has one of the words decides, so `undelete` is not `delete`. */
const verbLists: readonly (readonly [VerbClass & keyof typeof severities, ReadonlySet<string>])[] = [
  ["login", loginTokens],
  ["logout", words("logout signout logoff")],
  ["restore", words("undelete restore reactivate unarchive enable activate unlock unsuspend recover")],
  ["delete", words("delete remove destroy purge revoke uninvite drop trash erase")],
  ["create", words("create add invite new register provision upload import generate copy fork")],
  ["read", words("read get list view search query download export fetch access")],
  ["stop", words("stop cancel kill terminate pause")],
  ["disable", words("deactivate disable suspend lock block")],
  [
    "update",
    words(
      "update edit set change modify rename move transfer rotate grant assign promote demote share unshare " +
        "archive resume start approve upsert patch save log link publish",
    ),
  ],
];
/** Which of the lists has a word. */
const listOf = new Map(
  verbLists.flatMap(([, list], at) => Array.from(list, (word) => [word, at] as const)).toReversed(),
);
const fillers = words("many batch all permanently self to from for a the");
const accountWords = words("user users account accounts");
const memberWords = words("user users account accounts member members");
const accountMaking = words("create new register provision");
const accountEnding = words("delete purge destroy erase");
const mutating: ReadonlySet<VerbClass> = new Set([
  "create",
  "update",
  "restore",
  "disable",
  "stop",
  "delete",
]);

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}

function nounClassOf(noun: string): NounClass {
  if (userNouns.has(noun)) return "user";
  return groupNouns.has(noun) ? "group" : "resource";
}

function verbClassOf(tokens: readonly string[]): {
  verbClass: VerbClass & keyof typeof severities;
  token: string;
} {
  let first = verbLists.length;
  let token = "";
  let begins = false;
  for (const word of tokens) {
    begins ||= beginningTokens.has(word);
    const list = listOf.get(word) ?? first;
    if (list >= first) continue;
    first = list;
    token = word;
  }
  const verbClass = verbLists[first]?.[0] ?? "other";
  return { verbClass: begins && verbClass === "login" ? "preauth" : verbClass, token };
}

function guessedSeverity(nounClass: NounClass, verbClass: VerbClass & keyof typeof severities): number {
  return severities[verbClass] + (nounClass !== "resource" && mutating.has(verbClass) ? 1 : 0);
}

/**
 * What is operated on: the noun itself, an account under it, its membership, or only something that belongs
 * to it.
 */
function subjectOf(
  nounClass: NounClass,
  verbClass: VerbClass,
  token: string,
  tokens: readonly string[],
): Subject {
  if (nounClass === "resource" || !mutating.has(verbClass)) return { nounClass, verbClass };
  const residual = tokens.filter((word) => word !== token && word !== "" && !fillers.has(word));
  if (residual.length === 0) return { nounClass, verbClass };
  const namesAccount = residual.some((word) => accountWords.has(word));
  if (namesAccount && accountMaking.has(token)) return { nounClass: "user", verbClass: "create" };
  if (namesAccount && accountEnding.has(token)) return { nounClass: "user", verbClass: "delete" };
  if (nounClass === "group" && residual.some((word) => memberWords.has(word))) {
    if (verbClass === "create") return { nounClass, verbClass: "member_add" };
    if (verbClass === "delete") return { nounClass, verbClass: "member_remove" };
  }
  return { nounClass, verbClass: "update" };
}

interface Traits {
  readonly category: readonly string[];
  readonly type: readonly string[];
  readonly cim: CimSpec;
  readonly ocsf: OcsfSpec;
}

function traitsOf({ nounClass, verbClass }: Subject, noun: string): Traits {
  if (verbClass === "login")
    return { category: ["authentication", "session"], type: ["start"], cim: login, ocsf: ocsf.logon };
  if (verbClass === "preauth")
    return { category: ["authentication"], type: ["info"], cim: preauth, ocsf: ocsf.preauth };
  if (verbClass === "logout")
    return { category: ["authentication", "session"], type: ["end"], cim: logout, ocsf: ocsf.logoff };
  if (nounClass === "user") return userTraits(verbClass);
  return nounClass === "group" ? groupTraits(verbClass) : resourceTraits(verbClass, noun);
}

function userTraits(verb: VerbClass): Traits {
  const traits = (type: string, cim: CimSpec, ocsf: OcsfSpec) => ({
    category: ["iam"],
    type: ["user", type],
    cim,
    ocsf,
  });
  if (verb === "create") return traits("creation", account("created", "user"), ocsf.accountCreate);
  if (verb === "delete") return traits("deletion", account("deleted", "user"), ocsf.accountDelete);
  if (verb === "read") return traits("info", change("AAA", "read", "user"), ocsf.entityRead);
  if (verb === "other") return traits("info", change("AAA", "unknown", "user"), ocsf.entityOther);
  const activity =
    verb === "restore" ? ocsf.accountEnable : verb === "disable" ? ocsf.accountDisable : ocsf.entityUpdate;
  return traits("change", account("modified", "user"), activity);
}

function groupTraits(verb: VerbClass): Traits {
  const traits = (type: string[], cim: CimSpec, ocsf: OcsfSpec) => ({
    category: ["iam"],
    type,
    cim,
    ocsf,
  });
  if (verb === "create")
    return traits(["group", "creation"], change("AAA", "created", "group"), ocsf.groupCreate);
  if (verb === "delete")
    return traits(["group", "deletion"], change("AAA", "deleted", "group"), ocsf.groupDelete);
  if (verb === "read") return traits(["group", "info"], change("AAA", "read", "group"), ocsf.entityRead);
  if (verb === "other") return traits(["group", "info"], change("AAA", "unknown", "group"), ocsf.entityOther);
  if (verb === "member_add" || verb === "member_remove") {
    const activity = verb === "member_add" ? ocsf.groupAddUser : ocsf.groupRemoveUser;
    return traits(["user", "group", "change"], account("modified", "group", "members"), activity);
  }
  return traits(["group", "change"], change("AAA", "modified", "group"), ocsf.entityUpdate);
}

function resourceTraits(verb: VerbClass, noun: string): Traits {
  const traits = (type: string, cim: CimSpec, ocsf: OcsfSpec) => ({
    category: ["api"],
    type: [type],
    cim,
    ocsf,
  });
  const changed = (action: string) => change("application", action, noun);
  if (verb === "create") return traits("creation", changed("created"), ocsf.apiCreate);
  if (verb === "delete") return traits("deletion", changed("deleted"), ocsf.apiDelete);
  if (verb === "read") return traits("access", dataAccess("read", noun), ocsf.apiRead);
  if (verb === "stop") return traits("end", changed("stopped"), ocsf.apiUpdate);
  if (verb === "other") return traits("info", changed("unknown"), ocsf.apiOther);
  return traits("change", changed("modified"), ocsf.apiUpdate);
}
