import { type Rehearsal, rehearsalCredentials } from "./rehearsal.ts";

/**
 * A configuration that connects the daemon to a rehearsal. What writes to Kafka is not a part of the program:
 * unless `kafka` says that it is there, that output is a comment.
 */
export function rehearsalConfig(
  { wandb, hec, syslog, relp, otlp, http, elasticsearch, kafka, file, archive }: Rehearsal,
  stateDir: string,
  adminPort: number,
  { kafka: withKafka = false }: { readonly kafka?: boolean } = {},
): string {
  const stream = `  - name: stream
    type: kafka
    brokers: ["${kafka.address}"]
    topic: ${kafka.topic}
    transport: plaintext
`;
  return `# For rehearsals: everything is on this machine.
state_dir: ${stateDir}
sources:
  - name: wandb
    type: wandb_api
    url: ${wandb.url}
    instance: rehearsal.wandb.example
    api_key: \${REHEARSAL_API_KEY}
    poll_interval: 2s
    start: 2d
    lookback: 3d
outputs:
  - name: splunk
    type: splunk_hec
    url: ${hec.url}
    token: \${REHEARSAL_HEC_TOKEN}
    index: security
  - name: soc
    type: syslog
    address: ${syslog.url}
    format: cef
  - name: relay
    type: syslog
    address: ${relp.url}
    format: json
  - name: collector
    type: otlp
    endpoint: ${otlp.url}
  - name: web
    type: http
    url: ${http.url}/logs
    body: json_array
  - name: search
    type: elasticsearch
    urls: [${elasticsearch.url}]
    manage_template: true
  - name: lines
    type: file
    path: ${file.path}
  - name: vault
    type: archive
    url: ${archive.url}
    roll: 1s
    attest: true
${withKafka ? stream : stream.replaceAll(/^/gm, "#").replace(/#$/, "")}admin: { listen: 127.0.0.1:${adminPort} }
`;
}

/** The environment variables that `rehearsalConfig` reads. */
export const rehearsalEnvironment = {
  REHEARSAL_API_KEY: rehearsalCredentials.apiKey,
  REHEARSAL_HEC_TOKEN: rehearsalCredentials.hecToken,
} as const;
