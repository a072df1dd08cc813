{{- define "forwarder.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "forwarder.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
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
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "forwarder.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "forwarder.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{/* The configuration with what the chart knows: where the state is, how much room it has, who may ask. */}}
{{- define "forwarder.config" -}}
{{- range $key := list "state_dir" "admin" "shutdown_timeout" -}}
{{- if hasKey $.Values.config $key -}}
{{- fail (printf "config.%s is set by the chart: leave it out%s" $key (index (dict "state_dir" "" "admin" ", and set admin.port and admin.metrics beside it" "shutdown_timeout" ", and set shutdownTimeoutSeconds") $key)) -}}
{{- end -}}
{{- end -}}
{{- $mebibytes := mul (trimSuffix "Gi" .Values.persistence.size | int) 819 -}}
{{- $spool := merge (dict) (.Values.config.spool | default dict) (dict "max_bytes" (printf "%dMiB" $mebibytes)) -}}
{{- $admin := dict "listen" (printf "0.0.0.0:%d" (int .Values.admin.port)) "metrics" .Values.admin.metrics "token" "${file:/run/secrets/wandb-audit-forwarder/admin-token}" -}}
{{- $ours := dict "state_dir" "/var/lib/wandb-audit-forwarder/state" "shutdown_timeout" (printf "%ds" (int .Values.shutdownTimeoutSeconds)) "spool" $spool "admin" $admin -}}
{{- toYaml (merge $ours .Values.config) -}}
{{- end }}
