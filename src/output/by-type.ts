import { type AnyOutputKind, anyOutputKind } from "./configured.ts";

/**
 * Every kind of output the configuration may name, by its type: each is loaded when it is asked for, because
 * most are never used. A new one is one more line, as in `all.ts`.
 */
export const outputKindsByType: Readonly<Record<string, () => Promise<AnyOutputKind>>> = {
  stdout: async () => anyOutputKind((await import("./stdout/kind.ts")).stdoutKind),
  splunk_hec: async () => anyOutputKind((await import("./splunk-hec/kind.ts")).splunkHecKind),
  syslog: async () => anyOutputKind((await import("./syslog/kind.ts")).syslogKind),
  otlp: async () => anyOutputKind((await import("./otlp/kind.ts")).otlpKind),
  elasticsearch: async () => anyOutputKind((await import("./elasticsearch/kind.ts")).elasticsearchKind),
  file: async () => anyOutputKind((await import("./file/kind.ts")).fileOutputKind),
  http: async () => anyOutputKind((await import("./http/kind.ts")).httpKind),
  kafka: async () => anyOutputKind((await import("./kafka/kind.ts")).kafkaKind),
  archive: async () => anyOutputKind((await import("./archive/kind.ts")).archiveKind),
};
