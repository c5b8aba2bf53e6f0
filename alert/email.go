package alert

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail"
)

// email sends a mail to one address. Its Message-ID is that of the message, so that a mail that was
// sent twice can be told.
func (w wire) email(ctx context.Context, e Email, to string, m Message) error {
	client, password, err := w.mailClient(e)
	if err != nil {
		return err
	}
	letter, err := letter(e, to, m)
	if err != nil {
		return err
	}
	return w.retry(ctx, func(ctx context.Context) error {
		err := deliver(ctx, client, letter)
		if err == nil {
			return nil
		}
		text := redact(fmt.Sprintf("mail to %s by %s: %v", to, e.Host, err), password)
		return &sendError{err: errors.New(text), final: refused(err)}
	})
}

func (w wire) mailClient(e Email) (*mail.Client, string, error) {
	// Without a reset after the mail: should that fail, the mail is sent nevertheless.
	options := []mail.Option{mail.WithTimeout(oneTry), mail.WithoutRset()}
	switch e.TLS {
	case fullTLS:
		options = append(options, mail.WithSSLPort(false))
	case noTLS:
		options = append(options, mail.WithTLSPortPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPortPolicy(mail.TLSMandatory))
	}
	if e.Port != 0 {
		options = append(options, mail.WithPort(e.Port))
	}
	if w.roots != nil {
		options = append(options, mail.WithTLSConfig(&tls.Config{ServerName: e.Host, RootCAs: w.roots, MinVersion: tls.VersionTLS12}))
	}
	password, err := e.Password.reveal()
	if err != nil {
		return nil, "", err
	}
	if e.Username != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(e.Username), mail.WithPassword(password))
	}
	client, err := mail.NewClient(e.Host, options...)
	if err != nil {
		return nil, "", fmt.Errorf("prepare mail by %s: %w", e.Host, err)
	}
	return client, password, nil
}

func letter(e Email, to string, m Message) (*mail.Msg, error) {
	letter := mail.NewMsg()
	if err := errors.Join(letter.From(e.From), letter.To(to)); err != nil {
		return nil, fmt.Errorf("address mail: %w", err)
	}
	letter.Subject(m.Subject())
	letter.SetDateWithValue(m.At)
	host := "smew"
	if _, domain, ok := strings.Cut(strings.Trim(e.From, "<> "), "@"); ok {
		host = strings.Trim(domain, "<> ")
	}
	letter.SetMessageIDWithValue(m.ID + "@" + host)
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // no out-of-office answers
	letter.SetBodyString(mail.TypeTextPlain, m.Body())
	return letter, nil
}

// deliver sends a mail. A connection that fails to close after that is of no matter.
func deliver(ctx context.Context, client *mail.Client, letter *mail.Msg) error {
	server, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	err = client.SendWithSMTPClient(server, letter)
	_ = client.CloseWithSMTPClient(server)
	return err
}

// refused tells whether the server will not take the mail later either.
func refused(err error) bool {
	var sent *mail.SendError
	if errors.As(err, &sent) && sent.ErrorCode() != 0 {
		return sent.ErrorCode() >= 500
	}
	var said *textproto.Error
	return errors.As(err, &said) && said.Code >= 500
}
