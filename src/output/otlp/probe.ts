import type { Finding } from "../../finding.ts";
import { certificateFindings } from "../../net/certificate.ts";
import type { HttpOptions } from "../../net/http/http.ts";
import type { SendResult } from "../output.ts";

/** What a probe is made with. */
export interface OtlpProbe {
  readonly http: HttpOptions;
  readonly deadline: AbortSignal;
  /** Sends a request without records, which a receiver should answer with a success. */
  empty(): Promise<SendResult>;
}

/** Tries address, headers and protocol. Leaves no event behind. */
export async function probeOtlp({ http, deadline, empty }: OtlpProbe): Promise<readonly Finding[]> {
  const result = await empty();
  const certificate = await certificateFindings(http, deadline);
  if (result.status === "delivered")
    return [...certificate, { level: "ok", text: `${http.url.host}: takes log records` }];
  // Some receivers call a request without records a bad one, in OTLP's own words.
  if (result.status === "refused")
    return [
      ...certificate,
      {
        level: "warning",
        text: `${http.url.host}: speaks OTLP but refuses a request without records (${result.detail}); that it takes records is not proven`,
        fix: "prove it once with --send-test-event, or look at the first delivery",
        open: true,
      },
    ];
  const fix = result.fix;
  return [...certificate, { level: "problem", text: result.detail, ...(fix !== undefined && { fix }) }];
}
