package content

import (
	"regexp"
	"slices"
)

const directoryFile = "directory/directory.yaml"

var dialable = regexp.MustCompile(`^\+?[0-9]{3,15}$`)

// directory checks the channels, that every governorate belongs to one region,
// and that the words fit.
func (c *checker) directory(d *Directory) {
	want := map[string]bool{
		"title": true, "lead": true, "police.intro": true,
		"rescuers.intro": true, "genuine.intro": true, "ask-first.intro": true,
	}
	home := map[string]string{}
	for _, r := range d.Regions {
		want["regions."+r.ID] = true
		for _, g := range r.Governorates {
			want["governorates."+g] = true
			if home[g] != "" {
				c.fail(directoryFile, "governorate %s stands in two regions", g)
			}
			home[g] = r.ID
			if _, ok := d.Governorates[g]; !ok {
				c.fail(directoryFile, "governorate %s is not described", g)
			}
		}
	}
	for g, info := range d.Governorates {
		if home[g] == "" {
			c.fail(directoryFile, "governorate %s belongs to no region", g)
		}
		c.sources(directoryFile, info.Sources)
		for _, u := range info.Units {
			want["units."+u] = true
		}
	}
	ids := map[string]bool{}
	for _, ch := range d.Channels {
		if ids[ch.ID] {
			c.fail(directoryFile, "two channels are called %s", ch.ID)
		}
		ids[ch.ID] = true
		c.channel(d, ch, home)
		for _, k := range []string{"name", "who", "ask", "known", "unknown", "woman"} {
			want["channels."+ch.ID+"."+k] = true
		}
	}
	c.sets(d)
	for kind, claims := range map[string][]Claim{
		"does": d.Police.Does, "doesnot": d.Police.Doesnt, "unknown": d.Police.Unknown,
	} {
		for _, cl := range claims {
			want["police."+kind+"."+cl.ID] = true
			c.sources(directoryFile, cl.Sources)
			if kind != "unknown" && len(cl.Sources) == 0 {
				c.fail(directoryFile, "police: %s has no source", cl.ID)
			}
		}
	}
	for key, list := range map[string][]string{"rescuers": d.Rescuers, "genuine": d.Genuine, "ask-first": d.AskFirst} {
		for _, id := range list {
			want[key+"."+id] = true
		}
	}
	c.sameKeys("directory", ".yaml", flatWords(d.Words), want)
}

func (c *checker) channel(d *Directory, ch Channel, home map[string]string) {
	c.id(directoryFile, ch.ID)
	c.due(directoryFile, ch.Due)
	c.sources(directoryFile, ch.Sources)
	if len(ch.Sources) == 0 {
		c.fail(directoryFile, "channel %s has no source", ch.ID)
	}
	for _, v := range []struct {
		field, value string
		known        []string
	}{
		{"kind", ch.Kind, []string{"call", "app", "message"}},
		{"status", string(ch.Status), []string{"confirmed", "single", "old", "unclear", "replaced"}},
		{"hours", ch.Hours, []string{"always", "sun-thu-9-22", "unknown"}},
		{"cost", ch.Cost, []string{"free", "ordinary", "unknown"}},
		{"trace", ch.Trace, []string{"call-log", "app", "chat"}},
		{"woman", ch.Woman, []string{"said", "unknown"}},
	} {
		if !slices.Contains(v.known, v.value) {
			c.fail(directoryFile, "channel %s: %s %q is not known", ch.ID, v.field, v.value)
		}
	}
	if (ch.Kind != "app") != dialable.MatchString(ch.Dial) {
		c.fail(directoryFile, "channel %s: dial is needed, in digits, except for an app", ch.ID)
	}
	for _, l := range ch.Languages {
		if !slices.Contains([]string{"ar", "ckb", "en", "fa", "tr"}, l) {
			c.fail(directoryFile, "channel %s: language %q is not known", ch.ID, l)
		}
	}
	for _, g := range ch.Governorates {
		if !slices.Contains(ch.Regions, home[g]) {
			c.fail(directoryFile, "channel %s: governorate %s is not in its regions", ch.ID, g)
		}
	}
	if _, ok := d.Channel(ch.ReplacedBy); (ch.Status == Replaced) != ok {
		c.fail(directoryFile, "channel %s: replaced_by names the channel that took over, and only then", ch.ID)
	}
}

// sets checks that each list can be called from both regions, and that it does
// not send anybody to a number that is gone.
func (c *checker) sets(d *Directory) {
	for name, ids := range d.Sets {
		for _, r := range d.Regions {
			callable := false
			for _, id := range ids {
				ch, ok := d.Channel(id)
				if !ok {
					c.fail(directoryFile, "set %s: no channel is called %q", name, id)
					continue
				}
				if ch.Status == Replaced {
					c.fail(directoryFile, "set %s: %s has been replaced", name, id)
				}
				callable = callable || (ch.Kind == "call" && slices.Contains(ch.Regions, r.ID))
			}
			if !callable {
				c.fail(directoryFile, "set %s: nothing to call from %s", name, r.ID)
			}
		}
	}
}
