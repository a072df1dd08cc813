// Which events of an OTLP request the queries of a dashboard find, as Loki itself stores the one and reads the others.
// Reads {"request": base64 of protobuf, "queries": [...]} and writes {"labels", "metadata", "found": [{"error", "uids"}]}.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"sort"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/grafana/loki/v3/pkg/loghttp/push"
	"github.com/grafana/loki/v3/pkg/logproto"
	"github.com/grafana/loki/v3/pkg/logql/syntax"
)

type asked struct {
	Request []byte   `json:"request"`
	Queries []string `json:"queries"`
}

type found struct {
	Error string   `json:"error"`
	Uids  []string `json:"uids"`
}

// What a Loki without settings of its own has.
type limits struct{ config push.OTLPConfig }

func (l limits) OTLPConfig(string) push.OTLPConfig { return l.config }
func (limits) DiscoverServiceName(string) []string { return nil }

type streams struct{}

func (streams) RetentionPeriodFor(labels.Labels) time.Duration  { return time.Hour }
func (streams) RetentionHoursFor(labels.Labels) string          { return "1" }
func (streams) PolicyFor(context.Context, labels.Labels) string { return "" }

func stored(request []byte) (*logproto.PushRequest, error) {
	var global push.GlobalOTLPConfig
	global.RegisterFlags(flag.NewFlagSet("", flag.ContinueOnError))
	post, err := http.NewRequest(http.MethodPost, "/otlp/v1/logs", bytes.NewReader(request))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", "application/x-protobuf")
	pushed, _, err := push.ParseOTLPRequest("", post, limits{push.DefaultOTLPConfig(global)}, nil, 0, 0, nil, streams{}, log.NewNopLogger())
	return pushed, err
}

// The parts of a query that choose events: the query itself, or what stands in its ranges.
func selectors(expr syntax.Expr) []syntax.LogSelectorExpr {
	if selector, ok := expr.(syntax.LogSelectorExpr); ok {
		return []syntax.LogSelectorExpr{selector}
	}
	var all []syntax.LogSelectorExpr
	expr.Walk(func(e syntax.Expr) bool {
		if ranged, ok := e.(*syntax.LogRangeExpr); ok {
			all = append(all, ranged.Left)
		}
		return true
	})
	return all
}

func find(query string, pushed *logproto.PushRequest) (uids []string, err error) {
	expr, err := syntax.ParseExpr(query)
	if err != nil {
		return nil, err
	}
	uids = []string{}
	for _, selector := range selectors(expr) {
		pipeline, err := selector.Pipeline()
		if err != nil {
			return nil, err
		}
	next:
		for _, stream := range pushed.Streams {
			of, err := syntax.ParseLabels(stream.Labels)
			if err != nil {
				return nil, err
			}
			for _, matcher := range selector.Matchers() {
				if !matcher.Matches(of.Get(matcher.Name)) {
					continue next
				}
			}
			lines := pipeline.ForStream(of)
			for _, entry := range stream.Entries {
				metadata := logproto.FromLabelAdaptersToLabels(entry.StructuredMetadata)
				if _, _, matches := lines.Process(entry.Timestamp.UnixNano(), []byte(entry.Line), metadata); matches {
					uids = append(uids, metadata.Get("log_record_uid"))
				}
			}
		}
	}
	return uids, nil
}

func names(set map[string]bool) []string {
	all := make([]string, 0, len(set))
	for name := range set {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

func run() error {
	var question asked
	if err := json.NewDecoder(os.Stdin).Decode(&question); err != nil {
		return err
	}
	pushed, err := stored(question.Request)
	if err != nil {
		return err
	}
	onStreams, onEntries := map[string]bool{}, map[string]bool{}
	for _, stream := range pushed.Streams {
		of, err := syntax.ParseLabels(stream.Labels)
		if err != nil {
			return err
		}
		of.Range(func(label labels.Label) { onStreams[label.Name] = true })
		for _, entry := range stream.Entries {
			for _, label := range entry.StructuredMetadata {
				onEntries[label.Name] = true
			}
		}
	}
	answers := make([]found, len(question.Queries))
	for at, query := range question.Queries {
		uids, err := find(query, pushed)
		answers[at].Uids = uids
		if err != nil {
			answers[at].Error = err.Error()
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"labels": names(onStreams), "metadata": names(onEntries), "found": answers,
	})
}

func main() {
	if err := run(); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}
