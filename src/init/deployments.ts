import type { Deployment } from "./choices.ts";
import { httpAddress, type InitQuestion, type SecretQuestion, word } from "./question.ts";
import { storedLogs } from "./stored-logs.ts";

const secret: SecretQuestion = {
  name: "wandb-api-key",
  text: "API key of a W&B service account or admin who may read the audit log",
};

const common = (url: string | undefined, apiKey: string | undefined) => ({
  ...{ name: "wandb", type: "wandb_api", url, api_key: apiKey, start: "30d" },
});

const server = (text: string, example: string): InitQuestion => ({
  ...{ name: "wandb-url", text, example },
  wrong: httpAddress,
});

/** In the order in which they are offered. */
export const deployments: readonly Deployment[] = [
  {
    name: "self-managed",
    title: "Self-Managed: a W&B server of your own",
    questions: [server("Base URL of the W&B server", "https://wandb.corp.example")],
    secret,
    source: ({ "wandb-url": url }, apiKey) => common(url, apiKey),
  },
  {
    name: "dedicated",
    title: "Dedicated Cloud: an instance that W&B runs for you",
    questions: [server("URL of your instance", "https://acme.wandb.io")],
    secret,
    source: ({ "wandb-url": url }, apiKey) => common(url, apiKey),
  },
  {
    name: "multi-tenant",
    title: "Multi-tenant Cloud: wandb.ai, Enterprise plan",
    questions: [
      { name: "organization", text: "Name of your organization on wandb.ai", example: "acme", wrong: word },
    ],
    secret: { ...secret, text: "API key of a service account of the organization" },
    source: ({ organization = "" }, apiKey) => ({
      ...common("https://api.wandb.ai", apiKey),
      instance: `${organization}.api.wandb.ai`,
      organization: { name: organization },
    }),
  },
  ...storedLogs,
];
