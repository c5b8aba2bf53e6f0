package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// cookie holds a digest of the token, so that a browser that leaks it does not leak the token.
const cookie = "smew_session"

// session is what the cookie of somebody who knows the token holds.
func (s *server) session() string {
	sum := sha256.Sum256([]byte("smew session\x00" + s.Token))
	return hex.EncodeToString(sum[:])
}

// allowed tells whether a request carries the token, or the cookie that login gave for it.
func (s *server) allowed(r *http.Request) bool {
	if s.Token == "" {
		return true
	}
	if scheme, given, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return same(given, s.Token)
	}
	c, err := r.Cookie(cookie)
	return err == nil && same(c.Value, s.session())
}

// same compares in a time that tells nothing, not even the length.
func same(given, wanted string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(wanted))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

func (s *server) authorized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.allowed(r):
			next.ServeHTTP(w, r)
		case wantsPage(r):
			redirect(w, "/login?"+url.Values{"next": {r.URL.RequestURI()}}.Encode())
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="smew"`)
			s.fail(w, r, &httpError{http.StatusUnauthorized, "no_token", "the request needs the header Authorization: Bearer TOKEN"})
		}
	})
}

func (s *server) loginPage(w http.ResponseWriter, r *http.Request) {
	next := r.FormValue("next")
	if s.allowed(r) {
		redirect(w, wanted(next, ""))
		return
	}
	s.render(w, r, http.StatusOK, "login", page{Title: "Log in", Next: next})
}

// wanted is the page of this server that somebody asked for before logging in, with the fragment that the browser kept; "/" is for
// all that is none.
func wanted(next, fragment string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || u.Path == "/login" {
		return "/"
	}
	at := url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}
	if f, err := url.Parse("#" + fragment); err == nil {
		at.Fragment, at.RawFragment = f.Fragment, f.RawFragment
	}
	return at.String()
}

// redirect sends a browser to an address of this server. http.Redirect would tidy slashes up within the fragment.
func redirect(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

func (s *server) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	next, fragment := r.PostFormValue("next"), r.PostFormValue("fragment")
	if s.Token == "" || !same(r.PostFormValue("token"), s.Token) {
		select { // so that guessing takes its time
		case <-time.After(500 * time.Millisecond):
		case <-r.Context().Done():
		}
		s.render(w, r, http.StatusForbidden, "login", page{Title: "Log in", Error: "That is not the token.", Next: next, Fragment: fragment})
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: s.session(), Path: "/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: secure(r), MaxAge: 30 * 24 * 3600})
	redirect(w, wanted(next, fragment))
}

func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: -1})
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// secure tells whether the browser speaks TLS, to us or to a proxy before us.
func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// wantsPage tells a browser that asks for a page from a program.
func wantsPage(r *http.Request) bool {
	return r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && strings.Contains(r.Header.Get("Accept"), "text/html")
}
