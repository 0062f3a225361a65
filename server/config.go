package server

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strings"
)

// Config is how one process is set up. The zero value of a new field must mean
// the old behaviour.
type Config struct {
	Storage
	Addr     string // public listener
	DeskAddr string // officers' listener
	OpsAddr  string // health and metrics
	Valkey   string // redis://…, for what several machines share
	SiteURL  string // the published address
	Content  string // folder with a pack that replaces the built-in one
	ExitURL  string // where leaving quickly leads
	Contact  string // how to tell the operator that something is wrong
	Proxies  string // networks of trusted proxies, comma-separated
	Limit    string // forms per network and period
	Demo     bool
	Dev      bool // the gallery at /_gallery; on this machine only
}

// flagSet names every flag once, with its default.
func (c *Config) flagSet(out io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet("hisn serve", flag.ContinueOnError)
	fs.SetOutput(out)
	fs.StringVar(&c.Addr, "addr", "127.0.0.1:8080", "address of the public site")
	fs.StringVar(&c.DeskAddr, "desk-addr", "127.0.0.1:8081", "address for the officers' desks")
	fs.StringVar(&c.OpsAddr, "ops-addr", "127.0.0.1:8082", "address of health checks and metrics")
	c.Storage.Flags(fs)
	fs.StringVar(&c.Valkey, "valkey", "", "server for what several machines share (this release shares nothing)")
	fs.StringVar(&c.SiteURL, "site-url", "", "published address of the site, such as https://example.org")
	fs.StringVar(&c.Content, "content", "", "folder with a content pack that replaces the built-in one")
	fs.StringVar(&c.ExitURL, "exit-url", "", "where leaving quickly leads (default: Wikipedia in the page's language)")
	fs.StringVar(&c.Contact, "contact", "", "e-mail or address for readers who find something wrong")
	fs.StringVar(&c.Proxies, "proxies", "", "networks of trusted reverse proxies, such as 10.0.0.0/8")
	fs.StringVar(&c.Limit, "limit", "1200-M", "forms that one network may send, such as 1200-M for each minute")
	fs.BoolVar(&c.Demo, "demo", false, "a demonstration with two throw-away desks; every page says so")
	fs.BoolVar(&c.Dev, "dev", false, "development: every page in every state at /_gallery (loopback addresses only)")
	return fs
}

// FromFlags reads args, and for flags that are not given the environment:
// --site-url is HISN_SITE_URL.
func FromFlags(args []string, getenv func(string) string, out io.Writer) (Config, error) {
	var c Config
	fs := c.flagSet(out)
	problems := []error{FromEnvironment(fs, getenv)}
	if err := fs.Parse(args); err != nil {
		return c, err
	}
	if fs.NArg() > 0 {
		problems = append(problems, fmt.Errorf("%q is not a flag", fs.Arg(0)))
	}
	problems = append(problems, c.Validate())
	return c, errors.Join(problems...)
}

// Validate returns everything that is wrong with c at once.
func (c *Config) Validate() error {
	var problems []error
	for name, addr := range map[string]string{"addr": c.Addr, "desk-addr": c.DeskAddr, "ops-addr": c.OpsAddr} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			problems = append(problems, fmt.Errorf("--%s: %w", name, err))
		}
	}
	if host, _, err := net.SplitHostPort(c.Addr); c.Dev && err == nil {
		if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
			problems = append(problems, errors.New("--dev: the gallery is shown on a loopback address only"))
		}
	}
	problems = append(problems, c.Storage.Validate())
	if c.Valkey != "" {
		problems = append(problems, errors.New("--valkey: this release shares nothing between machines; leave it out"))
	}
	for name, address := range map[string]string{"site-url": c.SiteURL, "exit-url": c.ExitURL} {
		if u, err := url.Parse(address); address != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
			problems = append(problems, fmt.Errorf("--%s: %q is not a web address", name, address))
		}
	}
	if c.Content != "" {
		if info, err := os.Stat(c.Content); err != nil || !info.IsDir() {
			problems = append(problems, fmt.Errorf("--content: %q is not a folder", c.Content))
		}
	}
	if _, err := c.proxyNetworks(); err != nil {
		problems = append(problems, fmt.Errorf("--proxies: %w", err))
	}
	return errors.Join(problems...)
}

func (c *Config) proxyNetworks() ([]*net.IPNet, error) {
	var out []*net.IPNet
	for part := range strings.SplitSeq(c.Proxies, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, err
		}
		_, network, err := net.ParseCIDR(p.String())
		if err != nil {
			return nil, err
		}
		out = append(out, network)
	}
	return out, nil
}

// storage is where the sealed reports are kept: in folder, which for a
// demonstration is one of its own with a ring of its own.
func (c *Config) storage(folder string) *Storage {
	s := &Storage{Data: folder, DB: c.DB, Ring: c.Ring}
	if c.Demo {
		s.Ring = ""
	}
	return s
}

// base returns the published address without a final slash.
func (c *Config) base() string {
	if c.SiteURL != "" {
		return strings.TrimSuffix(c.SiteURL, "/")
	}
	return "http://" + c.Addr
}
