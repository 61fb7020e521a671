{{- define "waxseal.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "waxseal.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "waxseal.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "waxseal.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "waxseal.namespace" -}}
{{- default .Release.Namespace .Values.namespace -}}
{{- end -}}

{{- define "waxseal.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "waxseal.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* The selector never changes for a name: that of a Deployment is immutable. It is that of Bitnami's manifests. */ -}}
{{- define "waxseal.selector" -}}
name: {{ include "waxseal.fullname" . }}
{{- end -}}

{{- /* Labels and annotations of an object. Arguments: root, and optionally name (a label, none if empty), labels, annotations. */ -}}
{{- define "waxseal.meta" -}}
{{- $root := .root -}}
{{- $labels := dict
  "app.kubernetes.io/name" (include "waxseal.name" $root)
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_")
-}}
{{- if ne .name "" }}{{ $_ := set $labels "name" (default (include "waxseal.fullname" $root) .name) }}{{ end -}}
labels:
  {{- merge (dict) (default (dict) .labels) $root.Values.commonLabels $labels | toYaml | nindent 2 }}
{{- with merge (dict) (default (dict) .annotations) $root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "waxseal.image" -}}
{{- with .Values.image -}}
{{- $name := trimPrefix "/" (printf "%s/%s" .registry .repository) -}}
{{- if .digest -}}
{{- printf "%s@%s" $name .digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* NAME=VALUE, comma separated. */ -}}
{{- define "waxseal.pairs" -}}
{{- $pairs := list -}}
{{- range $name, $value := . }}{{ $pairs = append $pairs (printf "%s=%v" $name $value) }}{{ end -}}
{{- join "," $pairs -}}
{{- end -}}

{{- /* The controller's flags; only those that differ from its own defaults. A JSON list. */ -}}
{{- define "waxseal.args" -}}
{{- $args := list -}}
{{- with .Values -}}
{{- if not .rbac.clusterRole }}{{ $args = append $args "--all-namespaces=false" }}{{ end -}}
{{- with .additionalNamespaces }}{{ $args = append $args (printf "--additional-namespaces=%s" (join "," .)) }}{{ end -}}
{{- if ne .secretName "sealed-secrets-key" }}{{ $args = append $args (printf "--key-prefix=%s" .secretName) }}{{ end -}}
{{- if ne (int .keySize) 4096 }}{{ $args = append $args (printf "--key-size=%d" (int .keySize)) }}{{ end -}}
{{- with .keyttl }}{{ $args = append $args (printf "--key-ttl=%s" .) }}{{ end -}}
{{- with .commonName }}{{ $args = append $args (printf "--my-cn=%s" .) }}{{ end -}}
{{- if ne (toString .keyrenewperiod) "" }}{{ $args = append $args (printf "--key-renew-period=%v" .keyrenewperiod) }}{{ end -}}
{{- with .keycutofftime }}{{ $args = append $args (printf "--key-cutoff-time=%s" .) }}{{ end -}}
{{- with .keyOrderPriority }}{{ $args = append $args (printf "--key-order-priority=%s" .) }}{{ end -}}
{{- with .privateKeyAnnotations }}{{ $args = append $args (printf "--privatekey-annotations=%s" (include "waxseal.pairs" .)) }}{{ end -}}
{{- with .privateKeyLabels }}{{ $args = append $args (printf "--privatekey-labels=%s" (include "waxseal.pairs" .)) }}{{ end -}}
{{- if not .watchForSecrets }}{{ $args = append $args "--watch-for-secrets=false" }}{{ end -}}
{{- with .labelSelector }}{{ $args = append $args (printf "--label-selector=%s" .) }}{{ end -}}
{{- if not .acceptDeprecatedV1Data }}{{ $args = append $args "--accept-deprecated-v1-data=false" }}{{ end -}}
{{- if not .updateStatus }}{{ $args = append $args "--update-status=false" }}{{ end -}}
{{- if .skipRecreate }}{{ $args = append $args "--skip-recreate" }}{{ end -}}
{{- if not .healDrift }}{{ $args = append $args "--heal-drift=false" }}{{ end -}}
{{- if ne (toString .maxRetries) "" }}{{ $args = append $args (printf "--max-unseal-retries=%v" .maxRetries) }}{{ end -}}
{{- if .dryRun }}{{ $args = append $args "--dry-run" }}{{ end -}}
{{- if ne (toString .kubeClientQPS) "" }}{{ $args = append $args (printf "--kubeclient-qps=%v" .kubeClientQPS) }}{{ end -}}
{{- if ne (toString .kubeClientBurst) "" }}{{ $args = append $args (printf "--kubeclient-burst=%v" .kubeClientBurst) }}{{ end -}}
{{- if ne (toString .rateLimit) "" }}{{ $args = append $args (printf "--rate-limit=%v" .rateLimit) }}{{ end -}}
{{- if ne (toString .rateLimitBurst) "" }}{{ $args = append $args (printf "--rate-limit-burst=%v" .rateLimitBurst) }}{{ end -}}
{{- if not .leaderElection.enabled }}{{ $args = append $args "--leader-elect=false" }}{{ end -}}
{{- with .leaderElection.leaseDuration }}{{ $args = append $args (printf "--leader-elect-lease-duration=%s" .) }}{{ end -}}
{{- with .leaderElection.renewDeadline }}{{ $args = append $args (printf "--leader-elect-renew-deadline=%s" .) }}{{ end -}}
{{- with .leaderElection.retryPeriod }}{{ $args = append $args (printf "--leader-elect-retry-period=%s" .) }}{{ end -}}
{{- $lease := include "waxseal.fullname" $ -}}
{{- if ne $lease "sealed-secrets-controller" }}{{ $args = append $args (printf "--leader-elect-resource-name=%s" $lease) }}{{ end -}}
{{- if ne (int .containerPorts.http) 8080 }}{{ $args = append $args (printf "--listen-addr=:%d" (int .containerPorts.http)) }}{{ end -}}
{{- if ne (int .containerPorts.metrics) 8081 }}{{ $args = append $args (printf "--listen-metrics-addr=:%d" (int .containerPorts.metrics)) }}{{ end -}}
{{- with .readTimeout }}{{ $args = append $args (printf "--read-timeout=%s" .) }}{{ end -}}
{{- with .writeTimeout }}{{ $args = append $args (printf "--write-timeout=%s" .) }}{{ end -}}
{{- if .metrics.omitSecretLabels }}{{ $args = append $args "--metrics-omit-secret-labels" }}{{ end -}}
{{- with .logLevel }}{{ $args = append $args (printf "--log-level=%s" .) }}{{ end -}}
{{- with .logFormat }}{{ $args = append $args (printf "--log-format=%s" .) }}{{ end -}}
{{- if not .logInfoStdout }}{{ $args = append $args "--log-info-stdout=false" }}{{ end -}}
{{- if .args }}{{ $args = .args }}{{ end -}}
{{- concat $args .extraArgs | toJson -}}
{{- end -}}
{{- end -}}

{{- /* One probe. Arguments: path, settings, custom. */ -}}
{{- define "waxseal.probe" -}}
{{- if .custom -}}
{{- toYaml .custom -}}
{{- else -}}
httpGet:
  path: {{ .path }}
  port: http
{{ omit .settings "enabled" | toYaml }}
{{- end -}}
{{- end -}}

{{- /* Rules for a namespace that is watched, or for all. */ -}}
{{- define "waxseal.watchedRules" -}}
- apiGroups: [bitnami.com]
  resources: [sealedsecrets]
  verbs: [list, watch]
- apiGroups: [bitnami.com]
  resources: [sealedsecrets/status]
  verbs: [update]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch, create, update]
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{- /* A reference to the controller's account. */ -}}
{{- define "waxseal.subject" -}}
- kind: ServiceAccount
  name: {{ include "waxseal.serviceAccountName" . }}
  namespace: {{ include "waxseal.namespace" . }}
{{- end -}}

{{- /* Settings that ServiceMonitor and PodMonitor share. */ -}}
{{- define "waxseal.endpoint" -}}
port: metrics
honorLabels: {{ .honorLabels }}
{{- with .interval }}
interval: {{ . }}
{{- end }}
{{- with .scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
