package crash

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// step is a kind of work that a child does.
type step string

const (
	stepOpen    step = "open" // of the database, with the migrations
	stepRecover step = "recover"
	stepBegin   step = "begin"
	stepPut     step = "put"
	stepAppend  step = "append"
	stepRewrite step = "rewrite"
	stepFinish  step = "finish"
	stepDraft   step = "draft" // also a new one of a session that has one
	stepEdit    step = "edit"  // also undo and redo
	stepDelete  step = "delete"
	stepSpeech  step = "speech"
)

// op is one step, as the child announces it: what will be true once it is done.
type op struct {
	Step    step             `json:"step"`
	Session string           `json:"session,omitempty"`
	Facts   map[int64]string `json:"facts,omitempty"` // sums of events that are stored or changed, by number
	Gone    []int64          `json:"gone,omitempty"`  // events that are removed
	Words   []string         `json:"words,omitempty"` // that cannot be read any more
	Doc     string           `json:"doc,omitempty"`
	State   docState         `json:"state,omitzero"`
	Speech  string           `json:"speech,omitempty"` // the sum
}

// docState is what is stored of a document.
type docState struct {
	Revision int64  `json:"revision,omitempty"`
	Sum      string `json:"sum,omitempty"`
	Done     int    `json:"done,omitempty"`   // edits that can be undone
	Undone   int    `json:"undone,omitempty"` // edits that can be redone
}

func sum(parts ...any) string {
	h := sha256.Sum256(fmt.Append(nil, parts...))
	return hex.EncodeToString(h[:8])
}
