"""A form of GTK 3: form.py [big]. With big, the comment holds a megabyte."""
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import GLib, Gtk  # noqa: E402

window = Gtk.Window(title="Form")
window.set_default_size(500, 620)
rows = Gtk.Box(orientation=Gtk.Orientation.VERTICAL, spacing=4)


def row(name, widget, labels=None):
    label = Gtk.Label(label=name)
    label.set_mnemonic_widget(labels or widget)
    rows.add(label)
    rows.add(widget)
    return widget


host = row("Host", Gtk.Entry())
completion = Gtk.EntryCompletion()
hosts = Gtk.ListStore(str)
hosts.append(["web-1.example.org"])
completion.set_model(hosts)
completion.set_text_column(0)
host.set_completion(completion)
notes = row("Notes", Gtk.Entry())
region = Gtk.ComboBoxText.new_with_entry()
for name in ("north", "south"):
    region.append_text(name)
row("Region", region, region.get_child())
row("Copies", Gtk.SpinButton.new_with_range(1, 90, 1))
filled = row("Build", Gtk.Entry())


def fill(*_):
    GLib.timeout_add(200, lambda: filled.set_text("from the program"))


filled.connect("focus-in-event", fill)
shown = row("Key", Gtk.Entry())
shown.set_visibility(False)
rows.add(Gtk.CheckButton(label="Keep logs"))
nodes = Gtk.ListStore(str, str)
for line in (("web-1", "ready"), ("web-2", "cordoned")):
    nodes.append(line)
table = Gtk.TreeView(model=nodes)
for i, title in enumerate(("Node", "State")):
    table.append_column(Gtk.TreeViewColumn(title, Gtk.CellRendererText(), text=i))
rows.add(table)
comment = Gtk.TextView()
if "big" in sys.argv:
    comment.get_buffer().set_text("0123456789abcde\n" * 65536)
scroll = Gtk.ScrolledWindow()
scroll.set_min_content_height(90)
scroll.add(comment)
row("Comment", scroll, comment)
peek = Gtk.Button(label="Peek")
peek.connect("clicked", lambda *_: shown.set_visibility(True))
rows.add(peek)
window.add(rows)
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
