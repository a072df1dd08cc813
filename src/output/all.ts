import { archiveKind } from "./archive/kind.ts";
import { type AnyOutputKind, anyOutputKind } from "./configured.ts";
import { elasticsearchKind } from "./elasticsearch/kind.ts";
import { fileOutputKind } from "./file/kind.ts";
import { httpKind } from "./http/kind.ts";
import { kafkaKind } from "./kafka/kind.ts";
import { otlpKind } from "./otlp/kind.ts";
import { splunkHecKind } from "./splunk-hec/kind.ts";
import { stdoutKind } from "./stdout/kind.ts";
import { syslogKind } from "./syslog/kind.ts";

/** Every kind of output the configuration may name. A new one is one more line. */
export const outputKinds: readonly AnyOutputKind[] = [
  anyOutputKind(stdoutKind),
  anyOutputKind(splunkHecKind),
  anyOutputKind(syslogKind),
  anyOutputKind(otlpKind),
  anyOutputKind(elasticsearchKind),
  anyOutputKind(fileOutputKind),
  anyOutputKind(httpKind),
  anyOutputKind(kafkaKind),
  anyOutputKind(archiveKind),
];
