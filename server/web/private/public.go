package private

import (
	"net/http"
	"sort"

	"github.com/labstack/echo/v4"

	"hisn/server/fault"
	"hisn/server/web"
)

// note serves the signed directory of desks as it is: the same bytes for
// everybody, so that asking for it tells nothing about the desk that is meant.
func (p *Private) note(c echo.Context) error {
	_, note, err := p.deps.Directory.Current(p.deps.Now())
	if err != nil {
		return fault.New(fault.NotFound, nil)
	}
	web.NewBody(http.StatusOK, "text/plain; charset=utf-8", web.CachePublic, note).Serve(c.Response(), c.Request())
	return nil
}

// staffed says which desks looked in lately. It is not signed: a host that lies
// here can only make a desk unavailable.
func (p *Private) staffed(c echo.Context) error {
	dir, open, err := p.desks(c.Request().Context())
	if err != nil {
		return fault.New(fault.NotFound, nil)
	}
	list := []string{}
	for _, d := range dir.Desks {
		if offered(d, open) {
			list = append(list, d.ID)
		}
	}
	sort.Strings(list)
	c.Response().Header().Set("Cache-Control", web.CacheNever)
	return c.JSON(http.StatusOK, map[string][]string{"desks": list})
}
