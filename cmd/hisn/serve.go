package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"hisn/server"
)

// serve runs the site until ctx ends.
func (e env) serve(ctx context.Context, args []string) error {
	cfg, err := server.FromFlags(args, e.getenv, e.err)
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	logger := slog.New(slog.NewJSONHandler(e.err, nil))
	s, err := server.New(cfg, logger, time.Now)
	if err != nil {
		return err
	}
	if err := s.PrintDemo(e.out); err != nil {
		return errors.Join(err, s.Close())
	}
	return s.Run(ctx)
}

// healthcheck asks the ops listener; the container's health check calls it,
// because the image holds nothing else that could.
func (e env) healthcheck(ctx context.Context, args []string) error {
	url := "http://127.0.0.1:8082/readyz"
	if len(args) > 1 {
		return fmt.Errorf("%w: healthcheck takes one address", errUsage)
	}
	if len(args) == 1 {
		url = args[0]
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	resp, err := (&http.Client{}).Do(req)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(e.out, io.LimitReader(resp.Body, 1024)); err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", resp.Status)
	}
	return nil
}

// version returns what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "hisn (unknown build)"
	}
	revision := "unversioned"
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			revision = s.Value
		}
	}
	return "hisn " + revision + " " + info.GoVersion
}
