{{/* As a Service may be called: no dots, and a letter first. Room for what a StatefulSet adds. */}}
{{- define "forwarder.name" -}}
{{- $name := .Release.Name -}}
{{- if not (contains .Chart.Name $name) -}}
{{- $name = printf "%s-%s" $name .Chart.Name -}}
{{- end -}}
{{- $name = $name | replace "." "-" -}}
{{- if regexMatch "^[0-9]" $name -}}
{{- $name = printf "r%s" $name -}}
{{- end -}}
{{- regexReplaceAll "-+$" ($name | trunc 52) "" -}}
{{- end }}

{{- define "forwarder.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "forwarder.labels" -}}
{{ include "forwarder.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "forwarder.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ printf "%s@%s" .repository .digest | quote }}
{{- else -}}
{{ printf "%s:%s" .repository (.tag | default $.Chart.AppVersion) | quote }}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "forwarder.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "forwarder.name" .) | quote -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" | quote -}}
{{- end -}}
{{- end }}

{{/* The configuration with what the chart knows: where the state is, how much room it has, who may ask. */}}
{{- define "forwarder.config" -}}
{{- range $key := list "state_dir" "admin" "shutdown_timeout" -}}
{{- if hasKey $.Values.config $key -}}
{{- fail (printf "config.%s is set by the chart: leave it out%s" $key (index (dict "state_dir" "" "admin" ", and set admin.port and admin.metrics beside it" "shutdown_timeout" ", and set shutdownTimeoutSeconds") $key)) -}}
{{- end -}}
{{- end -}}
{{- $gibibytes := trimSuffix "Gi" .Values.persistence.size | int -}}
{{- $mebibytes := mul $gibibytes 819 -}}
{{- with .Values.config.spool -}}
{{- $units := dict "K" 1 "M" 2 "G" 3 "T" 4 -}}
{{- $said := ternary (.max_bytes | toString | upper) (printf "%.0f" (.max_bytes | float64)) (kindIs "string" .max_bytes) -}}
{{- $bytes := regexFind "^[0-9.]+" $said | float64 -}}
{{- range until (get $units (regexFind "[KMGT]" $said) | default 0 | int) -}}
{{- $bytes = mulf $bytes (ternary 1024 1000 (contains "I" $said)) -}}
{{- end -}}
{{- if ge $bytes (mulf $gibibytes 1024 1024 1024) -}}
{{- fail (printf "config.spool.max_bytes %v is not less than persistence.size %s: a full volume stops the forwarder" .max_bytes $.Values.persistence.size) -}}
{{- end -}}
{{- end -}}
{{- $spool := merge (dict) (.Values.config.spool | default dict) (dict "max_bytes" (printf "%dMiB" $mebibytes)) -}}
{{- $admin := dict "listen" (printf "%s:%d" (ternary "[::]" "0.0.0.0" .Values.admin.ipv6) (int .Values.admin.port)) "metrics" .Values.admin.metrics "token" "${file:/run/secrets/wandb-audit-forwarder/admin-token}" -}}
{{- $ours := dict "state_dir" "/var/lib/wandb-audit-forwarder/state" "shutdown_timeout" (printf "%ds" (int .Values.shutdownTimeoutSeconds)) "spool" $spool "admin" $admin -}}
{{- toYaml (merge $ours .Values.config) -}}
{{- end }}

{{/* What is mounted beside ours never stands in its place. */}}
{{- define "forwarder.ours" -}}
{{- range .Values.extraVolumes -}}
{{- if has .name (list "config" "secrets" "state") -}}
{{- fail (printf "extraVolumes: the name %s is the chart's: take another" .name) -}}
{{- end -}}
{{- end -}}
{{- range .Values.extraVolumeMounts -}}
{{- $path := printf "%s/" (.mountPath | default "" | clean) -}}
{{- range $ours := list "/etc/wandb-audit-forwarder/" "/run/secrets/wandb-audit-forwarder/" "/var/lib/wandb-audit-forwarder/" -}}
{{- if hasPrefix $ours $path -}}
{{- fail (printf "extraVolumeMounts: %s is in a folder of the chart's: take another" $path) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
