package content

import "net/url"

// allowed lists the hosts that pages may link to: the services themselves,
// authorities, help organisations, and press that people in Iraq know. It is
// compiled in: a pack given with --content can change words and facts, and
// cannot send readers to a place that nobody reviewed here. A source on another
// host is named on the page, and is not a link.
var allowed = setOf(`
	faq.whatsapp.com help.instagram.com about.instagram.com accountscenter.instagram.com www.instagram.com
	www.facebook.com accountscenter.facebook.com www.messenger.com about.meta.com familycenter.meta.com
	support.tiktok.com newsroom.tiktok.com help.snapchat.com parents.snapchat.com values.snap.com
	telegram.org core.telegram.org support.google.com myaccount.google.com accounts.google.com
	help.viber.com support.discord.com discord.com pubgmobile.helpshift.com tencentgames.helpshift.com
	iforgot.apple.com account.apple.com www.icloud.com help.x.com www.tiktok.com android.com en.help.roblox.com
	source.android.com support.apple.com www.apple.com github.com packages.debian.org

	takeitdown.ncmec.org www.missingkids.org stopncii.org www.fbi.gov gov.uk www.gov.uk help.unhcr.org
	iraq.unfpa.org gov.krd en.uobaghdad.edu.iq insm-iq.org www.lawyersforwomen.org kirkuknow.com

	www.shafaq.com en.964media.com www.alsumaria.tv www.alaraby.co.uk www.kurdistan24.net nrttv.com
	ultrairaq.ultrasawt.com almadapaper.net alsabaah.iq alghadeertv.iq baghdad-agency.com infoplusnetwork.com
	alrasheedmedia.com aljeebal.com almasra.iq alaalem.com altaakhi.net www.gulanmedia.com burathanews.com
	www.madanyon.com krebsonsecurity.com www.kaspersky.com
`)

// Allowed reports whether the site may link to host.
func Allowed(host string) bool { return allowed[host] }

// Linked reports whether the page may turn the source into a link.
func (s Source) Linked() bool {
	u, err := url.Parse(s.URL)
	return err == nil && Allowed(u.Hostname())
}
