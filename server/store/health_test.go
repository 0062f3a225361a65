package store

import (
	"crypto/rand"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"hisn/server/fault"
	"hisn/server/report"
	"hisn/server/seal"
	"hisn/server/store/storetest"
)

// limited returns a database whose writing connections get one more setting once
// the tables are there.
func limited(t *testing.T, setting string) *DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "reports.db")
	db, err := connect("sqlite:" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.writer.Close(); err != nil {
		t.Fatal(err)
	}
	db.writer, err = sql.Open("sqlite", sqliteAddress(file, with(setting), "immediate"))
	if err != nil {
		t.Fatal(err)
	}
	db.writer.SetMaxOpenConns(1)
	db.health.first = time.Millisecond
	go db.work()
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestHealth_fullTakesNothingUntilThereIsRoom(t *testing.T) {
	t.Parallel()
	db := limited(t, "max_page_count(300)")
	box, desk, _ := report.New(db, storetest.Ring(t), time.Now, rand.Reader)
	var kept []storetest.Sender
	for {
		phone := storetest.NewSender(t)
		status, err := box.Submit(t.Context(), phone.Frame, 0)
		if status == seal.NotStored {
			if fault.KindOf(err) != fault.Unavailable {
				t.Errorf("the cause is %v, want unavailable", err)
			}
			break
		}
		if status != seal.Stored || err != nil {
			t.Fatalf("status %d, %v", status, err)
		}
		if kept = append(kept, phone); len(kept) > 300 {
			t.Fatal("the limit does not work")
		}
	}
	for range 50 { // while trial writes go on
		if status, _ := box.Submit(t.Context(), storetest.NewSender(t).Frame, 0); status != seal.NotStored {
			t.Fatalf("status %d with a full disk", status)
		}
	}
	if err := db.Ready(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("ready with a full disk: %v", err)
	}
	ids, err := desk.IDs(t.Context())
	if err != nil || len(ids) != len(kept) {
		t.Errorf("%d blobs (%v), %d were acknowledged", len(ids), err, len(kept))
	}
	for _, phone := range kept[:5] { // deleting works, and makes room
		if err := desk.Remove(t.Context(), phone.Proof()); err != nil {
			t.Fatal(err)
		}
	}
	phone := storetest.NewSender(t)
	for status := seal.NotStored; status != seal.Stored; {
		if status, err = box.Submit(t.Context(), phone.Frame, 0); t.Context().Err() != nil {
			t.Fatal(err)
		}
	}
	if body, err := desk.Fetch(t.Context(), phone.Frame.ID); err != nil || string(body) != string(phone.Frame.Body) {
		t.Errorf("kept again, but not there: %v", err)
	}
}

func TestHealth_readOnlyTakesNothing(t *testing.T) {
	t.Parallel()
	db := limited(t, "query_only(on)")
	box, desk, keeper := report.New(db, storetest.Ring(t), time.Now, rand.Reader)
	for range 50 {
		status, err := box.Submit(t.Context(), storetest.NewSender(t).Frame, 0)
		if status != seal.NotStored || fault.KindOf(err) != fault.Unavailable {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	if err := desk.Reply(t.Context(), [32]byte{1}, make([]byte, seal.ReplySize), false); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("replying: %v", err)
	}
	if err := desk.Put(t.Context(), storetest.NewSender(t).Frame, nil); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("putting: %v", err)
	}
	if err := keeper.Purge(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("purging: %v", err)
	}
}

func TestHealth_aDiskThatFailedNeverHeals(t *testing.T) {
	t.Parallel()
	var h health
	h.worse(dead, nil)
	h.tried(fine, nil)
	h.worse(sick, nil)
	h.tried(fine, nil)
	if _, ok := h.next(); ok || h.err() == nil {
		t.Error("a failed disk is trusted again")
	}
}

// TestHealth_healsUnderAFloodOfDeletions: whoever asks for deletions all the time
// must not keep the trial write from being made.
func TestHealth_healsUnderAFloodOfDeletions(t *testing.T) {
	t.Parallel()
	db := limited(t, "max_page_count(1000)")
	db.health.first = 50 * time.Millisecond
	db.health.worse(sick, errPanic)
	for range 20_000 {
		if err := db.Withdraw(t.Context(), []report.Claim{{}}); err != nil {
			t.Fatal(err)
		}
		if db.Ready(t.Context()) == nil {
			return
		}
	}
	t.Error("still refusing")
}

func TestWrite_theDatabaseIsGoneHalfWay(t *testing.T) {
	t.Parallel()
	db := temporary(t)
	box, _, _ := report.New(db, storetest.Ring(t), time.Now, rand.Reader)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if status, err := box.Submit(t.Context(), storetest.NewSender(t).Frame, 0); status != seal.NotStored || fault.KindOf(err) == fault.Conflict || err == nil {
		t.Errorf("status %d, %v after closing", status, err)
	}
}
