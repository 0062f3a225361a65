package private

import (
	"testing"

	"filippo.io/age"

	"hisn/server/desks"
	"hisn/server/seal"
)

// TestSecond: the national unit is the second reader when it is wanted and takes
// reports; a unit that takes none may have lost its key to somebody else.
func TestSecond(t *testing.T) {
	t.Parallel()
	unit, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	to := unit.Recipient().String()
	for name, c := range map[string]struct {
		status string
		wanted bool
		desk   string
		want   bool
	}{
		"wanted":                          {desks.Open, true, "IQ-BG", true},
		"not wanted":                      {desks.Open, false, "IQ-BG", false},
		"it is the desk itself":           {desks.Open, true, "national", false},
		"it takes no reports any more":    {desks.HotlineOnly, true, "IQ-BG", false},
		"neither wanted nor taking any":   {desks.HotlineOnly, false, "IQ-BG", false},
		"the desk itself, and taking any": {desks.Open, false, "national", false},
	} {
		dir := &desks.Directory{Desks: []desks.Desk{{ID: "national", Kind: desks.KindNational, Status: c.status, Recipient: to}}}
		got, err := (&Private{}).second(seal.Report{Flags: seal.Flags{National: c.wanted}}, desks.Desk{ID: c.desk}, dir)
		if err != nil || (got.String() == to) != c.want {
			t.Errorf("%s: it is sealed to the unit: %t, %v; want %t", name, !c.want, err, c.want)
		}
	}
}
