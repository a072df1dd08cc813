/** Where one server's audit log is. */
export interface Endpoint {
  readonly origin: string;
  /** Path of the audit log, without query. */
  readonly path: string;
  /** Multi-tenant Cloud: no `/admin`, seven days at most in one answer, `anonymize` not supported. */
  readonly multiTenant: boolean;
  /** The server without the audit log's own path, as events show it. */
  readonly baseUrl: string;
}

/** api.wandb.ai has its log at /audit_logs, every other server at /admin/audit_logs below its base path. */
export function endpointOf(url: URL): Endpoint {
  const given = url.pathname.replace(/\/+$/, "");
  const path = given.endsWith("/audit_logs")
    ? given
    : `${given}${url.hostname === "api.wandb.ai" ? "" : "/admin"}/audit_logs`;
  return {
    origin: url.origin,
    path,
    multiTenant: !path.endsWith("/admin/audit_logs"),
    baseUrl: url.origin + path.replace(/(\/admin)?\/audit_logs$/, ""),
  };
}
