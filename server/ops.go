package server

import (
	"maps"
	"net/http"

	"github.com/VictoriaMetrics/metrics"

	"hisn/server/web"
)

// opsHandler serves health and metrics. Nothing here is about a person: only
// the process, and how many pages there are.
func (s *Server) opsHandler() http.Handler {
	set := metrics.NewSet()
	set.NewGauge("hisn_pages", func() float64 { return float64(len(s.site.Current().Paths())) })
	set.NewGauge("hisn_rendered_timestamp_seconds", func() float64 { return float64(s.site.Current().Day.Unix()) })
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, "ok\n") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		set.WritePrometheus(w)
		metrics.WriteProcessMetrics(w)
	})
	return mux
}

// ready says whether the site can do all that it offers: with a sealed report
// that is, whether the database takes one.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.vault != nil && s.vault.db.Ready(r.Context()) != nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "the database takes nothing now", http.StatusServiceUnavailable)
		return
	}
	plain(w, "ready\n")
}

func plain(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(text))
}

// deskHandler answers the officers' listener while there is no directory of
// desks: every address is closed, in one constant answer.
func deskHandler() http.Handler {
	policy := web.Policy()
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		maps.Copy(w.Header(), policy)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("{\"error\":\"not_found\"}\n"))
	})
}
