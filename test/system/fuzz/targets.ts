import { bulkAnswers, endpointAnswers, grpcAnswers, hecAnswers, otlpAnswers } from "./answers.ts";
import { body } from "./body.ts";
import { configuration } from "./configuration.ts";
import { formatTargets, normaliser } from "./events.ts";
import type { Target } from "./fuzz.ts";
import { learntLayouts } from "./learnt.ts";
import { adminHttp, controlSocket } from "./listener.ts";
import { relpAnswers, relpFrame } from "./relp.ts";
import { wire } from "./wire.ts";

/** Everything that takes bytes from outside. A new format is here by itself; another target is one more line. */
export const targets: readonly Target[] = [
  body,
  normaliser,
  ...formatTargets,
  learntLayouts,
  hecAnswers,
  otlpAnswers,
  grpcAnswers,
  relpFrame,
  relpAnswers,
  endpointAnswers,
  bulkAnswers,
  configuration,
  wire,
  adminHttp,
  controlSocket,
];
