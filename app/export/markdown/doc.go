// Package markdown writes a document as a folder of GitHub-flavoured Markdown:
// README.md and images/step-001.png and so on.
//
// The same file reads right on GitHub and GitLab, in TechDocs and in mark. Steps
// are headings and not list items, because alerts and pictures inside lists
// break there. Every text of the document is escaped for its place, so that it
// shows literally; the only HTML is our own <details> around long output.
//
// Of runreel it imports app/export and pipeline/sop. It starts no goroutine of
// its own.
package markdown
