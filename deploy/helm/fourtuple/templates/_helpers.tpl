{{- define "fourtuple.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "fourtuple.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "fourtuple.labels" -}}
{{ include "fourtuple.selectorLabels" . }}
app.kubernetes.io/component: agent
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "fourtuple.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "fourtuple.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "fourtuple.check" -}}
{{- if and (eq .Values.listen "network") (not .Values.open) (not .Values.token.existingSecret) -}}
{{- fail "listen: network needs token.existingSecret, or open: true where everybody who reaches the nodes may read" -}}
{{- end -}}
{{- if and .Values.open .Values.token.existingSecret -}}
{{- fail "open and token.existingSecret exclude each other" -}}
{{- end -}}
{{- if and (eq .Values.listen "loopback") (not .Values.hostNetwork) -}}
{{- fail "hostNetwork: false needs listen: network, or the kubelet could not ask how the agent is" -}}
{{- end -}}
{{- if and (eq .Values.listen "loopback") .Values.podMonitor.enabled -}}
{{- fail "podMonitor.enabled needs listen: network, or Prometheus could not reach the agents" -}}
{{- end -}}
{{- if and .Values.networkPolicy.enabled .Values.hostNetwork -}}
{{- fail "networkPolicy.enabled needs hostNetwork: false: no policy holds for pods in the node's network" -}}
{{- end -}}
{{- end -}}
