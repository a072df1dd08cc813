import { expect, it } from "vitest";
import { endpointOf } from "../../../src/source/wandb-api/endpoint.ts";

it.each([
  ["https://acme.wandb.io", "/admin/audit_logs", false, "https://acme.wandb.io"],
  ["https://acme.wandb.io/", "/admin/audit_logs", false, "https://acme.wandb.io"],
  ["https://corp.example:8443/wandb/", "/wandb/admin/audit_logs", false, "https://corp.example:8443/wandb"],
  ["https://api.wandb.ai", "/audit_logs", true, "https://api.wandb.ai"],
  ["https://proxy.example/audit_logs", "/audit_logs", true, "https://proxy.example"],
  ["https://proxy.example/x/admin/audit_logs/", "/x/admin/audit_logs", false, "https://proxy.example/x"],
])("%s has its log at %s", (url, path, multiTenant, baseUrl) => {
  expect(endpointOf(new URL(url))).toEqual({ origin: new URL(url).origin, path, multiTenant, baseUrl });
});
