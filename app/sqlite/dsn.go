package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
)

// busyTimeout is how long a write waits for another process.
const busyTimeout = 10 * time.Second

type access int

const (
	reading access = iota
	writing
	looking // like reading, and nothing beside the file is changed either
)

// dsn names the file and what every connection to it is set to: pragmas sent by
// a query would reach one connection of a pool and miss the others.
func dsn(path string, a access) string {
	q := url.Values{
		"_busy_timeout": {strconv.FormatInt(busyTimeout.Milliseconds(), 10)},
		"_foreign_keys": {"on"},
	}
	if a == writing {
		q.Set("_journal_mode", "WAL")
		q.Set("_synchronous", "FULL")
		q.Set("_txlock", "immediate") // a transaction that reads first and then writes would fail at once when it meets another
		q.Set("_secure_delete", "on") // what was deleted or redacted is not left in free pages
	} else {
		q.Set("_query_only", "on")
	}
	if a == looking {
		q.Set("mode", "ro")
	}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/... of Windows
	}
	u := url.URL{Scheme: "file", Path: slashed, RawQuery: q.Encode()}
	return u.String()
}

// connector makes connections without registering a driver by name, which would
// be global.
type connector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

func (c connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }
func (c connector) Driver() driver.Driver                        { return c.driver }

func openPool(path string, a access, size int) *sql.DB {
	d := &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		// fullfsync makes a commit reach the disk on macOS and does nothing
		// elsewhere. The others keep a hostile file from running code and
		// let damage show as an error.
		_, err := c.Exec("PRAGMA fullfsync=1; PRAGMA checkpoint_fullfsync=1; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON", nil)
		return err
	}}
	db := sql.OpenDB(connector{driver: d, dsn: dsn(path, a)})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}
