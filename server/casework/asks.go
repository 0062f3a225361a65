package casework

import (
	"regexp"
	"strings"

	"hisn/server/seal"
)

// What no officer ever needs from a reporter.
const (
	AskPicture  = "picture"
	AskPassword = "password"
	AskCode     = "code"
	AskMoney    = "money"
)

// Asks returns for what of these a text seems to ask, in Arabic, Sorani or
// English. It counts words and does not understand: one that names a thing and
// speaks of giving in the same sentence is taken for asking, also when it says
// "do not". The officer then reads it once more; that costs a moment, and a
// child who is asked for a picture by a desk costs the trust in all of them.
func Asks(text string) []string {
	found := map[string]bool{}
	for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?؟؛;\n", r) }) {
		folded := " " + strings.Join(strings.Fields(punctuation.ReplaceAllString(seal.Fold(sentence), " ")), " ")
		if !giving.MatchString(folded) {
			continue
		}
		for what, name := range things() {
			if name.MatchString(folded) {
				found[what] = true
			}
		}
	}
	var out []string
	for _, what := range []string{AskPicture, AskPassword, AskCode, AskMoney} {
		if found[what] {
			out = append(out, what)
		}
	}
	return out
}

func things() map[string]*regexp.Regexp {
	return map[string]*regexp.Regexp{AskPicture: picture, AskPassword: password, AskCode: code, AskMoney: money}
}

var punctuation = regexp.MustCompile(`[^\pL\pN]+`)

// stems matches words that begin with one of these, behind the particles that
// Arabic writes together with a word. They are spelled as seal.Fold spells.
func stems(list string) *regexp.Regexp {
	return regexp.MustCompile(` (?:و|ف)?(?:س|ب|ل|ك)?(?:ال|ل)?(?:` + strings.Join(strings.Fields(list), "|") + `)`)
}

var (
	picture = stems(`صور تصوير مقطع مقاطع فيديو فديو فيديوه سيلفي كاميرا كام(?:\s|$) لقطه لقطات عاري
		وينه ڤيديو گرته سيلفي
		picture photo pic\b pics\b selfie video image screenshot nude camera webcam`)
	password = stems(`كلمه.(?:ال)?مرور كلمات.(?:ال)?مرور كلمه.(?:ال)?سر باسورد باسوورد باسوورد پاسورد پاسوورد رقم.(?:ال)?سري
		وشهي.نهيني وشه.نهيني وشه.نهينييه تيپهروشه
		password passcode passphrase pin\b`)
	code = stems(`رمز رموز كود اكواد ارقام.(?:ال)?تحقق
		كودهكه كودي
		code codes otp verification`)
	money = stems(`مال(?:\s|$) مالي اموال فلوس مبلغ مبالغ دينار دولار رصيد حوال تحويل بطاق كارت كروت رسوم اجور اجره ثمن زين.كاش دفعه
		پاره پارهيه بالانس حهواله كري(?:\s|$) كريكهي
		money payment fee\b fees\b dollar dinar balance credit transfer iqd gift.card cash cost`)
	giving = stems(`ارسل ارسال رسل ترسل نرسل يرسل ابعث بعث تبعث دز دزي تدز ندز زود تزويد انط نط تنط اعط عط تعط سلم تسليم جيب شارك مشارك
		احتاج نحتاج يحتاج حاجه اريد نريد نطلب اطلب مطلوب يلزم لازم ضروري اكتب تكتب كتابه صور تصور تصوير التقط حول تحويل تحول دفع ادفع تدفع
		سدد تسديد ارفق ارفاق ارفع رفع ابد اعرض عرض تعرض وري راوي شوف ذكر اذكر تذكر كشف ايداع شحن
		بنير بنيري بنيريت ناردن ناردني نارد دهنير بده بدهن بدهيت بدهره بدهري پيدان بكه بكهن بنووس بنوس نووسين پيويست داوا دهويت دهمانهويت
		بگره بگرن گرتن پيشان بخه حهواله پيم پيمان بلي بلين
		send show give share upload attach tell type write need provide forward take enter pay paid transfer submit want require confirm post`)
)
