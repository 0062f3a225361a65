package web

import "net/http"

// The policy that goes with every answer, errors included. Pages load nothing
// from elsewhere, run no inline script, cannot be framed, and tell other sites
// nothing. same-origin (not no-referrer) because with the latter browsers send
// "Origin: null" and forms on plain HTTP would be refused as foreign.
const (
	contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'"
	permissions = "accelerometer=(), ambient-light-sensor=(), autoplay=(), battery=(), bluetooth=(), " +
		"browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), " +
		"geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), " +
		"midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), " +
		"storage-access=(), usb=(), web-share=(), xr-spatial-tracking=()"
)

// Policy is the set of header values that every answer carries. The slices are
// shared between answers and never changed: that is what keeps a cached page
// free of allocations.
func Policy() http.Header {
	return http.Header{
		"Content-Security-Policy":      {contentPolicy},
		"Referrer-Policy":              {"same-origin"},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {permissions},
		"Strict-Transport-Security":    {"max-age=63072000; includeSubDomains"},
		"X-Content-Type-Options":       {"nosniff"},
		"X-Dns-Prefetch-Control":       {"off"},
		"X-Frame-Options":              {"DENY"},
	}
}

// The caching classes. Public pages are the same for everybody; answers to a
// form belong to one person and are kept by nobody; hashed assets never change.
const (
	CachePublic    = "public, max-age=0, s-maxage=300, must-revalidate"
	CacheNever     = "no-store"
	CacheImmutable = "public, max-age=31536000, immutable"
	CacheShort     = "public, max-age=300"
)
