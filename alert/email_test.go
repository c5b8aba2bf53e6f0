package alert

import (
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crypto/x509"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// postOffice is an SMTP server that keeps what it gets.
type postOffice struct {
	host   string
	port   int
	pool   *x509.CertPool
	server *smtp.Server

	lock   sync.Mutex
	mails  []letterGot
	refuse []error // answers to RCPT, in turn
	tries  int
}

type letterGot struct {
	user, from, to, text string
}

func openPostOffice(t *testing.T, implicit bool, refuse ...error) *postOffice {
	t.Helper()
	p := &postOffice{refuse: refuse, pool: x509.NewCertPool()}
	web := httptest.NewUnstartedServer(nil) // for its certificate
	web.StartTLS()
	p.pool.AddCert(web.Certificate())
	certificates := web.TLS.Certificates
	web.Close()
	s := smtp.NewServer(p)
	s.AllowInsecureAuth = true // it is the client that must not
	p.server = s
	s.TLSConfig = &tls.Config{Certificates: certificates}
	s.ReadTimeout, s.WriteTimeout, s.Domain = 5*time.Second, 5*time.Second, "localhost"
	s.ErrorLog = silent{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.host, p.port = "127.0.0.1", l.Addr().(*net.TCPAddr).Port
	if implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return p
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{office: p}, nil }

func (p *postOffice) got() []letterGot {
	p.lock.Lock()
	defer p.lock.Unlock()
	return slices.Clone(p.mails)
}

// visit is a connection.
type visit struct {
	office *postOffice
	letter letterGot
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "right-password" {
			return smtp.ErrAuthFailed
		}
		v.letter.user = user
		return nil
	}), nil
}

func (v *visit) Mail(from string, _ *smtp.MailOptions) error { v.letter.from = from; return nil }

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.office.lock.Lock()
	defer v.office.lock.Unlock()
	v.office.tries++
	if len(v.office.refuse) > 0 {
		err := v.office.refuse[0]
		v.office.refuse = v.office.refuse[1:]
		return err
	}
	v.letter.to = to
	return nil
}

func (v *visit) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	v.letter.text = string(text)
	v.office.lock.Lock()
	defer v.office.lock.Unlock()
	v.office.mails = append(v.office.mails, v.letter)
	return err
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

func (p *postOffice) channel(how string) Channel {
	return Channel{Name: "desk", Email: &Email{
		Host: p.host, Port: p.port, TLS: how, From: "smew <smew@example.com>", To: []string{"desk@example.com"},
	}}
}

func (p *postOffice) wire() wire {
	w := quick()
	w.roots = p.pool
	return w
}

func TestEmail(t *testing.T) {
	for how, implicit := range map[string]bool{startTLS: false, fullTLS: true, noTLS: false} {
		t.Run(how, func(t *testing.T) {
			p := openPostOffice(t, implicit)
			ch := p.channel(how)
			if how != noTLS {
				ch.Email.Username, ch.Email.Password = "smew", "right-password"
			}
			m := firing
			m.Title = "dump 856 könnte fehlen\r\nBcc: all@example.com"
			if err := p.wire().send(t.Context(), ch, "desk@example.com", m); err != nil {
				t.Fatal(err)
			}
			mails := p.got()
			if len(mails) != 1 {
				t.Fatalf("%d mails came", len(mails))
			}
			got := mails[0]
			if got.from != "smew@example.com" || got.to != "desk@example.com" || how != noTLS && got.user != "smew" {
				t.Errorf("envelope %+v", got)
			}
			letter, err := mail.ReadMessage(strings.NewReader(got.text))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
			if err != nil || !strings.HasPrefix(subject, "[CRITICAL] shop: dump 856 könnte fehlen") {
				t.Errorf("subject %q, %v", subject, err)
			}
			if letter.Header.Get("Bcc") != "" {
				t.Error("a title made a header")
			}
			if id := letter.Header.Get("Message-ID"); id != "<smew-1@example.com>" {
				t.Errorf("id %s", id)
			}
			if body, _ := io.ReadAll(letter.Body); !strings.Contains(string(body), "- part 3 & 4") || !strings.Contains(string(body), "https://smew.example") {
				t.Errorf("body %q", body)
			}
		})
	}
}

func TestEmailRetries(t *testing.T) {
	later := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	never := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody of that name"}
	for name, test := range map[string]struct {
		refuse []error
		tries  int
		fails  string
	}{
		"greylisted":     {[]error{later, later}, 3, ""},
		"no such person": {[]error{never, never}, 1, "nobody of that name"},
	} {
		t.Run(name, func(t *testing.T) {
			p := openPostOffice(t, false, test.refuse...)
			err := p.wire().send(t.Context(), p.channel(startTLS), "desk@example.com", firing)
			if (err == nil) != (test.fails == "") || err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("error %v", err)
			}
			if p.tries != test.tries {
				t.Errorf("%d tries, want %d", p.tries, test.tries)
			}
			if n := len(p.got()); n != 1 && test.fails == "" {
				t.Errorf("%d mails came", n)
			}
		})
	}
}

// A password goes nowhere unencrypted, nor to a server that cannot say who it is, and is in no error.
func TestEmailKeepsPassword(t *testing.T) {
	p := openPostOffice(t, false)
	ch := p.channel(startTLS)
	ch.Email.Username, ch.Email.Password = "smew", "wrong-password"
	err := p.wire().send(t.Context(), ch, "desk@example.com", firing)
	var failed *sendError
	if !errors.As(err, &failed) || !failed.final || strings.Contains(err.Error(), "wrong-password") {
		t.Errorf("a wrong password: %v", err)
	}
	plain := openPostOffice(t, false)
	plain.server.TLSConfig = nil
	unsafe := plain.channel(startTLS) // also without a password
	hasty := plain.wire()
	hasty.most = 50 * time.Millisecond
	if err := hasty.send(t.Context(), unsafe, "desk@example.com", firing); err == nil || len(plain.got()) > 0 {
		t.Errorf("a server that does not encrypt: %v", err)
	}
	ch.Email.Password = "right-password"
	stranger := p.wire()
	stranger.roots, stranger.most = x509.NewCertPool(), 50*time.Millisecond
	if err := stranger.send(t.Context(), ch, "desk@example.com", firing); err == nil || len(p.got()) > 0 {
		t.Errorf("a server with an unknown certificate: %v", err)
	}
}
