package demo

// Action is one thing that the script does. Exactly one of its fields that act
// is set.
type Action struct {
	// Say is spoken before the action, and About tells the action that it
	// belongs to: this one, or with After the one before.
	Say   string
	After bool

	Run   string // a command line typed in the terminal
	Open  string // a command line that goes on while later actions happen
	Dir   string // the folder in which Run or Open runs, below the home folder
	Exit  int
	Shows string // a part of what Run prints

	Click  string // the name of a button or list item
	Role   string // its AT-SPI role
	Title  string // the title of its window
	Type   string // text for the field in Field
	Field  string
	Mark   string // a mark with this text
	Hidden string // a command line typed while the recording is paused
}

// Script is the deployment. Its sentences stay within the words of the test
// model, which reads out digits.
func script() []Action {
	return []Action{
		{Say: "Welcome to this recording about the payment service."},
		{Say: "First I open the project directory.", Run: "cd payments"},
		{Say: "Check the version of the current release.", Run: "cat current/VERSION", Dir: "payments", Shows: "1.4.0"},
		{Say: "Now start the service.", Run: "./payctl start", Dir: "payments", Shows: "payments 1.4.0 is running"},
		{Say: "Make sure the health check is green before you continue.", Run: `curl -s "localhost:$PORT/health"`, Dir: "payments", Shows: `{"status":"ok"}`},
		{Mark: "Roll out the new version"},
		{Say: "Now I roll out the new version of the payment service to staging.", Open: "./release-desk", Dir: "payments", Shows: "payments 1.5.0 is running"},
		{Say: "Select the staging cluster in the list.", Click: "staging", Role: "table cell", Title: "Release desk"},
		{Click: "Continue", Role: "push button", Title: "Release desk"},
		{Say: "Enter the version number.", Type: "1.5.0", Field: "Version", Title: "New release"},
		{Say: "Press the roll out button.", Click: "Roll out", Role: "push button", Title: "New release"},
		{Say: "Click the approve button and wait ten seconds.", Click: "Approve", Role: "push button", Title: "Approval"},
		{Say: "Verify the version of the service.", Run: `curl -s "localhost:$PORT/version" | tee deployed.json`, Dir: "payments", Shows: `{"version":"1.5.0"}`},
		{Say: "As you can see the new version is running.", After: true},
		{Hidden: "echo off-the-record-word"},
		{Say: "Next look at the other release.", Run: `for r in releases/*; do echo "release ${r##*/}"; done`, Dir: "payments", Shows: "release 1.5.0"},
		{Run: "./payctl deploy 1.6.0", Dir: "payments", Exit: 3, Shows: "there is no release 1.6.0"},
		{Mark: "Roll back"},
		{Say: "If something goes wrong run the rollback.", Run: "./payctl rollback", Dir: "payments", Shows: "payments 1.4.0 is running"},
		{Say: "Check the health of the service again.", Run: `./payctl status && cat current/VERSION`, Dir: "payments", Shows: "1.4.0"},
		{Run: "./payctl stop", Dir: "payments"},
		{Say: "That is the end of this recording."},
	}
}
