import { otlpKind } from "./otlp/kind.ts";
import { splunkHecKind } from "./splunk-hec/kind.ts";
import { stdoutKind } from "./stdout/kind.ts";
import { syslogKind } from "./syslog/kind.ts";

/** Every kind of output. A new one is one more line. */
export const outputKinds = [stdoutKind, splunkHecKind, syslogKind, otlpKind] as const;
