package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/runreel/runreel/capture"
)

// ListSessions lists the sessions, the newest first.
func (a *App) ListSessions(ctx context.Context) ([]SessionItem, error) {
	all, err := a.db.Sessions().List(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]SessionItem, 0, len(all))
	for _, s := range all {
		items = append(items, SessionItem{
			ID: s.ID, Title: s.Title, Started: s.Started.Format(time.RFC3339), LengthMs: s.Length.Milliseconds(),
			State: string(s.State), Document: s.Document, Events: s.Events,
		})
	}
	return items, nil
}

// ListDocuments lists the documents, the one changed last first.
func (a *App) ListDocuments(ctx context.Context) ([]DocumentItem, error) {
	all, err := a.db.Documents().List(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]DocumentItem, 0, len(all))
	for _, d := range all {
		items = append(items, DocumentItem{
			ID: d.ID, Title: d.Title, Session: d.Session, Steps: d.Steps, Updated: d.Updated.Format(time.RFC3339),
			Revision: d.Revision, Status: string(d.Status),
		})
	}
	return items, nil
}

// Search finds documents by words.
func (a *App) Search(ctx context.Context, words string) ([]SearchHit, error) {
	found, err := a.db.Documents().Search(ctx, words, searchLimit)
	if err != nil {
		return nil, err
	}
	hits := make([]SearchHit, 0, len(found))
	for _, h := range found {
		hits = append(hits, SearchHit{ID: h.ID, Title: h.Title, Snippet: h.Snippet})
	}
	return hits, nil
}

const searchLimit = 100

// DeleteSession removes a session, its media and its documents.
func (a *App) DeleteSession(ctx context.Context, id string) error {
	if a.recorder.Status().Session == id && a.recorder.Status().State != capture.Failed {
		return capture.ErrBusy
	}
	a.jobs.cancelSession(id)
	a.jobs.forgetSession(id)
	return a.sessions.Delete(ctx, id)
}

// DeleteDocument removes a document; its session stays.
func (a *App) DeleteDocument(ctx context.Context, id string) error {
	a.editors.close(id)
	a.jobs.forget(id)
	return a.db.Documents().Delete(ctx, id)
}

// Draft makes a new document of a session and returns its id when it is stored.
func (a *App) Draft(ctx context.Context, session string) (string, error) {
	d, err := a.jobs.start(session)
	if err != nil {
		return "", err
	}
	return d.wait(ctx)
}

// newID is unique, and sorts by the time of its making.
func newID() string {
	return strings.ToLower(time.Now().UTC().Format("20060102-150405-") + rand.Text()[:8])
}

// author is who stands in a new document: the name from the settings, or the
// user that recorded.
func (a *App) author(s capture.Session) string {
	if name := a.settings.get().Author; name != "" {
		return name
	}
	return s.User
}

// FindDocument resolves what a person gave for a document: its id, the start of
// it when only one has it, the id of its session, or "last".
func (a *App) FindDocument(ctx context.Context, ref string) (string, error) {
	all, err := a.db.Documents().List(ctx)
	if err != nil {
		return "", err
	}
	if ref == "last" && len(all) > 0 {
		return all[0].ID, nil
	}
	var found []string
	for _, d := range all {
		if d.ID == ref {
			return d.ID, nil
		}
		if ref != "" && (strings.HasPrefix(d.ID, ref) || d.Session == ref) {
			found = append(found, d.ID)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("%w: %q", ErrNoDocument, ref)
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%w: %q stands for %s", ErrAmbiguous, ref, strings.Join(found, ", "))
}
