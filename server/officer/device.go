package officer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// A device cookie says that on this device the officer signed in fully before.
// It opens nothing. It only keeps wrong tries from elsewhere from delaying the
// officer here. It ends with the authenticator it was given for.
const (
	deviceSize = 16 + 16 + 4 + 32 // officer, device, day, mac
	deviceText = 91               // the same in base64
	deviceDays = 180              // since the last full sign-in
)

// deviceMark returns the name of the device if the cookie was given to o and
// is still good, or "".
func (b *Book) deviceMark(o Officer, cookie string) string {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil || len(raw) != deviceSize || len(cookie) != deviceText || o.ID == (ID{}) || ID(raw[:16]) != o.ID {
		return ""
	}
	if !hmac.Equal(raw[36:], b.deviceMAC(raw[:36], o)) {
		return ""
	}
	if age := b.day() - int64(binary.BigEndian.Uint32(raw[32:36])); age < 0 || age > deviceDays {
		return ""
	}
	return string(raw[16:32])
}

// deviceCookie returns a cookie for the device called mark, or for a new one.
func (b *Book) deviceCookie(o Officer, mark string) (string, error) {
	if mark == "" {
		raw, err := b.random(16)
		if err != nil {
			return "", err
		}
		mark = string(raw)
	}
	raw := append(append([]byte{}, o.ID[:]...), mark...)
	raw = binary.BigEndian.AppendUint32(raw, uint32(b.day()))
	return base64.RawURLEncoding.EncodeToString(append(raw, b.deviceMAC(raw, o)...)), nil
}

func (b *Book) deviceMAC(raw []byte, o Officer) []byte {
	mac := hmac.New(sha256.New, b.keys.device)
	mac.Write(raw)
	mac.Write(o.Secret)
	return mac.Sum(nil)
}
