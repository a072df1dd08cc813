# Made by npm run docs from the program's own commands; do not edit.
# shellcheck shell=bash disable=SC2207

# Adds files to what is offered: with a slash behind folders, and whatever is in their names.
_wandb_audit_forwarder_files() {
  local found
  mapfile -t found < <(compgen -f -- "$current")
  COMPREPLY+=("${found[@]}")
  compopt -o filenames 2>/dev/null
}

_wandb_audit_forwarder() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= word
  COMPREPLY=()
  # --option=value comes as three words.
  if [ "$current" = = ]; then current=; elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command/$word" in
      "/run") command="run" ;;
      "/init") command="init" ;;
      "/check") command="check" ;;
      "/setup") command="setup" ;;
      "/map") command="map" ;;
      "/status") command="status" ;;
      "/tap") command="tap" ;;
      "/backfill") command="backfill" ;;
      "/replay") command="replay" ;;
      "/dead-letters") command="dead-letters" ;;
      "dead-letters/list") command="dead-letters list" ;;
      "dead-letters/show") command="dead-letters show" ;;
      "dead-letters/retry") command="dead-letters retry" ;;
      "dead-letters/drop") command="dead-letters drop" ;;
      "dead-letters/export") command="dead-letters export" ;;
      "/explain") command="explain" ;;
      "/verify") command="verify" ;;
      "/archive") command="archive" ;;
      "archive/verify") command="archive verify" ;;
      "archive/list") command="archive list" ;;
      "archive/extract") command="archive extract" ;;
      "/report") command="report" ;;
      "/activity") command="activity" ;;
      "/outputs") command="outputs" ;;
      "/sources") command="sources" ;;
      "/pseudonym") command="pseudonym" ;;
      "/reload") command="reload" ;;
      "/schema") command="schema" ;;
      "/simulate") command="simulate" ;;
      "/demo") command="demo" ;;
      "/healthcheck") command="healthcheck" ;;
    esac
  done
  case "$command/$before" in
    "run/-c" | "run/--config") _wandb_audit_forwarder_files; return ;;
    "run/--timeout") :; return ;;
    "init/-c" | "init/--config") _wandb_audit_forwarder_files; return ;;
    "init/--deployment") COMPREPLY=($(compgen -W "self-managed dedicated multi-tenant bucket-s3 bucket-gs bucket-az file archive" -- "$current")); return ;;
    "init/--wandb-url") :; return ;;
    "init/--organization") :; return ;;
    "init/--bucket") :; return ;;
    "init/--instance") :; return ;;
    "init/--region") :; return ;;
    "init/--endpoint") :; return ;;
    "init/--bucket-access") :; return ;;
    "init/--log-path") :; return ;;
    "init/--wandb-ca") _wandb_audit_forwarder_files; return ;;
    "init/--siem") COMPREPLY=($(compgen -W "splunk elastic opensearch sentinel qradar syslog opentelemetry kafka file secops datadog sumo cribl panther http archive stdout" -- "$current")); return ;;
    "init/--siem-address") :; return ;;
    "init/--index") :; return ;;
    "init/--topic") :; return ;;
    "init/--user") :; return ;;
    "init/--forwarder") :; return ;;
    "init/--siem-ca") _wandb_audit_forwarder_files; return ;;
    "init/--wandb-secret-file") _wandb_audit_forwarder_files; return ;;
    "init/--siem-secret-file") _wandb_audit_forwarder_files; return ;;
    "init/--timeout") :; return ;;
    "check/-c" | "check/--config") _wandb_audit_forwarder_files; return ;;
    "check/--timeout") :; return ;;
    "setup/-c" | "setup/--config") _wandb_audit_forwarder_files; return ;;
    "setup/--output") :; return ;;
    "setup/--timeout") :; return ;;
    "map/-c" | "map/--config") _wandb_audit_forwarder_files; return ;;
    "map/--format") :; return ;;
    "map/--source") :; return ;;
    "map/--instance") :; return ;;
    "map/--output") :; return ;;
    "status/-c" | "status/--config") _wandb_audit_forwarder_files; return ;;
    "status/--range") COMPREPLY=($(compgen -W "15m 1h 3h 24h 7d 30d" -- "$current")); return ;;
    "tap/-c" | "tap/--config") _wandb_audit_forwarder_files; return ;;
    "tap/--last") :; return ;;
    "backfill/-c" | "backfill/--config") _wandb_audit_forwarder_files; return ;;
    "backfill/--source") :; return ;;
    "backfill/--from") :; return ;;
    "backfill/--to") :; return ;;
    "backfill/--rate") :; return ;;
    "backfill/--output") :; return ;;
    "replay/-c" | "replay/--config") _wandb_audit_forwarder_files; return ;;
    "replay/--output") :; return ;;
    "replay/--from") :; return ;;
    "replay/--to") :; return ;;
    "replay/--actions") :; return ;;
    "replay/--users") :; return ;;
    "replay/--uids") :; return ;;
    "replay/--source") :; return ;;
    "replay/--rate") :; return ;;
    "dead-letters list/-c" | "dead-letters list/--config") _wandb_audit_forwarder_files; return ;;
    "dead-letters list/--output") :; return ;;
    "dead-letters list/--reason") :; return ;;
    "dead-letters list/--day") :; return ;;
    "dead-letters list/--uid") :; return ;;
    "dead-letters list/--limit") :; return ;;
    "dead-letters show/-c" | "dead-letters show/--config") _wandb_audit_forwarder_files; return ;;
    "dead-letters show/--output") :; return ;;
    "dead-letters show/--reason") :; return ;;
    "dead-letters show/--day") :; return ;;
    "dead-letters show/--uid") :; return ;;
    "dead-letters retry/-c" | "dead-letters retry/--config") _wandb_audit_forwarder_files; return ;;
    "dead-letters retry/--output") :; return ;;
    "dead-letters retry/--reason") :; return ;;
    "dead-letters retry/--day") :; return ;;
    "dead-letters retry/--uid") :; return ;;
    "dead-letters drop/-c" | "dead-letters drop/--config") _wandb_audit_forwarder_files; return ;;
    "dead-letters drop/--output") :; return ;;
    "dead-letters drop/--reason") :; return ;;
    "dead-letters drop/--day") :; return ;;
    "dead-letters drop/--uid") :; return ;;
    "dead-letters export/-c" | "dead-letters export/--config") _wandb_audit_forwarder_files; return ;;
    "dead-letters export/--output") :; return ;;
    "dead-letters export/--reason") :; return ;;
    "dead-letters export/--day") :; return ;;
    "dead-letters export/--uid") :; return ;;
    "explain/-c" | "explain/--config") _wandb_audit_forwarder_files; return ;;
    "explain/--source") :; return ;;
    "verify/-c" | "verify/--config") _wandb_audit_forwarder_files; return ;;
    "verify/--source") :; return ;;
    "verify/--day") :; return ;;
    "verify/--against") :; return ;;
    "verify/--siem-uids") _wandb_audit_forwarder_files; return ;;
    "verify/--query") COMPREPLY=($(compgen -W "splunk elastic kql otel" -- "$current")); return ;;
    "archive verify/-c" | "archive verify/--config") _wandb_audit_forwarder_files; return ;;
    "archive verify/--key") _wandb_audit_forwarder_files; return ;;
    "archive verify/--head") :; return ;;
    "archive list/-c" | "archive list/--config") _wandb_audit_forwarder_files; return ;;
    "archive list/--from") :; return ;;
    "archive list/--to") :; return ;;
    "archive extract/-c" | "archive extract/--config") _wandb_audit_forwarder_files; return ;;
    "archive extract/--from") :; return ;;
    "archive extract/--to") :; return ;;
    "archive extract/--source") :; return ;;
    "archive extract/--actions") :; return ;;
    "archive extract/--users") :; return ;;
    "archive extract/--uids") :; return ;;
    "archive extract/--key") _wandb_audit_forwarder_files; return ;;
    "report/-c" | "report/--config") _wandb_audit_forwarder_files; return ;;
    "report/--month") :; return ;;
    "report/--output") _wandb_audit_forwarder_files; return ;;
    "report/--archive") :; return ;;
    "activity/-c" | "activity/--config") _wandb_audit_forwarder_files; return ;;
    "activity/--period") COMPREPLY=($(compgen -W "7d 30d 90d 6mo 12mo all" -- "$current")); return ;;
    "activity/--source") :; return ;;
    "activity/--top") :; return ;;
    "activity/--users") _wandb_audit_forwarder_files; return ;;
    "activity/--lookup") _wandb_audit_forwarder_files; return ;;
    "outputs/-c" | "outputs/--config") _wandb_audit_forwarder_files; return ;;
    "sources/-c" | "sources/--config") _wandb_audit_forwarder_files; return ;;
    "pseudonym/-c" | "pseudonym/--config") _wandb_audit_forwarder_files; return ;;
    "pseudonym/--output") :; return ;;
    "pseudonym/--key") _wandb_audit_forwarder_files; return ;;
    "reload/-c" | "reload/--config") _wandb_audit_forwarder_files; return ;;
    "reload/--timeout") :; return ;;
    "simulate/-c" | "simulate/--config") _wandb_audit_forwarder_files; return ;;
    "simulate/--wandb-port") :; return ;;
    "simulate/--hec-port") :; return ;;
    "simulate/--syslog-port") :; return ;;
    "simulate/--relp-port") :; return ;;
    "simulate/--otlp-port") :; return ;;
    "simulate/--grpc-port") :; return ;;
    "simulate/--http-port") :; return ;;
    "simulate/--elasticsearch-port") :; return ;;
    "simulate/--kafka-port") :; return ;;
    "simulate/--dialect") COMPREPLY=($(compgen -W "v1 v2 v4 v5 v5-multi-tenant" -- "$current")); return ;;
    "simulate/--days") :; return ;;
    "simulate/--rate") :; return ;;
    "simulate/--fault") :; return ;;
    "simulate/--seed") :; return ;;
    "simulate/--attack") :; return ;;
    "simulate/--output") :; return ;;
    "simulate/--timeout") :; return ;;
    "demo/--port") :; return ;;
    "demo/--duration") :; return ;;
    "demo/--rate") :; return ;;
    "healthcheck/-c" | "healthcheck/--config") _wandb_audit_forwarder_files; return ;;
    "healthcheck/--timeout") :; return ;;
  esac
  case "$command" in
    "") COMPREPLY=($(compgen -W "run init check setup map status tap backfill replay dead-letters explain verify archive report activity outputs sources pseudonym reload schema simulate demo healthcheck -V --version -h --help" -- "$current")) ;;
    "run") COMPREPLY=($(compgen -W "-c --config --once --timeout --accept-state-loss -h --help" -- "$current")) ;;
    "init") COMPREPLY=($(compgen -W "-c --config --deployment --wandb-url --organization --bucket --instance --region --endpoint --bucket-access --log-path --wandb-ca --siem --siem-address --index --topic --user --forwarder --siem-ca --wandb-secret-file --siem-secret-file --no-check --timeout -h --help" -- "$current")) ;;
    "check") COMPREPLY=($(compgen -W "-c --config --offline --send-test-event --prove-lock --json --timeout -h --help" -- "$current")) ;;
    "setup") COMPREPLY=($(compgen -W "-c --config --output --print --json --timeout -h --help" -- "$current")) ;;
    "map") COMPREPLY=($(compgen -W "-c --config --format --source --instance --output --frame -h --help" -- "$current")); _wandb_audit_forwarder_files ;;
    "status") COMPREPLY=($(compgen -W "-c --config --json --watch --range -h --help" -- "$current")) ;;
    "tap") COMPREPLY=($(compgen -W "-c --config --last --once --json -h --help" -- "$current")) ;;
    "backfill") COMPREPLY=($(compgen -W "-c --config --source --from --to --rate --output --yes --list --cancel --json -h --help" -- "$current")) ;;
    "replay") COMPREPLY=($(compgen -W "-c --config --output --from --to --actions --users --uids --source --spool-only --rate --yes --list --cancel --json -h --help" -- "$current")) ;;
    "dead-letters") COMPREPLY=($(compgen -W "list show retry drop export -h --help" -- "$current")) ;;
    "dead-letters list") COMPREPLY=($(compgen -W "-c --config --output --reason --day --uid --all --limit --json -h --help" -- "$current")) ;;
    "dead-letters show") COMPREPLY=($(compgen -W "-c --config --output --reason --day --uid --all -h --help" -- "$current")) ;;
    "dead-letters retry") COMPREPLY=($(compgen -W "-c --config --output --reason --day --uid --all -h --help" -- "$current")) ;;
    "dead-letters drop") COMPREPLY=($(compgen -W "-c --config --output --reason --day --uid --all -h --help" -- "$current")) ;;
    "dead-letters export") COMPREPLY=($(compgen -W "-c --config --output --reason --day --uid --all -h --help" -- "$current")) ;;
    "explain") COMPREPLY=($(compgen -W "-c --config --source --frame --json -h --help" -- "$current")) ;;
    "verify") COMPREPLY=($(compgen -W "-c --config --source --day --against --siem-uids --query --json -h --help" -- "$current")) ;;
    "archive") COMPREPLY=($(compgen -W "verify list extract -h --help" -- "$current")) ;;
    "archive verify") COMPREPLY=($(compgen -W "-c --config --key --head --json -h --help" -- "$current")) ;;
    "archive list") COMPREPLY=($(compgen -W "-c --config --from --to --json -h --help" -- "$current")) ;;
    "archive extract") COMPREPLY=($(compgen -W "-c --config --from --to --source --actions --users --uids --attested --key --raw -h --help" -- "$current")) ;;
    "report") COMPREPLY=($(compgen -W "-c --config --month --output --archive --force --json -h --help" -- "$current")) ;;
    "activity") COMPREPLY=($(compgen -W "-c --config --period --source --top --csv --json --users --lookup -h --help" -- "$current")) ;;
    "outputs") COMPREPLY=($(compgen -W "adopt start_over from_now -c --config -h --help" -- "$current")) ;;
    "sources") COMPREPLY=($(compgen -W "start_over -c --config -h --help" -- "$current")) ;;
    "pseudonym") COMPREPLY=($(compgen -W "-c --config --output --key --json -h --help" -- "$current")); _wandb_audit_forwarder_files ;;
    "reload") COMPREPLY=($(compgen -W "-c --config --json --timeout -h --help" -- "$current")) ;;
    "schema") COMPREPLY=($(compgen -W "-h --help" -- "$current")) ;;
    "simulate") COMPREPLY=($(compgen -W "-c --config --wandb-port --hec-port --syslog-port --relp-port --otlp-port --grpc-port --http-port --elasticsearch-port --kafka-port --dialect --days --rate --fault --seed --attack --output --timeout -h --help" -- "$current")) ;;
    "demo") COMPREPLY=($(compgen -W "--port --duration --rate -h --help" -- "$current")) ;;
    "healthcheck") COMPREPLY=($(compgen -W "-c --config --timeout -h --help" -- "$current")) ;;
  esac
}
complete -o bashdefault -F _wandb_audit_forwarder wandb-audit-forwarder
