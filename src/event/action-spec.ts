/** How Splunk's Common Information Model sees an action (8.5.0). */
export interface CimSpec {
  readonly dataset: "Authentication" | "Account_Management" | "All_Changes" | "Data_Access";
  /** The verb, whatever the outcome. In Authentication the outcome itself takes its place. */
  readonly action?: string;
  readonly changeType?: string;
  readonly objectCategory?: string;
  readonly objectAttrs?: string;
  /** `user` is the affected user and `src_user` the actor. */
  readonly userIsTarget: boolean;
  readonly authentication?: "login" | "preauth";
}

/** What an action is in OCSF 1.8.0: its class and activity. */
export interface OcsfSpec {
  readonly classUid: number;
  readonly activityId: number;
}

/** What an action is, apart from how it ended. */
export interface ActionSpec {
  /** W&B documents it, or it is this program's own; otherwise the rest is a guess from its words. */
  readonly known: boolean;
  /** Neutral about the outcome: `User login`, never `User logged in`. */
  readonly name: string;
  readonly objectType: string;
  readonly category: readonly string[];
  readonly type: readonly string[];
  /** 0 to 10 on the CEF scale, before a failure raises it. */
  readonly severity: number;
  /** OTLP: `wandb.audit.<noun>.<verb>`, at most 256 characters of [a-z0-9_.]. */
  readonly eventName: string;
  /** Absent when no data model fits. */
  readonly cim: CimSpec | undefined;
  readonly ocsf: OcsfSpec;
}

/** What is known about one documented action before any event is seen. */
export interface ActionRow
  extends Pick<ActionSpec, "name" | "objectType" | "category" | "type" | "severity" | "ocsf"> {
  readonly action: string;
  readonly cim: CimSpec;
}
