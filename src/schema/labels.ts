import { z } from "zod";
import { knownKeys } from "../record/known-keys.ts";
import { anyOf, notOnTheWire } from "../text/hostile.ts";

const mostLabels = 20;
const longestValue = 200;
/** What CEF, Splunk, structured data and OTLP all take as a name; RFC 5424 allows 32 characters. */
const name = /^[a-z][a-z0-9_]{0,31}$/;

const words = (text: string) => text.split(" ");

/**
 * Names that something else has already, somewhere: a label is called the same in every format, and must not
 * be taken for what the event says.
 */
const taken: ReadonlySet<string> = new Set([
  ...knownKeys,
  // This program's own, in JSON, structured data and Splunk's indexed fields.
  ...words("uid event_uid outcome severity message tags labels replay_id fault raw observed instance"),
  ...words("unmapped forwarder wandb wandb_action wandb_severity wandb_rehearsal wandb_raw wandb_fault"),
  // Splunk's own fields.
  ...words("time host source sourcetype index linecount punct splunk_server eventtype tag"),
  // Common Information Model.
  ...words("app change_type cim_dataset command dest dvc object object_attrs object_category object_id"),
  ...words("object_path parent_object parent_object_category parent_object_id reason result result_id"),
  ...words("severity_id signature signature_id src src_ip src_user src_user_domain src_user_id"),
  ...words(
    "src_user_name status user user_agent user_domain user_id user_name vendor_account vendor_product",
  ),
  // Keys of the CEF dictionary.
  ...words(
    "act agt ahost aid amac art at atz av c6a1 c6a2 c6a3 c6a4 cat cfp1 cfp2 cfp3 cfp4 cn1 cn2 cn3 cnt",
  ),
  ...words("cs1 cs2 cs3 cs4 cs5 cs6 dhost dlat dlong dmac dntdom dpid dpriv dproc dpt dst dtz duid duser"),
  ...words(
    "dvchost dvcpid end fname fsize in msg out proto request rt shost slat slong smac sntdom spid spriv",
  ),
  ...words("sproc spt start suid suser type"),
]);

const deceiving = anyOf(notOnTheWire, { also: "\\ufffd" });

const value = z
  .string("must be a text: put numbers, true and false in quotes")
  .min(1, "must not be empty")
  .max(longestValue, `must be at most ${longestValue} characters`)
  .refine((text) => !deceiving.test(text) && text.isWellFormed(), "must be one line, of visible characters")
  .refine((text) => text === text.trim(), "must not begin or end with a space");

/** The `labels` of an output, sorted by name. */
export const labels = z
  .record(z.string(), value)
  .superRefine((written, context) => {
    const issue = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    const names = Object.keys(written);
    if (names.length > mostLabels) issue([], `must be at most ${mostLabels}`);
    for (const each of names)
      if (!name.test(each))
        issue(
          [each],
          "use 1 to 32 of a-z, 0-9 and _ as the name, a letter first: no format takes other ones",
        );
      else if (taken.has(each))
        issue([each], `is a name that events have already in some format: call it label_${each}`);
  })
  .transform((written) => Object.entries(written).sort(([one], [other]) => (one < other ? -1 : 1)))
  .describe(
    "Fixed names and values that every event of this output carries, in every format, such as `environment: production` and `tenant: acme`.",
  );
