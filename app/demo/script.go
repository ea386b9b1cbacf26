package demo

// offTheRecord is said by the hidden command, and by nothing else.
const offTheRecord = "off-the-record-word"

// Action is one thing that the script does: at most one of Run, Open, Click,
// Type, Mark and Hidden is set.
type Action struct {
	// Say is spoken before the action and belongs to it, or with After to the
	// one before.
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
		{Say: "First I open the terminal and go to the project directory.", Run: "cd payments"},
		{Say: "Check the version of the payment service.", Run: "cat current/VERSION", Dir: "payments", Shows: "1.4.0"},
		{Say: "Now I start the payment service.", Run: "./payctl start", Dir: "payments", Shows: "payments 1.4.0 is running"},
		{Say: "Make sure the health check is green before you continue.", Run: `curl -s "localhost:$PORT/health"`, Dir: "payments", Shows: `{"status":"ok"}`},
		{Mark: "Roll out the new version"},
		{Say: "Now I roll out the new version of the payment service to staging.", Open: "./release-desk", Dir: "payments", Shows: "payments 1.5.0 is running"},
		{Say: "Select the staging cluster in the list.", Click: "staging", Role: "table cell", Title: "Release desk"},
		{Click: "Continue", Role: "push button", Title: "Release desk"},
		{Say: "Enter the version number.", Type: "1.5.0", Field: "Version", Title: "New release"},
		{Say: "Press the roll out button to update the service.", Click: "Roll out", Role: "push button", Title: "New release"},
		{Say: "Click the approve button and wait ten seconds.", Click: "Approve", Role: "push button", Title: "Approval"},
		{Say: "Now look at the version of the payment service.", Run: `curl -s "localhost:$PORT/version" | tee deployed.json`, Dir: "payments", Shows: `{"version":"1.5.0"}`},
		{Say: "As you can see the new version is running.", After: true},
		{Hidden: "echo " + offTheRecord + " >../hidden; clear"},
		{Say: "Here I am checking the other release.", Run: `for r in releases/*; do echo "release ${r##*/}"; done`, Dir: "payments", Shows: "release 1.5.0"},
		{Run: "./payctl deploy 1.6.0", Dir: "payments", Exit: 3, Shows: "there is no release 1.6.0"},
		{Mark: "Roll back"},
		{Say: "If something goes wrong run the rollback.", Run: "./payctl rollback", Dir: "payments", Shows: "payments 1.4.0 is running"},
		{Say: "At the end check the release again.", Run: `./payctl status && cat current/VERSION`, Dir: "payments", Shows: "1.4.0"},
		{Run: "./payctl stop", Dir: "payments"},
		{Say: "That is the end of this recording."},
	}
}
