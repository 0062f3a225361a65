package store_test

import (
	"testing"

	"hisn/server/report"
	"hisn/server/store/storetest"
)

func TestStore_sqlite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t testing.TB) report.Store { return open(t, file(t)) })
}

func TestStore_postgres(t *testing.T) {
	t.Parallel()
	server := storetest.Postgres(t)
	storetest.Run(t, func(t testing.TB) report.Store { return open(t, server.DSN(t)) })
}
