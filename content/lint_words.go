package content

import "strings"

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// The word lists of the linter. They are data; an author who meets a wrong hit
// changes the list in the same commit, and says why.
var ( //nolint:gochecknoglobals // constant tables
	latinAllowed = setOf(`QR PIN SMS SIM VPN PDF AI UC iCloud UID`)

	// taught are the terms of the glossary and the names of services.
	taught = setOf(`account verification password authenticator recovery evidence impersonation extortion
		extorter blackmailer community telegram instagram facebook messenger snapchat whatsapp youtube android
		notification application photograph anybody somebody everybody nobody governorate kurdistan iraq region
		number picture message setting another computer official officer security location privacy original
		animal birthday family`)

	// arabicFine are words that only look like a conjunction with an imperative.
	arabicFine = setOf(`وضع`)

	arabicGendered = setOf(`اضغط اضغطي افتح افتحي اختر اختاري اكتب اكتبي تأكد تأكّد تأكدي احفظ احفظي أرسل أرسلي
		ادخل أدخلي اذهب اذهبي انتقل انتقلي قم قومي فعّل فعّلي تحقّق تذكّر تذكر تذكري غيّر غيّري اطلب اطلبي
		اتصل اتصلي أخبر أخبري استخدم استخدمي احذف احذفي ابحث ابحثي انظر انظري اقرأ اقرئي جرّب جرّبي حاول حاولي
		أوقف أوقفي اترك اتركي راجع راجعي أضف أضيفي ضع ضعي خذ خذي ابدأ ابدئي انتظر انتظري احتفظ احتفظي أنت أنتِ
		تستطيع تستطيعين تريد تريدين تجد تجدين ترى ترين يمكنكِ تقدر تقدرين تعرف تعرفين عزيزي عزيزتي ضحية صديقتي
		اعرف اعرفي شغّل شغّلي أغلق أغلقي اسمح اسمحي انسخ انسخي شارك شاركي بلّغ بلّغي احظر احظري توقفي لاحظ لاحظي
		تأكدْ اخرج اخرجي امسح امسحي ارفض ارفضي اقبل اقبلي صوّر صوّري اطبع اطبعي سجّل سجّلي`)

	arabicBlame     = []string{"سوء استخدام", "إهمال", "تهاون", "غلطتك", "خطؤك", "كان يجب عليك", "لماذا أرسلت"}
	arabicPromises  = []string{"مضمون", "لن تعرف عائلت", "لن يعرف أهل", "آمن تماماً", "سرية تامة", "سرّية تامة", "١٠٠", "100"}
	soraniBlame     = []string{"هەڵەی تۆیە", "کەمتەرخەمی", "نەدەبوو بتناردایە"}
	soraniPromises  = []string{"گەرەنتی", "خێزانەکەت نازانن", "لەسەدا سەد", "١٠٠", "100"}
	englishBlame    = []string{"careless", "should not have", "shouldn't have", "think before you", "misuse of", "your own fault", "naive"}
	englishPromises = []string{"100 %", "100%", "anonymous", "your family will not know", "guarantee", "completely safe", "will be deleted by"}
)
