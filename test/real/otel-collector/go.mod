// Core and contrib are of one release, 0.165, but for two modules of contrib that cannot be had there and are of 0.161.0:
// fileexporter, and splunkhecreceiver, which `build` puts beside this file.
module otel-collector

go 1.26.0

require (
	github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter v0.161.0
	github.com/open-telemetry/opentelemetry-collector-contrib/extension/ackextension v0.161.0
	github.com/open-telemetry/opentelemetry-collector-contrib/extension/bearertokenauthextension v0.165.1
	github.com/open-telemetry/opentelemetry-collector-contrib/receiver/splunkhecreceiver v0.161.0
	github.com/open-telemetry/opentelemetry-collector-contrib/receiver/syslogreceiver v0.165.1
	go.opentelemetry.io/collector/component v1.71.0
	go.opentelemetry.io/collector/confmap v1.71.0
	go.opentelemetry.io/collector/confmap/provider/envprovider v1.71.0
	go.opentelemetry.io/collector/confmap/provider/fileprovider v1.71.0
	go.opentelemetry.io/collector/confmap/provider/yamlprovider v1.71.0
	go.opentelemetry.io/collector/extension v1.71.0
	go.opentelemetry.io/collector/otelcol v0.165.0
	go.opentelemetry.io/collector/processor/memorylimiterprocessor v0.165.0
	go.opentelemetry.io/collector/receiver/otlpreceiver v0.165.0
	go.opentelemetry.io/collector/service v0.165.0
)

// What splunkhecreceiver imports and what cannot be had: see standin/.
replace (
	github.com/open-telemetry/opentelemetry-collector-contrib/extension/ackextension => ./standin/ackextension
	github.com/open-telemetry/opentelemetry-collector-contrib/internal/splunk => ./standin/splunk
	github.com/open-telemetry/opentelemetry-collector-contrib/pkg/translator/splunk => ./standin/translator
	github.com/open-telemetry/opentelemetry-collector-contrib/receiver/splunkhecreceiver => ./splunkhecreceiver
)
